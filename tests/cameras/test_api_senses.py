"""`/api/v1/senses/`: members read, managers write, once per key."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.tenancy import tenant
from cameras.models import Camera
from cameras.selectors import sense_settings
from detection.types import CATEGORIES

ADDRESS = "/api/v1/senses/"
SMOKE = "fire hazard: smoke\n+ thick smoke in a room\n- an ordinary room with clear air\n"
DEFAULTS = {
    "transcripts": "keep",
    "languages": ["en"],
    "phrases": None,
    "prompts": "",
    "posture": {},
    "version": 0,
    "changed_at": None,
}


def send(client: Any, method: str, data: Any, **headers: str) -> Any:
    return getattr(client, method)(ADDRESS, data, content_type="application/json", headers=headers)


def test_every_member_reads_what_holds(cast, client) -> None:
    assert cast.login(client, cast.vera).get(ADDRESS).json() == DEFAULTS


def test_a_manager_sets_all_of_it_or_some(cast, client) -> None:
    cast.login(client, cast.mia)
    own = {"threat": ["give me the money"]}
    everything = {"transcripts": "off", "languages": ["en", "it"], "phrases": own, "prompts": SMOKE}
    everything["posture"] = {"wrist": 9.5}
    answer = send(client, "put", everything)
    assert answer.status_code == 200
    changed = answer.json()
    assert changed == {**everything, "version": 1, "changed_at": changed["changed_at"]}
    assert client.get(ADDRESS).json() == changed
    some = send(client, "patch", {"transcripts": "phrases"}).json()
    assert some == {**changed, "transcripts": "phrases", "version": 2, "changed_at": some["changed_at"]}
    with tenant(cast.acme.id):
        assert Camera.objects.get().config_version == 3
    with tenant(cast.globex.id):
        assert sense_settings(cast.globex.id).version == 0


def test_the_whole_is_asked_for_where_the_whole_is_set(cast, client, rows) -> None:
    cast.login(client, cast.mia)
    before = rows()
    answer = send(client, "put", {"transcripts": "off"})
    assert answer.status_code == 400
    assert sorted(answer.json()["error"]["fields"]) == ["languages", "phrases", "posture", "prompts"]
    assert rows() == before


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"transcripts": "some"}, "transcripts", '"some" is not a valid choice.'),
        (
            {"languages": ["xx"]},
            "languages",
            "“xx” is no language that speech is written down in. Use a code such as en or pt.",
        ),
        ({"phrases": {"threat": ["bomb", "?"]}}, "phrases", "threat, line 2: “?” is no phrase: use 1 to 80 letters."),
        (
            {"phrases": {"threat": ["bomb"] * 10_000}},
            "phrases",
            "These are 10000 lines; at most 2000 phrases are listened for.",
        ),
        (
            {"posture": {"wrist": 0}},
            "posture",
            "“A hand moves faster than” takes 2 to 50 torso lengths/s, not 0.",
        ),
        (
            {"prompts": "smoke: thick\n"},
            "prompts",
            "Line 1: there is no category “smoke”. Choose one of: " + ", ".join(CATEGORIES) + ".",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(cast, client, rows, fields, field, message) -> None:
    cast.login(client, cast.mia)
    before = rows()
    answer = send(client, "patch", fields)
    assert (answer.status_code, answer.json()["error"]["fields"]) == (400, {field: [message]})
    assert rows() == before


@pytest.mark.parametrize("body", ["[]", '"keep"', '{"phrases": ["bomb"]}', '{"phrases": {"threat": "bomb"}}'])
def test_a_body_of_another_shape_is_refused(cast, client, rows, body) -> None:
    cast.login(client, cast.mia)
    before = rows()
    assert client.patch(ADDRESS, body, content_type="application/json").status_code == 400
    assert rows() == before


@pytest.mark.parametrize(("who", "word"), [("omar", "operator"), ("vera", "viewer")])
@pytest.mark.parametrize("method", ["put", "patch"])
def test_operators_and_viewers_are_told_why_not(cast, client, rows, who, word, method) -> None:
    cast.login(client, getattr(cast, who))
    before = rows()
    answer = send(client, method, {"transcripts": "off"})
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == (
        f"Your role in Acme is {word}; it does not let you change sites, cameras and presets."
    )
    assert rows() == before


@pytest.mark.django_db(transaction=True)
def test_a_write_sent_twice_with_its_key_happens_once(cast, client, rows) -> None:
    cast.login(client, cast.mia)
    first = send(client, "patch", {"transcripts": "off"}, **{"Idempotency-Key": "a"})
    before = rows()
    again = send(client, "patch", {"transcripts": "off"}, **{"Idempotency-Key": "a"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = send(client, "patch", {"transcripts": "keep"}, **{"Idempotency-Key": "a"})
    assert (other.status_code, other.json()["error"]["code"]) == (409, "key_reused")
    assert rows() == before


def test_the_document_describes_it(client, db) -> None:
    document = client.get("/api/schema/", {"format": "json"}).json()
    operations = document["paths"]["/api/v1/senses/"]
    assert sorted(operations) == ["get", "patch", "put"]
    for method in ("put", "patch"):
        assert [each["name"] for each in operations[method]["parameters"]] == ["Idempotency-Key"]
    shape = document["components"]["schemas"]["SenseSettings"]
    assert sorted(shape["properties"]) == sorted(DEFAULTS)
