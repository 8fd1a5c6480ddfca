"""Going through the script with one desk and one portal."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.conformance.driver import Desk
from services.conformance.evidence import Evidence, gather
from services.conformance.finding import Finding, Seen
from services.conformance.situation import Situation
from services.conformance.task import KNOWN_PROCEDURE, REFUSED_PROCEDURE, Task, TaskBook
from services.mock_testing.portal import PortalControl

_POLL_SECONDS: Final = 0.2
_FAULT_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In seconds: for dossiers to arrive, of silence that ends a situation, and for that silence to come."""

    arrive: float = 60.0
    silence: float = 2.0
    watch: float = 8.0


@dataclass(frozen=True, slots=True)
class Result:
    situation: Situation
    findings: Sequence[Finding]
    evidence: Sequence[Evidence]
    seconds: float

    @property
    def handled(self) -> bool:
        return all(finding.holds for finding in self.findings)


def run_script(
    portal: PortalControl,
    desk: Desk,
    situations: Sequence[Situation],
    *,
    patience: Patience,
    show: Callable[[Result], None],
) -> list[Result]:
    """Go through the situations in order; raises `DriverFailed` when the desk's driver gives up."""
    _narrow_catalogue(portal)
    book = TaskBook(portal.clock().now)
    results = []
    for situation in situations:
        results.append(_run(portal, desk, situation, book, patience))
        show(results[-1])
    return results


def _narrow_catalogue(portal: PortalControl) -> None:
    """Leave the portal one procedure, so that it refuses any other whatever it was loaded with."""
    code, name, _, field = KNOWN_PROCEDURE
    portal.call("PUT", "/catalogue/procedures", [{"code": code, "name": name, "field": field}])


def _run(
    portal: PortalControl, desk: Desk, situation: Situation, book: TaskBook, patience: Patience
) -> Result:
    began, since = time.monotonic(), portal.clock().now
    before = portal.summary()
    _order(portal, situation)
    tasks: dict[str, Task] = {}
    for handed_over in situation.rounds(book):
        tasks |= {task.code: task for task in handed_over}
        desk.hand_over(handed_over)
        _wait_until_arrived(portal, list(tasks.values()), since, patience.arrive)
    _wait_for_silence(portal, patience)
    portal.end_all_faults()
    evidence = [gather(portal, task, since=since) for task in tasks.values()]
    after = portal.summary()
    struck = sum(after.struck.values()) - sum(before.struck.values())
    seen = Seen(evidence, after.logins - before.logins, struck)
    findings = [check(seen) for check in situation.all_checks]
    return Result(situation, findings, evidence, time.monotonic() - began)


def _order(portal: PortalControl, situation: Situation) -> None:
    for fault in situation.faults:
        details: dict[str, Any] = {"duration_seconds": _FAULT_SECONDS, **fault}
        portal.order_fault(**details)
    if situation.outage_seconds:
        portal.start_outage("down", situation.outage_seconds)


def _wait_until_arrived(
    portal: PortalControl, tasks: Sequence[Task], since: datetime, seconds: float
) -> None:
    """Return when everything that can arrive has, or when the time is up."""
    deadline = time.monotonic() + seconds
    awaited = [task for task in tasks if task.procedure is not REFUSED_PROCEDURE]
    while time.monotonic() < deadline:
        if all(gather(portal, task, since=since).complete for task in awaited):
            return
        time.sleep(_POLL_SECONDS)


def _wait_for_silence(portal: PortalControl, patience: Patience) -> None:
    """Give the desk time to do something too much: repeats come after the success."""
    deadline = time.monotonic() + patience.watch
    calls, quiet_since = portal.summary().calls, time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - quiet_since < patience.silence:
        time.sleep(_POLL_SECONDS)
        now = portal.summary().calls
        if now != calls:
            calls, quiet_since = now, time.monotonic()
