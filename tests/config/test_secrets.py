from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config.engines import EngineError
from config.secrets import Secrets, load_or_create


def test_keys_are_made_once_and_only_we_can_read_them(tmp_path: Path) -> None:
    made = load_or_create(tmp_path, {})
    assert load_or_create(tmp_path, {}) == made
    assert sorted(path.name for path in tmp_path.iterdir()) == ["credentials.key", "secret.key"]
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made.secret_key) >= 50
    assert Fernet(made.fernet_key).decrypt(Fernet(made.fernet_key).encrypt(b"pan-tilt")) == b"pan-tilt"


def test_each_home_has_its_own(tmp_path: Path) -> None:
    north, south = load_or_create(tmp_path / "north", {}), load_or_create(tmp_path / "south", {})
    assert north.secret_key != south.secret_key
    assert north.fernet_key != south.fernet_key


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    found: list[Secrets] = []
    barrier = threading.Barrier(8)

    def load() -> None:
        barrier.wait()
        found.append(load_or_create(tmp_path, {}))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({(secrets.secret_key, secrets.fernet_key) for secrets in found}) == 1


def test_the_environment_wins_and_then_nothing_is_written(tmp_path: Path) -> None:
    key = Fernet.generate_key()
    given = {"VEDETTE_SECRET_KEY": "shared by all machines", "VEDETTE_CREDENTIAL_KEY": key.decode()}
    assert load_or_create(tmp_path / "home", given) == Secrets("shared by all machines", key)
    assert not (tmp_path / "home").exists()


def test_no_key_shows_in_a_repr(tmp_path: Path) -> None:
    assert repr(load_or_create(tmp_path, {})) == "Secrets()"


@pytest.mark.parametrize("damage", ["no key at all", "QUJD", "ü"])
def test_a_damaged_credential_key_is_not_replaced(tmp_path: Path, damage: str) -> None:
    load_or_create(tmp_path, {})
    (tmp_path / "credentials.key").write_text(damage)
    with pytest.raises(EngineError) as caught:
        load_or_create(tmp_path, {})
    assert "Restore it from a backup" in str(caught.value)
    assert damage not in str(caught.value)
    assert (tmp_path / "credentials.key").read_text() == damage


def test_an_empty_key_is_not_replaced(tmp_path: Path) -> None:
    load_or_create(tmp_path, {})
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(EngineError, match=r"secret\.key is empty"):
        load_or_create(tmp_path, {})
