"""A camera that is watched follows its address: another picture is learned anew, another login is not."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.models import CameraBaseline
from cameras.services import camera_update, site_update
from cameras.services.baselines import Saved
from detection.score.living import LivingBaseline, LivingSettings
from tests.cast import Cast
from tests.detection.living.street import watch
from tests.workers.test_scribe import hold
from workers.baselines import saved_baseline
from workers.plan import camera_plan
from workers.watched import Watched

QUICK = LivingSettings(warm_s=60.0, warm_sightings=100, swap_s=2.0, retrain_s=(60.0, 240.0, 600.0))


@pytest.mark.django_db(transaction=True)
def test_an_address_changed_and_set_back_while_it_is_watched(cast: Cast, node, settings, tmp_path) -> None:
    settings.MEDIA_ROOT, settings.VEDETTE_MODELS = tmp_path / "media", tmp_path / "models"
    held = hold(cast, node())
    learned = LivingBaseline(settings=QUICK)
    watch(learned, 120.0)
    knew = Saved(learned.to_bytes(), camera_plan(held).picture)
    common = {"organization_id": cast.acme.id, "at": timezone.now()}
    watched = Watched(held, camera_plan(held), knew)

    def after(source: str) -> CameraBaseline:
        camera_update(**common, camera_id=cast.gate3.id, source=source)
        watched.apply(camera_plan(held))
        watched.step(0.01, live=False)
        assert watched._scribe.drain(10)
        with tenant(cast.acme.id):
            return CameraBaseline.objects.get(camera=cast.gate3)

    try:
        row = after("rtsp://user:secret@127.0.0.1:1/none")
        assert (row.phase, row.version, row.before_picture) == ("active", learned.version, "")
        row = after("rtsp://127.0.0.1:1/yard")
        assert (row.phase, row.version, row.before_picture) == ("relearning", "warming up", knew.picture)
        assert row.message.startswith("The camera's address was changed to another picture, on 20")
        assert saved_baseline(cast.gate3.id, cast.acme.id).before == knew
        row = after("rtsp://127.0.0.1:1/none")
        assert (row.phase, row.version, row.before_picture) == ("active", learned.version, "")
        assert saved_baseline(cast.gate3.id, cast.acme.id) == knew

        site_update(**common, site_id=cast.north.id, time_zone="Asia/Tokyo")
        watched.apply(camera_plan(held))
        scorer = watched._baseline._scorer
        assert scorer is not None
        assert (scorer._zone, scorer.version) == (ZoneInfo("Asia/Tokyo"), learned.version)
    finally:
        watched.close()
