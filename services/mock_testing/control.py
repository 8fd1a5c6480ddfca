"""What both mocks understand: faults, outages, latency, clock, starting over."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

import httpx

from services.mock_testing.answers import Clock, Fault, Outage

_TIMEOUT_SECONDS: Final = 30.0
# A wait at the mock ends by itself; the line may take a little longer.
_WAIT_MARGIN_SECONDS: Final = 10.0


class ControlRefused(Exception):
    """The mock did not understand an order; the text is its answer, which names the field."""


class Control:
    """A mock's control routes. `address` is where the system under test is pointed to."""

    def __init__(self, address: str) -> None:
        self.address = address
        # Not through a proxy of the environment: the mock is near.
        self._http = httpx.Client(base_url=f"{address}/_control", timeout=_TIMEOUT_SECONDS, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()

    def reset(self) -> None:
        """Forget everything received and ordered, as after a start."""
        self.call("POST", "/reset")

    def order_fault(self, shape: str, *, duration_seconds: float = 60.0, **details: object) -> Fault:
        """Add a rule that ends by itself. The mock's docs list shapes and their details.

        `operation`, `probability`, `seed` and `first_n` narrow every shape. Raises `ControlRefused`.
        """
        order = {"shape": shape, "duration_seconds": duration_seconds, **details}
        return Fault.model_validate(self.call("POST", "/faults", order))

    @contextmanager
    def struck_by(self, shape: str, **details: object) -> Iterator[Fault]:
        """Let a fault run for the length of a `with` block."""
        fault = self.order_fault(shape, **details)  # type: ignore[arg-type]  # the mock checks the details
        try:
            yield fault
        finally:
            if any(running.id == fault.id for running in self.faults()):
                self.end_fault(fault.id)

    def faults(self) -> list[Fault]:
        """Show the rules still running, oldest first."""
        return [Fault.model_validate(row) for row in self.call("GET", "/faults")]

    def end_fault(self, number: int) -> None:
        self.call("DELETE", f"/faults/{number}")

    def end_all_faults(self) -> None:
        self.call("DELETE", "/faults")

    def start_outage(self, kind: str, seconds: float) -> Outage:
        """Let every call fail in one way; stays on record with its real start and end."""
        return Outage.model_validate(self.call("POST", "/outages", {"kind": kind, "seconds": seconds}))

    def outages(self) -> list[Outage]:
        return [Outage.model_validate(row) for row in self.call("GET", "/outages")]

    def set_latency(self, min_ms: int, max_ms: int) -> None:
        """Let every answer take a time between the two."""
        self.call("PUT", "/latency", {"min_ms": min_ms, "max_ms": max_ms})

    def clock(self) -> Clock:
        return Clock.model_validate(self.call("GET", "/clock"))

    def freeze(self, at: datetime) -> Clock:
        """Stop the mock's clock at an aware time."""
        return self._set_clock({"mode": "frozen", "at": at.isoformat()})

    def advance(self, step: timedelta) -> Clock:
        """Move on from the present reading; a frozen clock stays frozen."""
        return self._set_clock({"mode": "advance", "seconds": step.total_seconds()})

    def run_real(self) -> Clock:
        return self._set_clock({"mode": "real"})

    def call(self, method: str, path: str, body: object = None, **query: str | float | None) -> Any:
        """Call any control route, also one that this client has no name for; raises `ControlRefused`."""
        answer = self.ask(method, path, body, **query)
        if not answer.is_success:
            raise ControlRefused(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def ask(self, method: str, path: str, body: object = None, **query: str | float | None) -> httpx.Response:
        """Call a control route and give the answer, whatever its status."""
        given = {name: value for name, value in query.items() if value is not None}
        wait = query.get("timeout")
        timeout = float(wait) + _WAIT_MARGIN_SECONDS if wait else _TIMEOUT_SECONDS
        return self._http.request(method, path, json=body, params=given, timeout=timeout)

    def find(self, path: str, **query: str | float | None) -> Any:
        """Call a route that may know nothing of what is asked for: `None` on 404."""
        answer = self.ask("GET", path, **query)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        if not answer.is_success:
            raise ControlRefused(f"GET {path}: {answer.status_code} {answer.text}")
        return answer.json()

    def pages(self, path: str, **query: str | float | None) -> Iterator[Any]:
        """Walk through the rows of a route that has `offset` and `next_offset`."""
        offset: int | None = 0
        while offset is not None:
            page = self.call("GET", path, offset=offset, **query)
            yield from page["rows"]
            offset = page["next_offset"]

    def _set_clock(self, order: dict[str, object]) -> Clock:
        return Clock.model_validate(self.call("PUT", "/clock", order))
