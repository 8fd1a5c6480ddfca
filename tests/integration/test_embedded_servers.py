import asyncio
import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis

from services.embedded import EmbeddedError, EmbeddedServers, start_servers
from services.embedded.folder import ServerFolder
from services.embedded.ownership import claim
from services.embedded.state import read_state, write_state
from tests.integration.embedded_owner import OwnerProcess
from tests.servers import asyncpg_dsn, run_sql


def port_of(url: str) -> int:
    port = urlsplit(url).port
    assert port
    return port


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With spaces, with Vietnamese letters, and longer than a unix socket's path may be.

    Tests start on it one after the other, which spares each the making of a cluster.
    """
    return tmp_path_factory.mktemp("thư mục có dấu cách") / ("dài" * 40)


@pytest.fixture(scope="module")
def durable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    """Servers with the default settings on a new folder, for tests that leave them as they are."""
    with start_servers(tmp_path_factory.mktemp("máy chủ bền vững")) as servers:
        yield servers


async def test_both_servers_answer_at_their_urls(durable: EmbeddedServers) -> None:
    assert await run_sql(durable.database_url, "SELECT current_database()") == ["lienthong"]
    assert await run_sql(durable.admin_url, "SELECT current_database()") == ["postgres"]
    with redis.Redis.from_url(durable.redis_url) as client:
        assert client.ping()


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("max_connections", "200"),
        ("shared_buffers", "256MB"),
        ("autovacuum_naptime", "15s"),
        ("log_timezone", "UTC"),
        ("password_encryption", "scram-sha-256"),
    ],
)
async def test_postgres_settings_by_default(durable: EmbeddedServers, setting: str, value: str) -> None:
    assert await run_sql(durable.database_url, f"SHOW {setting}") == [value]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("appendonly", "yes"),
        ("appendfsync", "everysec"),
        ("maxmemory-policy", "noeviction"),
        ("save", ""),
    ],
)
def test_valkey_settings_by_default(durable: EmbeddedServers, setting: str, value: str) -> None:
    with redis.Redis.from_url(durable.redis_url, decode_responses=True) as client:
        assert client.config_get(setting) == {setting: value}


async def test_the_database_knows_vietnamese_letters_whatever_the_system_locale(
    durable: EmbeddedServers,
) -> None:
    assert await run_sql(durable.database_url, "SELECT lower('ĐÀ NẴNG')") == ["đà nẵng"]
    assert await run_sql(
        durable.database_url, "SELECT datlocale FROM pg_database WHERE datname = current_database()"
    ) == ["C.UTF-8"]


def test_other_addresses_of_the_machine_are_not_served(durable: EmbeddedServers) -> None:
    for url in (durable.database_url, durable.redis_url):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port_of(url)), timeout=5)


async def test_a_wrong_password_is_refused(durable: EmbeddedServers) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        await run_sql(durable.database_url.replace("lienthong:", "lienthong:x"), "SELECT 1")
    with (
        redis.Redis.from_url(durable.redis_url.replace("//:", "//:x")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_the_password_is_hidden_from_other_users_of_the_machine(durable: EmbeddedServers) -> None:
    state = read_state(ServerFolder(durable.folder))
    password = urlsplit(durable.redis_url).password
    assert state
    assert password

    for pid in state.pids:
        assert password not in Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    readable_by_others = [
        path.name for path in durable.folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert readable_by_others == []


async def test_a_refused_row_leaves_no_value_in_the_log(durable: EmbeddedServers) -> None:
    identity_number = "001203004567"
    connection = await asyncpg.connect(asyncpg_dsn(durable.database_url))
    try:
        await connection.execute("CREATE TABLE people (number text PRIMARY KEY, born date NOT NULL)")
        await connection.execute("INSERT INTO people VALUES ($1, now())", identity_number)
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("INSERT INTO people VALUES ($1, now())", identity_number)
        with pytest.raises(asyncpg.NotNullViolationError):
            await connection.execute("INSERT INTO people VALUES ($1, NULL)", identity_number)
    finally:
        await connection.close()

    log = durable.postgres_log.read_text(encoding="utf-8")
    assert "duplicate key value violates unique constraint" in log
    assert identity_number not in log


async def test_databases_can_be_made_copied_and_dropped_under_any_name(durable: EmbeddedServers) -> None:
    template_url = durable.create_database("mẫu 1")
    await run_sql(template_url, "CREATE TABLE copied ()")

    copy_url = durable.create_database("--bản sao/2?", template="mẫu 1")

    assert await run_sql(copy_url, "SELECT count(*) FROM copied") == ["0"]
    durable.drop_database("--bản sao/2?")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await run_sql(copy_url, "SELECT 1")


def test_a_database_that_exists_is_refused_with_the_reason(durable: EmbeddedServers) -> None:
    with pytest.raises(EmbeddedError, match=r'không thành công[\s\S]*database "lienthong" already exists'):
        durable.create_database("lienthong")


async def test_a_second_start_joins_and_its_stop_stops_nothing(durable: EmbeddedServers) -> None:
    joined = start_servers(durable.folder)

    assert joined.joined
    assert not durable.joined
    assert (joined.database_url, joined.redis_url) == (durable.database_url, durable.redis_url)
    joined.stop()
    assert await run_sql(durable.database_url, "SELECT 1") == ["1"]


async def test_a_process_that_joined_may_die_without_harm(durable: EmbeddedServers) -> None:
    with OwnerProcess(durable.folder) as guest:
        assert guest.wait_until_ready() == (durable.database_url, durable.redis_url)
        guest.send(signal.SIGKILL)
        guest.wait()

    assert await run_sql(durable.database_url, "SELECT 1") == ["1"]
    durable.check()


async def test_throw_away_servers_skip_durability_and_whoever_needs_it_cannot_join(folder: Path) -> None:
    with start_servers(folder, durable=False) as servers:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert await run_sql(servers.database_url, f"SHOW {setting}") == ["off"]
        with pytest.raises(EmbeddedError, match="không ghi bền vững"):
            start_servers(folder)


async def test_rows_and_keys_survive_a_restart_at_the_same_urls(folder: Path) -> None:
    with start_servers(folder) as first:
        await run_sql(first.database_url, "CREATE TABLE restarted AS SELECT generate_series(1, 1000) AS n")
        with redis.Redis.from_url(first.redis_url) as client:
            client.set("kept", "yes")
    first.stop()

    with start_servers(folder) as second:
        assert (second.database_url, second.redis_url) == (first.database_url, first.redis_url)
        assert await run_sql(second.database_url, "SELECT count(*) FROM restarted") == ["1000"]
        with redis.Redis.from_url(second.redis_url) as client:
            assert client.get("kept") == b"yes"


async def test_taken_ports_are_avoided_the_usual_ones_and_those_of_the_last_run(folder: Path) -> None:
    with ExitStack() as taken:
        for usual in (5432, 6379):
            take_port(usual, taken)
        with start_servers(folder, durable=False) as first:
            await run_sql(first.database_url, "CREATE TABLE moved ()")
        for url in (first.database_url, first.redis_url):
            take_port(port_of(url), taken)

        with start_servers(folder, durable=False) as second:
            former = {5432, 6379, port_of(first.database_url), port_of(first.redis_url)}
            assert former.isdisjoint({port_of(second.database_url), port_of(second.redis_url)})
            assert await run_sql(second.database_url, "SELECT count(*) FROM moved") == ["0"]


def take_port(port: int, taken: ExitStack) -> None:
    """Occupy a port until the end of the block; one that a real server occupies already is as good."""
    holder = taken.enter_context(socket.socket())
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        holder.bind(("127.0.0.1", port))
        holder.listen()
    except OSError:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_of_simultaneous_starts_one_owns_and_the_others_join(folder: Path) -> None:
    with ThreadPoolExecutor(3) as threads:
        started = list(threads.map(lambda _: start_servers(folder, durable=False), range(3)))

    assert sorted(servers.joined for servers in started) == [False, True, True]
    assert len({servers.database_url for servers in started}) == 1
    for servers in started:
        servers.stop()


async def test_the_state_a_dead_owner_left_behind_is_not_believed(folder: Path) -> None:
    start_servers(folder, durable=False).stop()
    layout = ServerFolder(folder)
    state = read_state(layout)
    assert state
    with ExitStack() as strangers, ThreadPoolExecutor(1) as threads:
        write_state(layout, replace(state, ready=True))
        take_port(state.postgres_port, strangers)
        take_port(state.valkey_port, strangers)
        servers_still_stopping = claim(layout)
        assert servers_still_stopping

        start = threads.submit(start_servers, folder, durable=False)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(start)), timeout=0.2)
        servers_still_stopping.release()

        with start.result() as servers:
            assert not servers.joined
            assert await run_sql(servers.database_url, "SELECT 1") == ["1"]


async def test_servers_outlive_the_thread_that_started_them(folder: Path) -> None:
    started: list[EmbeddedServers] = []
    thread = threading.Thread(target=lambda: started.append(start_servers(folder, durable=False)))
    thread.start()
    await asyncio.to_thread(thread.join)
    # A kernel signal at the end of that thread would have stopped PostgreSQL within some 20 ms.
    await asyncio.sleep(0.3)

    with started[0] as servers:
        assert await run_sql(servers.database_url, "SELECT 1") == ["1"]
        servers.check()


async def test_a_server_that_ended_by_itself_is_reported_and_loses_nothing(folder: Path) -> None:
    with start_servers(folder) as servers:
        await run_sql(servers.database_url, "CREATE TABLE crashed AS SELECT generate_series(1, 1000) AS n")
        state = read_state(ServerFolder(servers.folder))
        assert state
        os.kill(state.pids[0], signal.SIGKILL)
        await asyncio.to_thread(os.waitid, os.P_PID, state.pids[0], os.WEXITED | os.WNOWAIT)
        with pytest.raises(EmbeddedError, match=r"PostgreSQL .* đã dừng đột ngột[\s\S]*postgres\.log"):
            servers.check()

    with start_servers(folder) as servers:
        assert await run_sql(servers.database_url, "SELECT count(*) FROM crashed") == ["1000"]


async def test_a_failed_start_shows_the_log_and_leaves_the_folder_usable(folder: Path) -> None:
    with start_servers(folder, durable=False) as servers:
        await run_sql(servers.database_url, "CREATE TABLE untouched ()")
    config = servers.folder / "postgres" / "postgresql.auto.conf"
    config.write_text("no_such_setting = 1\n", encoding="utf-8")

    with pytest.raises(EmbeddedError) as failure:
        start_servers(folder, durable=False)
    vietnamese, english, *log = str(failure.value).splitlines()
    assert "không khởi động được" in vietnamese
    assert str(servers.postgres_log) in english
    assert any('unrecognized configuration parameter "no_such_setting"' in line for line in log)

    config.write_text("", encoding="utf-8")
    with start_servers(folder, durable=False) as servers:
        assert await run_sql(servers.database_url, "SELECT count(*) FROM untouched") == ["0"]


async def test_data_without_its_password_is_refused_rather_than_overwritten(folder: Path) -> None:
    start_servers(folder, durable=False).stop()
    password_file = folder / "password"
    password = password_file.read_text(encoding="ascii")
    password_file.unlink()

    with pytest.raises(EmbeddedError, match=r"tệp mật khẩu .*password bị mất"):
        start_servers(folder)

    password_file.write_text(password, encoding="ascii")
    with start_servers(folder, durable=False) as servers:
        assert await run_sql(servers.database_url, "SELECT 1") == ["1"]
