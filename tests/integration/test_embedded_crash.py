import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import redis

from services.embedded import start_servers
from tests.integration.embedded_owner import OwnerProcess
from tests.servers import run_sql


async def store(database_url: str, redis_url: str) -> None:
    await run_sql(database_url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    with redis.Redis.from_url(redis_url) as client:
        for number in range(1000):
            client.set(f"kept:{number}", number)


async def count_kept(database_url: str, redis_url: str) -> tuple[str, int]:
    rows = await run_sql(database_url, "SELECT count(*) FROM kept")
    with redis.Redis.from_url(redis_url) as client:
        keys: int = client.dbsize()
    return rows[0], keys


def wait_for(condition: Callable[[], bool], *, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def is_running(pid: int) -> bool:
    """A zombie does not run; who reaps orphans late is none of our business."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def test_servers_stop_cleanly_when_their_owner_is_killed_and_start_again_at_once(
    tmp_path: Path,
) -> None:
    with OwnerProcess(tmp_path / "a b") as owner:
        urls = owner.wait_until_ready()
        await store(*urls)
        first_pids = owner.server_pids()
        owner.send(signal.SIGKILL)
        assert owner.wait() == -signal.SIGKILL

    with OwnerProcess(tmp_path / "a b") as owner:
        assert owner.wait_until_ready() == urls
        assert not any(is_running(pid) for pid in first_pids)
        second_pids = owner.server_pids()
        owner.send(signal.SIGTERM)
        assert owner.wait() == -signal.SIGTERM

    with start_servers(tmp_path / "a b") as servers:
        assert not any(is_running(pid) for pid in second_pids)
        assert not servers.joined
        assert await count_kept(*urls) == ("1000", 1000)
        started_on = servers.postgres_log.read_text(encoding="utf-8")
        assert "database system was shut down at" in started_on


async def test_ctrl_c_in_the_terminal_lets_the_owner_stop_its_servers(tmp_path: Path) -> None:
    with OwnerProcess(tmp_path) as owner:
        await store(*owner.wait_until_ready())
        former_pids = owner.server_pids()
        owner.press_ctrl_c()
        assert owner.wait() == -signal.SIGINT

    # The owner waited for them, so there is nothing left to wait for here.
    assert not any(is_running(pid) for pid in former_pids)
    log = (tmp_path / "logs" / "postgres.log").read_text(encoding="utf-8")
    assert log.rstrip().endswith("database system is shut down")
    valkey_log = (tmp_path / "logs" / "valkey.log").read_text(encoding="utf-8")
    assert "Received SIGTERM" in valkey_log
    assert "Received SIGINT" not in valkey_log


async def test_nothing_acknowledged_is_lost_when_owner_and_servers_are_killed_together(
    tmp_path: Path,
) -> None:
    with OwnerProcess(tmp_path) as owner:
        urls = owner.wait_until_ready()
        await store(*urls)
        owner.send(signal.SIGSTOP)
        for pid in owner.server_pids():
            os.kill(pid, signal.SIGKILL)
        owner.send(signal.SIGKILL)
        owner.wait()

    # Where process 1 reaps late, a zombie still has the process id that PostgreSQL's pid file names.
    with start_servers(tmp_path) as servers:
        assert "automatic recovery in progress" in servers.postgres_log.read_text(encoding="utf-8")
        assert await count_kept(*urls) == ("1000", 1000)


def run_a_stranger() -> subprocess.Popen[bytes]:
    return subprocess.Popen(["sleep", "60"])


async def test_a_pid_file_that_names_a_stranger_does_not_hinder_the_start(tmp_path: Path) -> None:
    with start_servers(tmp_path, durable=False) as servers:
        pid_file = servers.folder / "postgres" / "postmaster.pid"
        former = pid_file.read_text(encoding="utf-8")
    # As after the restart of a container, where process ids begin anew.
    with run_a_stranger() as stranger:
        pid_file.write_text(former.replace(former.split("\n")[0], str(stranger.pid), 1), encoding="utf-8")

        with start_servers(tmp_path, durable=False) as servers:
            assert await run_sql(servers.database_url, "SELECT 1") == ["1"]
        stranger.kill()


async def test_a_start_that_was_killed_half_way_is_made_good_by_the_next(tmp_path: Path) -> None:
    draft = tmp_path / "postgres.draft"
    with OwnerProcess(tmp_path) as owner:
        wait_for((draft / "global").exists)
        owner.send(signal.SIGKILL)
        owner.wait()
    assert not (tmp_path / "postgres").exists()

    with start_servers(tmp_path) as servers:
        assert await run_sql(servers.database_url, "SELECT 1") == ["1"]
        assert not draft.exists()
