"""Who keeps the engines running, and what happens when someone is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import psycopg
import pytest

from config.engines import EngineError, ensure_running, release, resolve, running_engines
from config.engines.home import Layout
from tests.config.holders import (
    HOLD,
    Holder,
    engines_running,
    keeper_pid,
    living,
    postmaster_pid,
    run_python,
    wait_until,
)


def _answers(home: Path) -> bool:
    try:
        with psycopg.connect(resolve(home, {}).database_url) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def test_the_last_one_out_stops_the_engines(home: Path) -> None:
    first, second = Holder(home), Holder(home)
    first.wait_until_held()
    second.wait_until_held()
    postmaster = postmaster_pid(home)
    first.let_go()
    assert _answers(home)
    with running_engines(home, {}):
        second.let_go()
        assert postmaster_pid(home) == postmaster
    assert not engines_running(home)
    assert not (Layout(home).postgres / "postmaster.pid").exists()


def test_holding_twice_in_a_process_is_holding_once(home: Path) -> None:
    ensure_running(home, {})
    ensure_running(home, {})
    release(home)
    assert not engines_running(home)
    release(home)


def test_engines_end_when_their_only_holder_is_killed(home: Path) -> None:
    holder = Holder(home)
    holder.wait_until_held()
    holder.kill()
    wait_until(lambda: not engines_running(home), "the end of the engines")
    with running_engines(home, {}):
        assert _answers(home)


def test_a_killed_keeper_takes_the_engines_along_and_blocks_nothing(home: Path) -> None:
    holder = Holder(home)
    holder.wait_until_held()
    os.kill(keeper_pid(home), signal.SIGKILL)
    wait_until(lambda: not engines_running(home), "the end of the engines")
    with running_engines(home, {}):
        assert _answers(home)
        holder.let_go()
        assert _answers(home)


@pytest.mark.parametrize("name", ["postgres", "redis-server"])
def test_a_killed_engine_is_started_again(home: Path, name: str) -> None:
    with running_engines(home, {}) as urls:
        with psycopg.connect(urls.database_owner_url) as owner:
            owner.execute("CREATE TABLE facts (id int)")
        folder = {"postgres": Layout(home).postgres, "redis-server": Layout(home).redis}[name]
        victim = postmaster_pid(home) if name == "postgres" else living(name, folder)[0]
        psutil.Process(victim).kill()
        wait_until(lambda: bool(set(living(name, folder)) - {victim}) and _answers(home), f"a new {name}")
        with psycopg.connect(urls.database_url) as application:
            assert application.execute("SELECT count(*) FROM facts").fetchone() == (0,)


def test_a_stopped_engine_does_not_hold_up_the_end(home: Path) -> None:
    ensure_running(home, {})
    os.kill(postmaster_pid(home), signal.SIGSTOP)
    release(home)
    assert not engines_running(home)


def test_engines_stay_when_the_terminal_interrupts(home: Path) -> None:
    with running_engines(home, {}):
        ours = os.getsid(0)
        for pid in (keeper_pid(home), postmaster_pid(home), *living("redis-server", Layout(home).redis)):
            assert os.getsid(pid) not in (ours, os.getpgrp())


def test_a_pid_file_of_a_crash_whose_number_is_now_someone_elses_is_cleared(home: Path) -> None:
    with running_engines(home, {}):
        pass
    file = Layout(home).postgres / "postmaster.pid"
    file.write_text(f"{os.getpid()}\n{Layout(home).postgres}\n1700000000\n5432\n.\n\n   1  1\nready\n")
    owner = Layout(home).postgres.stat()
    os.chown(file, owner.st_uid, owner.st_gid)
    with running_engines(home, {}):
        assert _answers(home)


def test_a_half_made_cluster_is_made_anew(home: Path) -> None:
    (home / "postgres.new").mkdir(parents=True)
    (home / "postgres.new" / "PG_VERSION").write_text("18")
    with running_engines(home, {}):
        assert _answers(home)


def test_a_cluster_of_another_version_is_refused_and_untouched(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineError, match=r"postgres was made by PostgreSQL 16; the embedded one is 18\. Dump it"):
        ensure_running(home, {})
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]
    assert not engines_running(home)


def test_a_folder_that_is_no_cluster_is_refused_and_untouched(home: Path) -> None:
    data = home / "postgres"
    data.mkdir(parents=True)
    (data / "thesis.txt").write_text("only copy")
    with pytest.raises(EngineError, match="is not empty and not a PostgreSQL data folder"):
        ensure_running(home, {})
    assert (data / "thesis.txt").read_text() == "only copy"


def test_a_corrupt_cluster_is_refused_in_postgresqls_own_words(home: Path) -> None:
    with running_engines(home, {}):
        pass
    (home / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(EngineError, match=r"(?s)^PostgreSQL did not start\. It said:\n.*pg_control"):
        ensure_running(home, {})
    assert not engines_running(home)


def test_engines_started_without_redis_are_not_taken_for_complete(home: Path) -> None:
    with running_engines(home, {"REDIS_URL": "redis://elsewhere"}):
        assert living("redis-server", Layout(home).redis) == []
        refused = run_python(HOLD, str(home))
        assert refused.returncode == 1
        assert f"The engines of {home} run without redis: whoever started them had a URL for it." in refused.stderr
