"""The desk system under test, reached through a driver: a program that is told in lines of JSON what to do.

It gets the portal first and answers `{"ready": true}`; then a list of dossiers per line, each answered with
`{"taken": true}` as soon as the desk system has taken them over. Delivery itself is the system's own affair.
When its input ends, so does the driver.
"""

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Any, Final, Protocol, Self

from services.conformance.task import Task

DSTCODE: Final = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
USERNAME: Final = "conformance"
PASSWORD: Final = "conformance"  # noqa: S105 - of a portal that lives as long as the report
_START_SECONDS: Final = 120.0
_ANSWER_SECONDS: Final = 60.0
_END_SECONDS: Final = 40.0


class DriverFailed(Exception):
    """The driver ended, said no, or said nothing; this is not the portal's doing."""


class Desk(Protocol):
    """Whatever takes dossiers over."""

    def hand_over(self, tasks: Sequence[Task]) -> None:
        """Return once the desk has them; raises `DriverFailed`."""


class DriverProcess:
    """Use as a context manager; `DriverFailed` when it does not get ready."""

    def __init__(self, command: Sequence[str], portal_address: str) -> None:
        self._command = list(command)
        self._portal_address = portal_address
        self._answers: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()
        portal = {
            "url": self._portal_address,
            "dstcode": DSTCODE,
            "username": USERNAME,
            "password": PASSWORD,
        }
        try:
            self._tell({"portal": portal}, wanted="ready", seconds=_START_SECONDS)
        except DriverFailed:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def hand_over(self, tasks: Sequence[Task]) -> None:
        documents = [task.document() for task in tasks]
        self._tell({"dossiers": documents}, wanted="taken", seconds=_ANSWER_SECONDS)

    def _tell(self, message: dict[str, Any], *, wanted: str, seconds: float) -> None:
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 - opened as a pipe above
        try:
            stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
            stdin.flush()
            line = self._answers.get(timeout=seconds)
        except OSError as error:
            raise DriverFailed("chương trình điều khiển đã dừng / the driver has ended") from error
        except queue.Empty as error:
            raise DriverFailed(f"không trả lời sau {seconds:g} giây / no answer") from error
        try:
            answer = json.loads(line or "null")
        except ValueError as error:
            raise DriverFailed(f"không phải JSON / not JSON: {line[:200]!r}") from error
        if not isinstance(answer, dict) or answer.get(wanted) is not True:
            raise DriverFailed(f"chờ / expected {wanted!r}, nhận / got: {line[:200]!r}")

    def _read(self, stdout: IO[str]) -> None:
        for line in stdout:
            self._answers.put(line)
        # An empty line cannot be an answer; it ends whoever waits for one.
        self._answers.put("")

    def _end(self) -> None:
        process = self._process
        if process.stdin is not None:
            # Broken if it has ended already, with something of ours unread.
            with suppress(BrokenPipeError):
                process.stdin.close()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._reader.join()
        if process.stdout is not None:
            process.stdout.close()
