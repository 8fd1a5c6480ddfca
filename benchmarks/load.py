"""A closed loop of desk clients: each keep-alive connection asks, waits for the answer, and asks again.

    python -m benchmarks.load

Reads a `Plan` as one line of JSON from standard input, writes `measuring` when the warm-up is over, then a
`LoadResult` as one line of JSON, and ends when its input does. A process of its own without an HTTP library,
because the generator must never be what is measured; its own processor time is in the results.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Final

import httptools
import uvloop

CREATED: Final = 201
#: Stands in a body for the number of the request, which has as many digits.
NUMBER: Final = "@request-no@"
_SHOWN: Final = 500


class FilingRefused(Exception):
    """The service answered something else than was wanted; the text is its answer."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`bodies` are sent in turn, each time under a new `Idempotency-Key`; ports are used evenly.

    An answer is right with the status `wanted` and `wanted_text` in it.
    """

    ports: list[int]
    connections: int
    warm_seconds: float
    seconds: float
    path: str
    headers: dict[str, str]
    bodies: list[str]
    wanted: int = CREATED
    wanted_text: str = ""


@dataclass(slots=True)
class LoadResult:
    """`created` counts the whole run with warm-up, `measured` the window alone; times in milliseconds.

    A `failure` ended the run, and there are no figures.
    """

    created: int = 0
    measured: int = 0
    seconds: float = 0.0
    mean_ms: float = 0.0
    p99_ms: float = 0.0
    failure: str | None = None


@dataclass(slots=True)
class Recorder:
    """What all connections share."""

    requests: Iterator[bytes]
    ends_at: float
    wanted: int = CREATED
    wanted_text: bytes = b""
    waits: list[float] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One client. `done` is set after the last answer, or holds the reason why there was none."""

    def __init__(self, recorder: Recorder) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._recorder = recorder
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment]  # TCP gives no other
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self._recorder.waits.append(now - self._sent_at)
        status = self._parser.get_status_code()
        if status != self._recorder.wanted or self._recorder.wanted_text not in self._body:
            answer = self._body[:_SHOWN].decode(errors="replace")
            self._end(FilingRefused(f"{status} {answer}"))
        elif now < self._recorder.ends_at:
            self._body.clear()
            self._send()
        else:
            self._end(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionResetError("the service hung up"))

    def _end(self, reason: Exception | None) -> None:
        if self.done.done():
            return
        if reason is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(reason)
        self._transport.close()

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._recorder.requests))


async def generate(plan: Plan) -> LoadResult:
    """Load as planned. Raises `FilingRefused` at the first refusal, `OSError` when a connection breaks."""
    started = time.perf_counter()
    ends_at = started + plan.warm_seconds + plan.seconds
    recorder = Recorder(_requests(plan), ends_at, plan.wanted, plan.wanted_text.encode())
    loop = asyncio.get_running_loop()
    connections = []
    for number in range(plan.connections):
        port = plan.ports[number % len(plan.ports)]
        _, connection = await loop.create_connection(lambda: Connection(recorder), "127.0.0.1", port)
        connections.append(connection.done)
    run = asyncio.gather(*connections)
    await asyncio.wait([run], timeout=started + plan.warm_seconds - time.perf_counter())
    print("measuring", flush=True)
    already, window_from = len(recorder.waits), time.perf_counter()
    await run
    seconds = time.perf_counter() - window_from
    waits = sorted(recorder.waits[already:])
    return LoadResult(
        created=len(recorder.waits),
        measured=len(waits),
        seconds=seconds,
        mean_ms=sum(waits) / len(waits) * 1000,
        p99_ms=waits[int(len(waits) * 0.99)] * 1000,
    )


def _requests(plan: Plan) -> Iterator[bytes]:
    """Give endless requests, each with a key, and if its body asks for it, a number of its own."""
    lines = [f"POST {plan.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
    lines += [f"{name}: {value}" for name, value in plan.headers.items()]
    parts = []
    for body in plan.bodies:
        content = body.encode()
        head = "\r\n".join([*lines, f"Content-Length: {len(content)}", "Idempotency-Key: "]).encode()
        parts.append((head, b"\r\n\r\n" + content))
    number, place = 0, NUMBER.encode()
    while True:
        head, tail = parts[number % len(parts)]
        number += 1
        yield b"%bbenchmark-%012d%b" % (head, number, tail.replace(place, b"%012d" % number))


def main() -> None:
    plan = Plan(**json.loads(sys.stdin.readline()))
    try:
        result = uvloop.run(generate(plan))
    except (FilingRefused, OSError) as exc:
        result = LoadResult(failure=f"{type(exc).__name__} {exc}")
    print(json.dumps(asdict(result)), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
