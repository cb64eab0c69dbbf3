"""A fetched model is resumed where it broke off and checked before it counts."""

from __future__ import annotations

import pytest

from detection.models import ModelError
from detection.models.pull import ATTEMPTS, pull
from tests.detection.models.conftest import FIRST, ONE, SECOND, sha256


def test_a_model_is_fetched_with_progress(store, hub):
    told: list[tuple[str, int, int]] = []
    state = pull(store, "one", lambda *step: told.append(step))
    assert (state.status, state.source) == ("installed", "fetched from 127.0.0.1")
    assert (told[0], told[-1]) == (("one.bin", 0, len(ONE)), ("one.bin", len(ONE), len(ONE)))
    assert store.path("one").read_bytes() == ONE
    pull(store, "one")
    assert len(hub.asked) == 1, "what is there is not fetched again"


def test_a_break_is_gone_on_with_where_it_was(store, hub):
    hub.break_after = [1000, 200]
    assert pull(store, "one").status == "installed"
    assert hub.asked == [("one.bin", None), ("one.bin", "bytes=1000-"), ("one.bin", "bytes=1200-")]
    assert not list(store.folder.glob(".*.download"))


def test_a_connection_that_keeps_breaking_is_kept_for_the_next_time(store, hub):
    hub.break_after = [100] * ATTEMPTS
    with pytest.raises(ModelError, match=r"^one\.bin could not be fetched from 127\.0\.0\.1: .*400 bytes are kept"):
        pull(store, "one")
    assert store.state("one").status == "missing", "half a file is never used"
    assert pull(store, "one").status == "installed"
    assert hub.asked[-1] == ("one.bin", "bytes=400-")


def test_a_damaged_file_is_thrown_away(store, hub):
    hub.files["one.bin"] = b"x" + ONE[1:]
    with pytest.raises(ModelError, match=r"^one\.bin arrived damaged: SHA-256 [0-9a-f]{12}…, not "):
        pull(store, "one")
    assert not list(store.folder.glob(".*.download"))
    hub.files["one.bin"] = ONE
    assert pull(store, "one").status == "installed"


def test_a_digest_that_the_hub_declares_is_checked(store, hub):
    hub.declared = {"two/first.bin": sha256(b"something else")}
    with pytest.raises(ModelError, match=r"^first\.bin arrived damaged"):
        pull(store, "two")
    hub.declared = {"two/first.bin": sha256(FIRST), "two/second.txt": "0a1b2c3d"}
    assert pull(store, "two").status == "installed", "a short tag is a digest of another kind"
    assert (store.path("two") / "second.txt").read_bytes() == SECOND


def test_a_foreign_file_in_its_place_is_replaced(store):
    store.folder.mkdir()
    (store.folder / "one.bin").write_bytes(b"another model")
    assert pull(store, "one").status == "installed"
    assert store.path("one").read_bytes() == ONE


def test_an_address_that_is_gone_is_told_at_once(store, hub):
    del hub.files["one.bin"]
    with pytest.raises(ModelError, match=r"^127\.0\.0\.1 answers 404 Not Found for one\.bin\.$"):
        pull(store, "one")
    assert len(hub.asked) == 1


def test_no_connection_names_the_way_without_one(store, hub):
    hub.close()
    with pytest.raises(ModelError, match=r"Without a connection, bring the model over with: manage.py models export"):
        pull(store, "one")


def test_what_is_made_here_is_not_fetched(store):
    with pytest.raises(
        ModelError, match=r"^The model made is not published as a file\. Make it here: manage.py make_it"
    ):
        pull(store, "made")
