"""The `servers` fixture itself (tests/servers.py)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import redis

from services.embedded.ports import answers
from tests.servers import DATABASE_VARIABLE, REDIS_VARIABLE, WorkerServers, run_sql

ROOT = Path(__file__).parents[2]

PROBE = """
import json
from pathlib import Path

def test_probe(servers, worker_id):
    urls = [servers.database_url, servers.redis_url]
    Path(__file__).with_name(f"{worker_id}.json").write_text(json.dumps(urls))
"""


async def test_the_fixture_gives_a_database_of_its_own(servers: WorkerServers) -> None:
    assert await run_sql(servers.database_url, "SELECT current_database()") == [
        urlsplit(servers.database_url).path.strip("/")
    ]
    assert urlsplit(servers.database_url).path != urlsplit(servers.admin_url).path
    with redis.Redis.from_url(servers.redis_url) as client:
        assert client.ping()


def test_workers_share_one_pair_of_servers_have_their_own_databases_and_leave_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["tests.servers"]\n', encoding="utf-8")
    (tmp_path / "test_probe.py").write_text(PROBE, encoding="utf-8")
    run = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-pxdist.plugin",
        "-n2",
        "--dist=each",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    environment = {
        name: value for name, value in os.environ.items() if name not in {DATABASE_VARIABLE, REDIS_VARIABLE}
    } | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(tmp_path)}

    completed = subprocess.run(run, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert completed.returncode == 0, completed.stdout
    urls = [
        urlsplit(url)
        for worker in ("gw0", "gw1")
        for url in json.loads((tmp_path / f"{worker}.json").read_text())
    ]
    assert len({url.netloc for url in urls}) == 2
    assert len({url.path for url in urls}) == 4
    assert not any(answers(url.port) for url in urls if url.port)
    assert list(tmp_path.glob("lienthong-tests-*")) == []
