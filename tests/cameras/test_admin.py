"""The admin pages of sites, cameras and presets."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.tenancy import tenant
from cameras.admin import age_words
from cameras.credentials import encrypt
from cameras.models import Camera, Preset, Site
from cameras.services import camera_source, camera_state_report
from tests.cameras.planted import PASSWORD, SOURCE
from tests.cast import make_camera


def page(model: str, what: str = "changelist", *args: Any) -> str:
    return reverse(f"admin:cameras_{model}_{what}", args=args)


def camera_form(cast: Any, **changes: Any) -> dict[str, Any]:
    form = {
        "site": cast.north.id,
        "name": "Dock",
        "source": SOURCE,
        "preset": cast.presets["balanced"].id,
        "enabled": "on",
        "detector": "builtin",
        "scorer": "baseline",
        "masks": "[]",
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def site_form(**changes: Any) -> dict[str, Any]:
    return {"name": "East", "time_zone": "Europe/Berlin", "security_level": "high", **changes}


@pytest.fixture
def mia(cast, client) -> Any:
    return cast.login(client, cast.mia)


@pytest.fixture
def greta(cast, client) -> Any:
    return cast.login(client, cast.greta)


def test_a_manager_adds_a_camera(cast, mia) -> None:
    response = mia.post(page("camera", "add"), camera_form(cast, masks="[[[0,0],[1,0],[0,1]]]"))
    assert (response.status_code, response.url) == (302, page("camera"))
    with tenant(cast.acme.id):
        camera = Camera.objects.get(name="Dock")
        assert camera.organization_id == cast.acme.id
        assert camera_source(camera) == SOURCE
        assert camera.masks == [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]]


@pytest.mark.parametrize("typed", ["", "[]", None])
def test_no_masks_typed_are_no_masks(cast, mia, typed) -> None:
    assert mia.post(page("camera", "add"), camera_form(cast, masks=typed)).status_code == 302
    with tenant(cast.acme.id):
        assert Camera.objects.get(name="Dock").masks == []


def test_an_address_that_was_typed_beside_an_error_is_asked_for_again(cast, mia) -> None:
    shown = mia.post(page("camera", "add"), camera_form(cast, name="")).content.decode()
    assert "Type the address once more: with its password it is never shown again." in shown


def test_the_only_site_is_chosen_already(cast, greta) -> None:
    shown = greta.get(page("camera", "add")).content.decode()
    assert re.search(rf'<option value="{cast.globex_camera.site_id}"[^>]* selected', shown)


def test_the_form_shows_of_a_file_its_name_alone(cast, mia) -> None:
    with tenant(cast.acme.id):
        cast.gate3.source_encrypted = encrypt("/srv/video/acme/gate.mp4")
        cast.gate3.save()
    shown = mia.get(page("camera", "change", cast.gate3.id)).content.decode()
    assert "Now: <code>gate.mp4</code>. Leave empty to keep it." in shown
    assert "/srv/video" not in shown


def test_the_form_shows_the_masked_address_and_keeps_it_when_left_empty(cast, mia, secret_camera) -> None:
    url = page("camera", "change", secret_camera.id)
    shown = mia.get(url).content.decode()
    assert "Now: <code>rtsp://***:***@10.0.0.8:554/stream</code>. Leave empty to keep it." in shown
    assert re.search(r'<input type="password" name="source"(?! value)[^>]*data-camera="[^"]+"', shown)
    assert PASSWORD not in shown
    mia.post(url, camera_form(cast, source="", name="Dock 2", enabled=None))
    with tenant(cast.acme.id):
        camera = Camera.objects.get(id=secret_camera.id)
        assert (camera.name, camera.enabled, camera.config_version) == ("Dock 2", False, 2)
        assert camera_source(camera) == SOURCE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"source": ""}, "A camera needs an address."),
        ({"source": f"ftp://root:{PASSWORD}@host/a"}, "Vedette cannot watch an address of this kind."),
        ({"source": "usb:0"}, "Only the installation&#x27;s administrator may use a USB camera"),
        ({"masks": "[[[0,0],[1,2],[0,1]]]"}, "Mask 1, corner 2: 2 lies outside the picture"),
        ({"masks": "[[[0,0],[1,0]"}, "This cannot be read as masks; a bracket or a comma may be missing."),
        ({"name": "Gate 3"}, "There is a camera with this name at this site already."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_a_refusal_stands_on_the_form_and_nothing_is_written(cast, mia, rows, changes, message) -> None:
    before = rows()
    response = mia.post(page("camera", "add"), camera_form(cast, **changes))
    assert response.status_code == 200
    assert message in response.content.decode()
    assert PASSWORD not in response.content.decode()
    assert rows() == before


def test_a_site_is_made_with_its_covering_teams(cast, mia) -> None:
    assert mia.post(page("site", "add"), site_form(teams=[cast.fire.id])).status_code == 302
    with tenant(cast.acme.id):
        site = Site.objects.get(name="East")
        assert list(site.covering_teams.values_list("team__name", flat=True)) == ["Fire"]
    shown = mia.get(page("site", "change", site.id)).content.decode()
    assert re.search(rf'value="{cast.fire.id}"[^>]*checked', shown)
    mia.post(page("site", "change", site.id), site_form(teams=[cast.security.id, cast.medical.id]))
    with tenant(cast.acme.id):
        assert set(site.covering_teams.values_list("team__name", flat=True)) == {"Security", "Medical"}


def test_a_taken_site_name_is_told_on_the_form(cast, mia, rows) -> None:
    before = rows()
    response = mia.post(page("site", "add"), site_form(name="South"))
    assert "There is a site with this name already." in response.content.decode()
    assert rows() == before


def test_a_preset_is_changed_and_its_cameras_hear_of_it(cast, mia) -> None:
    preset = cast.presets["balanced"]
    form = {
        "name": "Balanced",
        "description": "Ours.",
        "basis": "share",
        "share": "0.2",
        "threshold": "0.7",
        "hysteresis_low_ratio": "0.7",
        "min_frames": "3",
        "sense_threshold": "0.8",
        "smoothing_s": "0",
        "end_patience_frames": "10",
        "cooldown_seconds": "10",
        "analysed_fps": "5",
    }
    assert mia.post(page("preset", "change", preset.id), form).status_code == 302
    with tenant(cast.acme.id):
        changed = Preset.objects.get(id=preset.id)
        assert (changed.share, changed.threshold, changed.min_frames) == (0.2, 0.7, 3)
        assert Camera.objects.get(id=cast.gate3.id).config_version == 2


def test_the_choices_are_the_organizations_own(cast, mia) -> None:
    make_camera(cast.harbour, cast_preset(cast), "Crane")
    shown = mia.get(page("camera", "add")).content.decode() + mia.get(page("site", "add")).content.decode()
    assert "North" in shown
    assert "Harbour" not in shown
    assert mia.get(page("camera"), {"site__id__exact": cast.harbour.id}).content.decode().count("Crane") == 0


def cast_preset(cast: Any) -> Preset:
    with tenant(cast.globex.id):
        return Preset.objects.get(cameras__id=cast.globex_camera.id)


def test_a_foreign_site_or_preset_is_no_choice(cast, mia, rows) -> None:
    before = rows()
    for changes in ({"site": cast.harbour.id}, {"preset": cast_preset(cast).id}):
        response = mia.post(page("camera", "add"), camera_form(cast, **changes))
        assert "Select a valid choice." in response.content.decode()
    assert rows() == before


def test_a_stranger_gets_404_on_every_page_of_a_row(cast, greta, rows) -> None:
    before = rows()
    for model, row in (("camera", cast.gate3), ("site", cast.south), ("preset", cast.presets["sensitive"])):
        for what in ("change", "delete", "history"):
            assert greta.get(page(model, what, row.id)).status_code == 404
        assert greta.post(page(model, "change", row.id), {"name": "Mine"}).status_code == 404
        assert greta.post(page(model, "delete", row.id), {"post": "yes"}).status_code == 404
        assert row.name not in greta.get(page(model)).content.decode().replace(
            "Sensitive", row.name * (model != "preset")
        )
    for verb in ("enable", "disable"):
        assert greta.post(page("camera", verb, cast.gate3.id)).status_code == 404
    selected = {"action": "delete_selected", "_selected_action": [cast.gate3.id], "post": "yes"}
    greta.post(page("camera"), selected)
    assert rows() == before


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_operators_and_viewers_do_not_get_in(cast, client, rows, who) -> None:
    before = rows()
    cast.login(client, getattr(cast, who))
    for model, row in (("camera", cast.gate3), ("site", cast.north), ("preset", cast.presets["balanced"])):
        for url in (page(model), page(model, "add"), page(model, "change", row.id), page(model, "delete", row.id)):
            assert client.get(url).status_code in (302, 403)
            assert client.post(url, camera_form(cast)).status_code in (302, 403)
    assert client.post(page("camera", "disable", cast.gate3.id)).status_code in (302, 403)
    assert rows() == before


def test_the_list_shows_state_picture_site_and_preset(cast, mia) -> None:
    now = timezone.now()
    camera_state_report(
        camera_id=cast.gate3.id, organization_id=cast.acme.id, status="frozen", message="", at=now, last_frame_at=now
    )
    shown = mia.get(page("camera")).content.decode()
    normality = ("Nothing learned yet", "not known yet")
    for words in ("Gate 3", "North", "Balanced", "Picture frozen", *normality, "0 s ago", "Disable"):
        assert words in shown


def test_a_camera_is_given_a_scorer_a_rate_and_a_target_of_its_own(cast, mia) -> None:
    form = camera_form(cast, source="", name="Gate 3", scorer="robust", analysed_fps="10", alerts_per_day="4")
    assert mia.post(page("camera", "change", cast.gate3.id), form).status_code == 302
    with tenant(cast.acme.id):
        camera = Camera.objects.get(id=cast.gate3.id)
    assert (camera.scorer, camera.analysed_fps, camera.alerts_per_day) == ("robust", 10.0, 4.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scorer": "none"}, "Select a valid choice. none is not one of the available choices."),
        ({"alerts_per_day": "0"}, "Alerts a day lie between 0.1 (one in ten days) and 1000."),
        ({"analysed_fps": "99"}, "Ensure this value is less than or equal to 30.0."),
    ],
)
def test_what_a_camera_cannot_do_is_told_on_the_form(cast, mia, rows, changes, message) -> None:
    before = rows()
    response = mia.post(page("camera", "change", cast.gate3.id), camera_form(cast, source="", name="Gate 3", **changes))
    assert message in response.content.decode()
    assert rows() == before


def test_a_preset_without_the_figure_of_its_basis_is_told_on_the_form(cast, mia, rows) -> None:
    before = rows()
    form = {
        "name": "Balanced",
        "basis": "alerts",
        "threshold": "0.7",
        "hysteresis_low_ratio": "0.7",
        "min_frames": "3",
        "sense_threshold": "0.8",
        "smoothing_s": "0",
        "end_patience_frames": "10",
        "cooldown_seconds": "10",
        "analysed_fps": "5",
    }
    response = mia.post(page("preset", "change", cast.presets["balanced"].id), form)
    assert "Say how many alerts a day a camera shall raise." in response.content.decode()
    assert rows() == before


def test_the_camera_page_says_why_it_is_offline(cast, mia) -> None:
    camera_state_report(
        camera_id=cast.gate3.id,
        organization_id=cast.acme.id,
        status="offline",
        message=f"{SOURCE} refused the password.",
        at=timezone.now(),
    )
    shown = mia.get(page("camera", "change", cast.gate3.id)).content.decode()
    assert "Offline. Last picture: none yet. rtsp://***:***@10.0.0.8:554/stream refused the password." in shown


@pytest.mark.parametrize(
    ("seconds", "words"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86400 * 3, "3 d")]
)
def test_ages_in_words(seconds, words) -> None:
    assert age_words(dt.timedelta(seconds=seconds)) == words


def test_the_buttons_of_the_list_switch_one_camera_by_post_only(cast, mia, rows) -> None:
    before = rows()
    assert mia.get(page("camera", "disable", cast.gate3.id)).status_code == 405
    assert rows() == before
    response = mia.post(page("camera", "disable", cast.gate3.id), follow=True)
    assert "Gate 3: no longer watched." in response.content.decode()
    with tenant(cast.acme.id):
        assert Camera.objects.get(id=cast.gate3.id).enabled is False
    mia.post(page("camera", "enable", cast.gate3.id))
    with tenant(cast.acme.id):
        assert Camera.objects.get(id=cast.gate3.id).config_version == 3


def test_the_actions_switch_the_selected_cameras_and_no_other(cast, mia, secret_camera) -> None:
    yard = make_camera(cast.south, cast.presets["balanced"], "Yard")
    chosen = {"action": "disable", "_selected_action": [cast.gate3.id, yard.id, cast.globex_camera.id]}
    mia.post(page("camera"), chosen)
    with tenant(cast.acme.id):
        assert set(Camera.objects.filter(enabled=False).values_list("name", flat=True)) == {"Gate 3", "Yard"}
    with tenant(cast.globex.id):
        assert Camera.objects.get(id=cast.globex_camera.id).enabled is True


def test_deleting_goes_through_the_service(cast, mia, secret_camera) -> None:
    assert mia.post(page("camera", "delete", secret_camera.id), {"post": "yes"}).status_code == 302
    mia.post(page("site"), {"action": "delete_selected", "_selected_action": [cast.south.id], "post": "yes"})
    with tenant(cast.acme.id):
        assert list(Camera.objects.values_list("name", flat=True)) == ["Gate 3"]
        assert list(Site.objects.values_list("name", flat=True)) == ["North"]


def test_a_site_in_use_is_not_deleted(cast, mia, rows) -> None:
    before = rows()
    mia.post(page("site", "delete", cast.north.id), {"post": "yes"})
    mia.post(page("site"), {"action": "delete_selected", "_selected_action": [cast.north.id], "post": "yes"})
    assert rows() == before


@pytest.mark.parametrize("model", ["camera", "site", "preset"])
def test_a_longer_list_takes_no_more_queries(cast, mia, django_assert_num_queries, model) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    mia.get(page(model))
    with CaptureQueriesContext(connection) as short:
        mia.get(page(model))
    for number in range(5):
        make_camera(cast.north, cast.presets["balanced"], f"Yard {number}")
    with django_assert_num_queries(len(short)):
        mia.get(page(model))


def test_the_admins_own_log_stays_empty(cast, mia) -> None:
    from django.contrib.admin.models import LogEntry

    mia.post(page("camera", "add"), camera_form(cast))
    assert LogEntry.objects.count() == 0
