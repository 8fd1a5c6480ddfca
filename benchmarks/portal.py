"""The real mock portal in a process of its own, and what it says it got."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.program import Program, free_port, running

# The command line's own entry would also load the catalogue of seeds.
_START = "from services.mock_portal.main import run; run(port={port})"


@dataclass(frozen=True, slots=True)
class Portal:
    url: str
    program: Program

    @property
    def settings(self) -> dict[str, str]:
        """What the sync worker has to be told."""
        return {
            "LIENTHONG_PORTAL_URL": self.url,
            "LIENTHONG_PORTAL_USERNAME": "benchmark",
            "LIENTHONG_PORTAL_PASSWORD": "benchmark",
            "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
        }

    def summary(self) -> dict[str, Any]:
        """Give the portal's own count of what arrived."""
        answer = httpx.get(f"{self.url}/_control/ledger/summary", trust_env=False).raise_for_status()
        summary: dict[str, Any] = answer.json()
        return summary


@contextmanager
def running_portal(folder: Path, *, latency_ms: int) -> Iterator[Portal]:
    """Run it for one trial; every answer takes `latency_ms` longer than the portal needs."""
    port = free_port()
    log = folder / "mock-portal.log"
    with running(["-c", _START.format(port=port)], settings={}, log=log) as program:
        portal = Portal(f"http://127.0.0.1:{port}", program)
        program.wait_until_ready(f"{portal.url}/_control/health")
        latency = {"min_ms": latency_ms, "max_ms": latency_ms}
        httpx.put(f"{portal.url}/_control/latency", json=latency, trust_env=False).raise_for_status()
        yield portal
