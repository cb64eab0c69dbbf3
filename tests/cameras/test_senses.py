"""What an organization listens and looks for: who may change it, what is refused, and what the worker hears of it."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from accounts.models import AuditEntry
from accounts.tenancy import tenant
from cameras.models import Camera, SenseSettings
from cameras.phrasing import SPOKEN
from cameras.selectors import sense_settings
from cameras.senses import SensePlan, sense_plan
from cameras.services import camera_update, sense_settings_update
from detection.audio.phrases import DEFAULT
from detection.scene.defaults import default_prompts
from detection.scene.prompts import parse_prompts
from tests.cast import make_camera

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = AT + dt.timedelta(minutes=1)
SMOKE = "fire hazard: smoke\n+ thick smoke in a room\n- an ordinary room with clear air\n"


def update(cast: Any, who: str | None = "mia", at: dt.datetime = AT, **fields: Any) -> SenseSettings:
    actor = getattr(cast, who).actor if who else None
    organization_id = actor.organization_id if actor else cast.acme.id
    return sense_settings_update(organization_id=organization_id, actor=actor, at=at, **fields)


def stored(cast: Any) -> SenseSettings:
    with tenant(cast.acme.id):
        return sense_settings(cast.acme.id)


def plan_of(camera: Camera) -> SensePlan:
    with tenant(camera.organization_id):
        return sense_plan(Camera.objects.get(id=camera.id))


def versions(organization: Any) -> list[int]:
    with tenant(organization.id):
        return list(Camera.objects.order_by("name").values_list("config_version", flat=True))


def test_without_a_row_the_defaults_hold_and_reading_writes_none(cast) -> None:
    settings = stored(cast)
    assert (settings.transcripts, settings.languages, settings.phrases, settings.prompts, settings.version) == (
        "keep",
        ["en"],
        None,
        "",
        0,
    )
    assert settings.changed_at is None
    assert plan_of(cast.gate3) == SensePlan()
    with tenant(cast.acme.id):
        assert SenseSettings.objects.count() == 0


def test_a_change_is_counted_and_every_camera_of_the_organization_follows(cast) -> None:
    make_camera(cast.south, cast.presets["balanced"], "Yard")
    update(cast, transcripts="phrases", languages=["de", "en", "de"])
    settings = update(cast, at=LATER, phrases={"threat": ["  give   me the money ", "", "give me the money"]})
    assert (settings.version, settings.changed_at) == (2, LATER)
    again = stored(cast)
    assert (again.transcripts, again.languages, again.phrases) == (
        "phrases",
        ["de", "en"],
        {"threat": ["give me the money"]},
    )
    assert versions(cast.acme) == [3, 3]
    assert versions(cast.globex) == [1]
    with tenant(cast.acme.id):
        entries = AuditEntry.objects.filter(action="senses.update").order_by("at")
        assert [(entry.actor_id, entry.target, entry.details) for entry in entries] == [
            (cast.mia.user.id, "Senses", {"fields": ["languages", "transcripts"]}),
            (cast.mia.user.id, "Senses", {"fields": ["phrases"]}),
        ]


def test_a_change_that_changes_nothing_writes_nothing(cast, rows) -> None:
    before = rows()
    update(cast, transcripts="keep", languages=["EN"], phrases={}, prompts=" \n")
    assert rows() == before
    update(cast, transcripts="off")
    before = rows()
    update(cast, at=LATER, transcripts="off", phrases=None)
    assert rows() == before


def test_two_who_change_the_untouched_settings_at_once_both_count(transactional_db: None) -> None:
    from tests.cast import make_cast

    cast = make_cast()
    start = threading.Barrier(2)

    def change(fields: dict[str, Any]) -> None:
        start.wait()
        try:
            update(cast, None, **fields)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=change, args=(fields,)) for fields in ({"transcripts": "off"}, {"languages": ["fr"]})
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    settings = stored(cast)
    assert (settings.version, settings.transcripts, settings.languages) == (2, "off", ["fr"])
    assert versions(cast.acme) == [3]


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"transcripts": "some"}, "transcripts", "Value 'some' is not a valid choice."),
        ({"languages": []}, "languages", "Choose at least one language."),
        (
            {"languages": ["xx"]},
            "languages",
            "“xx” is no language that speech is written down in. Use a code such as en or pt.",
        ),
        (
            {"languages": ["en", "it"]},
            "languages",
            "There are no built-in phrases in “it”, only in en, de, es, fr. Give phrases of your own.",
        ),
        (
            {"languages": ["en", "de", "es", "fr", "it", "pt", "nl", "sv", "da"], "phrases": {"threat": ["bomba"]}},
            "languages",
            "At most 8 languages are listened for; these are 9.",
        ),
        ({"phrases": {"joy": ["hurray"]}}, "phrases", "There is no topic “joy”. Topics are distress, threat, medical."),
        (
            {"phrases": {"medical": ["call a doctor", "", "?!"]}},
            "phrases",
            "medical, line 3: “?!” is no phrase: use 1 to 80 letters.",
        ),
        (
            {"phrases": {"distress": ["a" * 81]}},
            "phrases",
            f"distress, line 1: “{'a' * 80}” is no phrase: use 1 to 80 letters.",
        ),
        (
            {"phrases": {"distress": ["help"] * 5000, "threat": ["bomb"] * 5000}},
            "phrases",
            "These are 10000 lines; at most 2000 phrases are listened for.",
        ),
        (
            {"prompts": "fire hazard: smoke\n+ thick smoke\n\nfire: flames\n"},
            "prompts",
            "Line 1: “smoke” has no usual sentence. Add a line that begins with “- ”.",
        ),
        (
            {"prompts": "\r\nsmoke\r\n"},
            "prompts",
            "Line 2: “smoke” is neither a hazard nor a sentence. Write “category: name”, or begin the line with “+ ” "
            "for what would alarm or “- ” for what is usual.",
        ),
        ({"prompts": "-\n" * 10_000}, "prompts", "The text has 10000 lines. Keep at most 1620."),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_written(cast, rows, fields, field, message) -> None:
    before = rows()
    with pytest.raises(ValidationError) as refused:
        update(cast, **fields)
    assert refused.value.message_dict == {field: [message]}
    assert rows() == before


def test_so_many_phrases_as_the_limit_says_are_taken(cast) -> None:
    update(cast, phrases={"distress": [f"come to gate {number}" for number in range(2000)]})
    assert len(stored(cast).phrases["distress"]) == 2000


def test_descriptions_are_kept_in_their_plainest_form(cast) -> None:
    update(cast, prompts=f"\r\n{SMOKE.replace('+ ', '+    ')}\r\n".replace("\n", "\r\n"))
    assert stored(cast).prompts == SMOKE
    assert plan_of(cast.gate3).prompts == SMOKE
    assert parse_prompts(SMOKE).hazards[0].alarming == ("thick smoke in a room",)


def test_the_built_in_descriptions_written_out_are_the_built_in_ones(cast, rows) -> None:
    before = rows()
    update(cast, prompts=default_prompts().text())
    assert rows() == before
    update(cast, prompts=SMOKE)
    update(cast, at=LATER, prompts=default_prompts().text())
    assert (stored(cast).prompts, stored(cast).version) == ("", 2)


def test_own_phrases_allow_a_language_without_built_in_ones_and_hold_it_up(cast, rows) -> None:
    update(cast, languages=["it"], phrases={"threat": ["ho una pistola"]})
    before = rows()
    with pytest.raises(ValidationError) as refused:
        update(cast, at=LATER, phrases=None)
    assert list(refused.value.message_dict) == ["languages"]
    assert rows() == before


def test_the_languages_are_those_of_the_speech_model() -> None:
    tokenizer = pytest.importorskip("faster_whisper.tokenizer", reason="the speech model's library is not installed")
    assert set(tokenizer._LANGUAGE_CODES) == SPOKEN
    assert set(DEFAULT) <= SPOKEN


@pytest.mark.parametrize("who", ["omar", "vera"])
def test_operators_and_viewers_are_refused_with_the_reason(cast, rows, who) -> None:
    before = rows()
    with pytest.raises(PermissionDenied, match="it does not let you change sites, cameras and presets"):
        update(cast, who, transcripts="off")
    assert rows() == before


def test_a_stranger_changes_their_own_alone(cast, rows) -> None:
    before = rows()
    with pytest.raises(PermissionDenied, match="another organization"):
        sense_settings_update(organization_id=cast.acme.id, actor=cast.greta.actor, at=AT, transcripts="off")
    assert rows() == before
    update(cast, "greta", transcripts="off", prompts="")
    assert stored(cast).transcripts == "keep"
    assert versions(cast.acme) == [1]
    assert versions(cast.globex) == [2]


def test_without_an_organization_the_table_looks_empty_and_another_ones_row_cannot_be_written(cast) -> None:
    update(cast, transcripts="off")
    update(cast, "greta", transcripts="phrases")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cameras_sensesettings")
        assert cursor.fetchone() == (0,)
    with tenant(cast.globex.id), connection.cursor() as cursor:
        cursor.execute("SELECT transcripts FROM cameras_sensesettings")
        assert cursor.fetchall() == [("phrases",)]
        cursor.execute("UPDATE cameras_sensesettings SET transcripts = 'off' WHERE transcripts = 'off'")
        assert cursor.rowcount == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic(), tenant(cast.globex.id):
        SenseSettings.objects.create(organization_id=cast.acme.id, changed_at=AT)


def test_an_organization_has_one_row_at_most(cast) -> None:
    update(cast, transcripts="off")
    with pytest.raises(IntegrityError, match="sense_settings_once"), transaction.atomic(), tenant(cast.acme.id):
        SenseSettings.objects.create(organization_id=cast.acme.id, changed_at=AT)


@pytest.mark.parametrize("sense", ["pose", "audio", "scene"])
def test_a_camera_is_watched_without_a_sense_that_is_switched_off(cast, sense) -> None:
    camera_update(organization_id=cast.acme.id, camera_id=cast.gate3.id, actor=cast.mia.actor, at=AT, **{sense: False})
    assert plan_of(cast.gate3) == SensePlan(**{sense: False})
    assert versions(cast.acme) == [2]
    with tenant(cast.acme.id):
        assert AuditEntry.objects.get(at=AT).details["fields"] == [sense]


def test_the_plan_names_every_phrase_once_an_organization_has_some_of_its_own(cast) -> None:
    update(
        cast,
        transcripts="phrases",
        languages=["de", "en"],
        phrases={"threat": ["Geld her"], "medical": []},
    )
    plan = plan_of(cast.gate3)
    assert (plan.transcripts, plan.languages, plan.prompts) == ("phrases", ("de", "en"), "")
    assert plan.phrases == {
        "distress": [*DEFAULT["de"]["distress"], *DEFAULT["en"]["distress"]],
        "threat": ["Geld her"],
        "medical": [],
    }
    assert plan_of(cast.globex_camera) == SensePlan()


def test_limits_of_posture_are_kept_where_they_differ_and_reach_the_plan(cast: Any) -> None:
    common = {"organization_id": cast.acme.id, "actor": cast.mia.actor, "at": AT}
    with tenant(cast.acme.id):
        changed = sense_settings_update(**common, posture={"wrist": 9.0, "fall_s": 0.5})
        assert changed.posture == {"wrist": 9.0}
        assert sense_plan(cast.gate3).posture == (("wrist", 9.0),)
        for limits, sentence in (
            ({"wrist": 1000.0}, "“A hand moves faster than” takes 2 to 50 torso lengths/s, not 1000."),
            ({"wink": 1.0}, "There is no limit “wink”"),
            ({"head": float("nan")}, "write a number"),
        ):
            with pytest.raises(ValidationError, match=sentence) as refused:
                sense_settings_update(**common, posture=limits)
            assert list(refused.value.message_dict) == ["posture"]
        assert sense_settings(cast.acme.id).version == 1
        assert sense_settings_update(**common, posture={}).posture == {}
