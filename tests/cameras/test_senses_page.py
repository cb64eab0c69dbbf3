"""The page of the senses, without a script: what it shows, keeps, refuses and saves."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.tenancy import tenant
from cameras.models import SenseSettings
from cameras.selectors import sense_settings
from cameras.services import sense_settings_update
from detection.audio.phrases import DEFAULT
from detection.scene.defaults import default_prompts

AT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SMOKE = "fire hazard: smoke\n+ thick smoke in a room\n- an ordinary room with clear air\n"
ENGLISH = {topic: "\r\n".join(phrases) for topic, phrases in DEFAULT["en"].items()}


@pytest.fixture
def mia(cast: Any, client: Client) -> Client:
    return cast.login(client, cast.mia)


@pytest.fixture
def address(db: None) -> str:
    return reverse("senses")


def typed(mia: Client, address: str, **fields: Any) -> dict[str, Any]:
    """What a browser sends of the page as it stands, with some fields typed over."""
    form = mia.get(address).context["form"]
    shown = {name: form[name].value() or "" for name in form.fields}
    # Browsers send every line break as CR LF.
    return {name: "\r\n".join(v.split("\n")) if isinstance(v, str) else v for name, v in {**shown, **fields}.items()}


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def stored(cast: Any) -> SenseSettings:
    with tenant(cast.acme.id):
        return sense_settings(cast.acme.id)


def area(page: str, name: str) -> str:
    """Return the text in one area of the page."""
    found = page.split(f'name="{name}"')[1].split("</textarea>")[0].split(">\n", 1)[1]
    return html.unescape(found)


def test_the_page_shows_what_holds_the_built_in_phrases_too(mia, address) -> None:
    page = mia.get(address).content.decode()
    for topic, phrases in DEFAULT["en"].items():
        assert area(page, topic).split("\n") == list(phrases)
    assert area(page, "prompts") == default_prompts().text()
    for words in (
        "7 phrases, built in",
        "6 phrases, built in",
        "10 phrases, built in",
        "15 hazards, built in",
        "Nobody has changed it yet.",
    ):
        assert words in page
    assert page.count(" checked") >= 2


@pytest.mark.parametrize(("who", "word"), [("omar", "operator"), ("vera", "viewer")])
def test_operators_and_viewers_are_told_why_not(cast, client, rows, address, who, word) -> None:
    before = rows()
    cast.login(client, getattr(cast, who))
    assert "Senses" not in client.get(reverse("console")).content.decode()
    for answer in (client.get(address), client.post(address, {"transcripts": "off", "languages": "en"})):
        assert answer.status_code == 403
        reason = f"Your role in Acme is {word}; it does not let you change what the cameras listen and look for."
        assert reason in answer.content.decode()
    assert rows() == before


def test_managers_find_it_in_the_rail_and_in_the_settings(mia, address) -> None:
    for page in (reverse("console"), reverse("admin:index")):
        assert f'href="{address}"' in mia.get(page).content.decode()


def test_saving_the_page_as_it_stands_changes_nothing(cast, mia, address, rows) -> None:
    before = rows()
    answer = mia.post(address, typed(mia, address))
    assert (answer.status_code, answer.url) == (302, address)
    assert rows() == before


def test_what_is_saved_is_what_holds(cast, mia, address) -> None:
    fields = typed(
        mia,
        address,
        transcripts="phrases",
        languages=["en", "de"],
        other_languages="IT",
        threat="give me the money\n\n ho  una pistola ",
        medical="",
    )
    answer = mia.post(address, fields)
    assert (answer.status_code, answer.url) == (302, address)
    assert said(answer) == ["Saved. The cameras follow within seconds."]
    settings = stored(cast)
    assert (settings.transcripts, settings.languages) == ("phrases", ["en", "de", "it"])
    assert settings.phrases == {"threat": ["give me the money", "ho una pistola"], "medical": []}
    page = mia.get(address).content.decode()
    # What nobody touched follows the languages.
    assert area(page, "distress").split("\n") == [*DEFAULT["en"]["distress"], *DEFAULT["de"]["distress"]]
    assert area(page, "threat") == "give me the money\nho una pistola"
    for words in ("12 phrases, built in", "2 phrases<", "0 phrases<", 'value="it"', "Last changed"):
        assert words in page


def test_descriptions_of_ones_own_are_kept_until_the_built_in_set_is_wanted(cast, mia, address, rows) -> None:
    mia.post(address, typed(mia, address, prompts=SMOKE))
    assert stored(cast).prompts == SMOKE
    page = mia.get(address).content.decode()
    assert area(page, "prompts") == SMOKE
    assert "1 hazard<" in page
    before = rows()
    page = mia.post(address, typed(mia, address, fill="prompts")).content.decode()
    assert area(page, "prompts") == default_prompts().text()
    assert "These are the built-in descriptions. They hold once you save." in page
    assert rows() == before
    mia.post(address, typed(mia, address, prompts=""))
    assert stored(cast).prompts == ""


def test_phrases_put_back_to_the_built_in_ones_follow_the_languages_again(cast, mia, address) -> None:
    mia.post(address, typed(mia, address, threat="give me the money"))
    assert stored(cast).phrases == {"threat": ["give me the money"]}
    mia.post(address, typed(mia, address, threat=ENGLISH["threat"]))
    assert stored(cast).phrases is None


def test_an_area_is_filled_with_what_is_built_in_for_the_ticked_languages_and_nothing_is_saved(
    cast, mia, address, rows
) -> None:
    sense_settings_update(organization_id=cast.acme.id, at=AT, phrases={"threat": ["give me the money"]})
    before = rows()
    fields = typed(mia, address, languages=["fr"], medical="un médecin", transcripts="off", fill="threat")
    answer = mia.post(address, fields)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert area(page, "threat").split("\n") == list(DEFAULT["fr"]["threat"])
    assert area(page, "medical") == "un médecin"
    assert "They hold once you save." in page
    assert 'value="off" required checked' in page
    assert rows() == before
    mia.post(address, typed(mia, address, languages=["fr"], threat="\n".join(DEFAULT["fr"]["threat"])))
    assert stored(cast).phrases is None


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"threat": "bomb\n\n???"}, "threat", "Line 3: “???” is no phrase: use 1 to 80 letters."),
        (
            {"prompts": f"{SMOKE}\nfire hazard: flames\n+ flames\n"},
            "prompts",
            "Line 5: “flames” has no usual sentence. Add a line that begins with “- ”.",
        ),
        ({"prompts": "-\n" * 10_000}, "prompts", "The text has 10000 lines. Keep at most 1620."),
        ({"languages": []}, "languages", "Choose at least one language."),
        (
            {"other_languages": "klingon"},
            "languages",
            "“klingon” is no language that speech is written down in. Use a code such as en or pt.",
        ),
        ({"transcripts": "some"}, "transcripts", "Select a valid choice. some is not one of the available choices."),
        (
            {"distress": "\n".join(f"come to gate {n}" for n in range(1994))},
            "distress",
            "These are 2001 lines; at most 2000 phrases are listened for.",
        ),
    ],
)
def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(
    cast, mia, address, rows, fields, field, message
) -> None:
    before = rows()
    answer = mia.post(address, typed(mia, address, medical="call the medic", **fields))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [message]}
    assert html.escape(message) in page
    assert "Nothing was saved." in page
    assert area(page, "medical") == "call the medic"
    for name, text in fields.items():
        if name in (*ENGLISH, "prompts"):
            assert area(page, name).replace("\r\n", "\n") == text
    assert rows() == before


def test_ten_thousand_lines_are_refused_with_the_limit_and_kept(mia, address, rows) -> None:
    before = rows()
    text = "\n".join(f"come to gate {number}" for number in range(10_000))
    answer = mia.post(address, typed(mia, address, distress=text))
    page = answer.content.decode()
    assert answer.context["form"].errors == {
        "distress": ["These are 10000 lines; at most 2000 phrases are listened for."]
    }
    assert area(page, "distress").replace("\r\n", "\n") == text
    assert rows() == before


def test_what_is_typed_is_text_and_never_markup(mia, address) -> None:
    page = mia.post(address, typed(mia, address, threat="</textarea><script>" + "x" * 90)).content.decode()
    assert "</textarea><script>" not in page
    assert "&lt;/textarea&gt;&lt;script&gt;" in page


def test_limits_of_posture_are_typed_and_what_is_out_of_range_stands_beside_its_field(cast, mia) -> None:
    address = "/settings/senses/"
    page = mia.get(address).content.decode()
    assert 'name="limit_wrist" type="number" step="any" min="2.0" max="50.0" value="7"' in page
    answer = mia.post(address, typed(mia, address, limit_wrist="900", limit_head=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“A hand moves faster than” takes 2 to 50 torso lengths/s, not 900." in page
    assert 'value="900"' in page
    assert mia.post(address, typed(mia, address, limit_wrist="9.5", limit_head="")).status_code == 302
    with tenant(cast.acme.id):
        assert sense_settings(cast.acme.id).posture == {"wrist": 9.5}
