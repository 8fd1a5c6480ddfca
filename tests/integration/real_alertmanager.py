"""A real Alertmanager, from Debian's package `prometheus-alertmanager`, and those to whom it writes."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.integration.real_prometheus import DEPLOY, find_tool, running
from tests.ports import free_port

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"
PACKAGE = "prometheus-alertmanager"
#: What a person may take half a minute for, a test may not.
WAITS = {"group_wait": "300ms", "group_interval": "600ms", "resolve_timeout": "5m"}


@dataclass(frozen=True, slots=True)
class Message:
    """One alert in one notification."""

    receiver: str
    alert: str
    status: str
    labels: dict[str, str]
    annotations: dict[str, str]


@dataclass(slots=True)
class Receiver:
    """Takes what Alertmanager sends, and keeps it."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)

    async def until(self, done: Callable[[list[Message]], bool], *, seconds: float = 40.0) -> None:
        """Wait until the messages so far will do; fail with what there is."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if done(self.messages):
                        return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"only received: {self.messages}") from None


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Serve a webhook on a port of its own, with a path per receiver."""
    receiver = Receiver()

    async def take(request: Request) -> Response:
        for alert in (await request.json())["alerts"]:
            labels = alert["labels"]
            receiver.messages.append(
                Message(
                    request.path_params["name"],
                    labels["alertname"],
                    alert["status"],
                    labels,
                    alert["annotations"],
                )
            )
        return Response(status_code=204)

    app = Starlette(routes=[Route("/{name}", take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done(), "uvicorn ended before it had started"
    receiver.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield receiver
    finally:
        server.should_exit = True
        await task


class Alertmanager:
    """The HTTP API of a running server."""

    def __init__(self, client: httpx.AsyncClient, port: int) -> None:
        self._client = client
        self.port = port

    async def firing(self) -> set[str]:
        """Name the alerts that it knows of, held back or not."""
        known = (await self._client.get("/api/v2/alerts")).json()
        return {alert["labels"]["alertname"] for alert in known}

    async def held_back(self) -> set[str]:
        """Name the alerts that it holds back because of others."""
        held = (await self._client.get("/api/v2/alerts", params={"active": "false"})).json()
        return {alert["labels"]["alertname"] for alert in held if alert["status"]["inhibitedBy"]}


def shipped_config(url: str) -> str:
    """Give the shipped configuration with our receivers in place of the files that name them, and in haste.

    Debian's version reads no addresses from files; what the files are called is what the receivers are.
    """
    text = re.sub(r"url_file: /run/secrets/alert-(\w+)-url", rf"url: {url}/\1", CONFIG.read_text())
    for name, wait in WAITS.items():
        text = re.sub(rf"{name}: \w+", f"{name}: {wait}", text)
    return text


@asynccontextmanager
async def running_alertmanager(folder: Path, receiver: Receiver) -> AsyncIterator[Alertmanager]:
    """Run a server with the shipped configuration."""
    port = free_port()
    config = folder / "alertmanager.yml"
    config.write_text(shipped_config(receiver.url))
    command = [
        find_tool("prometheus-alertmanager", package=PACKAGE),
        f"--config.file={config}",
        f"--storage.path={folder / 'alertmanager'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    async with running(command, port=port, log=folder / "alertmanager.log") as client:
        yield Alertmanager(client, port)
