"""A real Prometheus, and promtool, from Debian's package `prometheus`."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ports import free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
RULES = tuple(DEPLOY / "prometheus" / name for name in ("rules.yml", "objectives.yml", "alerts.yml"))
READY_SECONDS = 20.0


def find_tool(name: str, *, package: str = "prometheus") -> str:
    """Give the path of a program of the package; without it, skip, but fail in CI."""
    path = shutil.which(name)
    if path is not None:
        return path
    missing = f"{name} is not installed (Debian: apt-get install {package})"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


class Prometheus:
    """The HTTP API of a running server."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.address = str(client.base_url)

    async def query(self, expression: str) -> Any:
        """Give the `result` of an instant query, a list of vectors or a scalar; fail on an error."""
        answer = await self._client.get("/api/v1/query", params={"query": expression})
        body = answer.json()
        assert body["status"] == "success", f"{expression}: {body}"
        return body["data"]["result"]

    async def rules(self) -> list[dict[str, Any]]:
        """Give all rules with their health."""
        groups = (await self._client.get("/api/v1/rules")).json()["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]


@asynccontextmanager
async def running_prometheus(
    folder: Path,
    targets: Mapping[str, int],
    *,
    rules: Sequence[Path] = RULES,
    every: str = "1s",
    alertmanager: int | None = None,
) -> AsyncIterator[Prometheus]:
    """Run a server that scrapes a local port per job name, with the shipped rules or others.

    `alertmanager` is the port of where alerts go.
    """
    port = free_port()
    senders = (
        [] if alertmanager is None else [{"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}]
    )
    config = {
        "global": {
            "scrape_interval": every,
            "scrape_timeout": every,
            "evaluation_interval": every,
            "external_labels": {"environment": "production"},
        },
        "rule_files": [str(path) for path in rules],
        "alerting": {"alertmanagers": senders},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}
            for job, target in targets.items()
        ],
    }
    # JSON is YAML.
    (folder / "prometheus.yml").write_text(json.dumps(config))
    command = [
        find_tool("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    async with running(command, port=port, log=folder / "prometheus.log") as client:
        yield Prometheus(client)


@asynccontextmanager
async def running(command: Sequence[str], *, port: int, log: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Run one of the servers until the end of the block; gives a client of it once it is ready."""
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(*command, stdout=written, stderr=written)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            await _until_ready(client, process, log)
            yield client
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _until_ready(client: httpx.AsyncClient, process: asyncio.subprocess.Process, log: Path) -> None:
    deadline = asyncio.get_running_loop().time() + READY_SECONDS
    while process.returncode is None and asyncio.get_running_loop().time() < deadline:
        try:
            if (await client.get("/-/ready")).is_success:
                return
        except httpx.TransportError:
            pass  # not listening yet
        await asyncio.sleep(0.05)
    pytest.fail(f"{log.stem} did not become ready:\n{end_of(log)}")


def end_of(log: Path) -> str:
    return log.read_text()[-2000:]
