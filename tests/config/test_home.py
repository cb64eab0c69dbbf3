from __future__ import annotations

import os
from pathlib import Path

import pytest

from config.engines import EngineError, home_from, prepare_home, resolve
from config.engines.home import PROJECT, SOCKET_PATH_LIMIT, Layout, require_space


def test_urls_given_by_the_environment_win() -> None:
    urls = resolve(
        Path("/srv/vedette"),
        {
            "DATABASE_URL": "postgresql://app@db/v",
            "DATABASE_OWNER_URL": "postgresql://own@db/v",
            "REDIS_URL": "redis://r",
        },
    )
    assert (urls.database_url, urls.database_owner_url, urls.redis_url) == (
        "postgresql://app@db/v",
        "postgresql://own@db/v",
        "redis://r",
    )


def test_without_an_owners_url_the_owner_is_the_given_role_and_not_the_embedded_one() -> None:
    assert (
        resolve(Path("/srv/v"), {"DATABASE_URL": "postgresql://app@db/v"}).database_owner_url == "postgresql://app@db/v"
    )


def test_urls_of_the_embedded_engines_quote_the_path() -> None:
    urls = resolve(Path("/srv/my home%?"), {})
    assert urls.database_url == "postgresql://vedette_app@/vedette?host=%2Fsrv%2Fmy%20home%25%3F%2Fpostgres"
    assert urls.database_owner_url == "postgresql://vedette_owner@/vedette?host=%2Fsrv%2Fmy%20home%25%3F%2Fpostgres"
    assert urls.redis_url == "unix:///srv/my%20home%25%3F/redis/redis.sock"


@pytest.mark.parametrize("length", [10, 75, 79, 80, 81, 103, 200, 1000])
def test_sockets_are_never_longer_than_the_kernel_takes(length: int) -> None:
    layout = Layout(Path("/" + "h" * (length - 1)))
    assert len(os.fsencode(layout.postgres_sockets / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    assert len(os.fsencode(layout.redis_socket)) <= SOCKET_PATH_LIMIT
    assert (layout.sockets is None) == (length <= 80)


def test_two_long_homes_have_different_sockets() -> None:
    first, second = (Layout(Path("/" + "h" * 200 + end)) for end in "ab")
    assert first.sockets != second.sockets


def test_letters_that_take_two_bytes_count_twice() -> None:
    assert Layout(Path("/" + "ü" * 60)).sockets is not None


def test_the_home_is_absolute_and_var_by_default() -> None:
    assert home_from({}) == PROJECT / "var"
    assert home_from({"VEDETTE_HOME": ""}) == PROJECT / "var"
    assert home_from({"VEDETTE_HOME": "elsewhere"}) == Path.cwd() / "elsewhere"
    assert home_from({"VEDETTE_HOME": "~/v"}) == Path.home() / "v"


def test_a_new_home_is_closed_to_others(tmp_path: Path) -> None:
    prepare_home(tmp_path / "x" / "home")
    assert (tmp_path / "x" / "home").stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(EngineError) as caught:
        prepare_home(tmp_path / "home")
    assert str(caught.value) == (
        f"The home of this installation, {tmp_path / 'home'}, is not a folder. "
        "Set VEDETTE_HOME to a folder that can be written."
    )


def test_space_is_asked_of_the_disk_of_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_space(tmp_path, first_start=False)
    monkeypatch.setattr("config.engines.home.FREE_BYTES", 2**62)
    with pytest.raises(
        EngineError, match=rf"^The disk of {tmp_path} is full: \d+ MB free, {2**42} MB needed to start\."
    ):
        require_space(tmp_path, first_start=False)
