"""A real Chromium that a test can click in, spoken to by its own pipe and no library."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.integration.test_console_browser import find_chromium

PATIENCE_SECONDS = 40.0
LOADED = "location.href !== 'about:blank' && document.readyState === 'complete'"


class Browser:
    """One page. `complaints` gathers what the console says and what the page throws."""

    def __init__(self, reader: asyncio.StreamReader, commands: int) -> None:
        self._reader = reader
        self._commands = commands
        self._number = 0
        self._session: str | None = None
        self.complaints: list[str] = []

    async def open(self, address: str) -> None:
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self._ask(f"{domain}.enable")
        await self._ask("Page.navigate", url=address)
        # What is asked before the page is there is asked of an empty one.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self.value(LOADED):  # noqa: ASYNC110 - the browser has to be asked
                await asyncio.sleep(0.02)

    async def value(self, script: str) -> Any:
        """Give the value of a JavaScript expression; a promise is waited for."""
        answer = await self._ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def wait_for(self, script: str) -> None:
        """Wait until the expression is true."""
        look = f"const look = () => ({script}) ? done() : setTimeout(look, 20)"
        await self.value(f"new Promise((done) => {{ {look}; look(); }})")

    async def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                told = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if told.get("id") == self._number:
                    assert "error" not in told, told
                    answer: dict[str, Any] = told["result"]
                    return answer
                self._note(told)

    def _note(self, told: dict[str, Any]) -> None:
        if told.get("method") in {"Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"}:
            self.complaints.append(json.dumps(told["params"], ensure_ascii=False))


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Browser]:
    """Start it without a window; it reads commands on descriptor 3 and answers on 4."""
    commands_out, commands_in = os.pipe()
    answers_out, answers_in = os.pipe()
    options = f"--headless --no-sandbox --disable-gpu --no-first-run --user-data-dir={profile}"
    quiet = "--disable-background-networking --disable-component-update --disable-sync --disable-quic"
    script = (
        f'exec "$0" {options} {quiet} --remote-debugging-pipe about:blank 3<&{commands_out} 4>&{answers_in}'
    )
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", script, find_chromium(),
        pass_fds=(commands_out, answers_in),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    os.close(commands_out)
    os.close(answers_in)
    reader = asyncio.StreamReader(limit=2**24)
    pipe = os.fdopen(answers_out, "rb")
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        yield Browser(reader, commands_in)
    finally:
        process.kill()
        await process.wait()
        transport.close()
        os.close(commands_in)
