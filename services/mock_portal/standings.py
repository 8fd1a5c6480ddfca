"""Each dossier as the portal shows it: its verdict, and when it stood as late."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.mock_portal.flags import FlagPeriod, HeldState, flag_periods
from services.mock_portal.portal import Portal
from services.mock_portal.store import Body, Dossier, Entry
from services.mock_portal.verdict import (
    SUPPLEMENT_ANSWERED,
    SUPPLEMENT_REQUESTED,
    Case,
    Step,
    Verdict,
    VerdictRules,
    judge,
)
from services.mock_portal.wire_time import parse_wire_time


@dataclass(frozen=True, slots=True)
class DossierStanding:
    code: str
    unit: str
    """`madonvi` of the call that brought it first."""
    verdict: Verdict
    flag_periods: list[FlagPeriod]


def standing_of(portal: Portal, dossier: Dossier, *, as_of: datetime, rules: VerdictRules) -> DossierStanding:
    """Judge with all that is held now, the reporting period ending at `as_of`; flags run to the clock."""
    states = list(_held_states(portal, dossier))
    verdict = judge(states[-1].case, as_of=as_of, rules=rules)
    periods = flag_periods(states, now=portal.clock.now(), rules=rules)
    return DossierStanding(dossier.code, dossier.unit, verdict, periods)


def verdict_of(portal: Portal, dossier: Dossier, *, as_of: datetime, rules: VerdictRules) -> Verdict:
    return judge(_case_of(portal, dossier.bodies, dossier.entries), as_of=as_of, rules=rules)


def _held_states(portal: Portal, dossier: Dossier) -> Iterator[HeldState]:
    """One state per call that brought something, in order of arrival."""
    arrivals: list[Body | Entry] = sorted(
        [*dossier.bodies, *dossier.entries], key=lambda arrival: arrival.call.number
    )
    bodies: list[Body] = []
    entries: list[Entry] = []
    for index, arrival in enumerate(arrivals):
        if isinstance(arrival, Body):
            bodies.append(arrival)
        else:
            entries.append(arrival)
        last_of_call = index + 1 == len(arrivals) or arrivals[index + 1].call is not arrival.call
        if last_of_call:
            yield HeldState(arrival.call.arrived_at, _case_of(portal, bodies, entries))


def _case_of(portal: Portal, bodies: list[Body], entries: list[Entry]) -> Case:
    body = bodies[-1]
    procedure = portal.catalogue.find_procedure(
        body.procedure, province_variants=portal.settings.accept_province_variants
    )
    return Case(
        received_at=parse_wire_time(body.received),
        due_at=parse_wire_time(body.due) if body.due else None,
        limit=procedure.limit if procedure else None,
        body_statuses=[int(held.status) for held in bodies],
        body_ended_at=parse_wire_time(body.ended) if body.ended else None,
        steps=_steps(portal, body, entries),
    )


def _steps(portal: Portal, body: Body, entries: list[Entry]) -> list[Step]:
    held = [(entry.occurred, int(entry.status)) for entry in entries]
    if portal.settings.verdict_rules.supplements_from_body:
        held.extend(_supplement_steps(body, held))
    return [Step(status, parse_wire_time(at)) for at, status in sorted(held, key=lambda step: step[0])]


def _supplement_steps(body: Body, held: list[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Give the requests and answers of DanhSachHoSoBoSung that the progress list does not show."""
    for asked, answered in body.supplements:
        if (asked, SUPPLEMENT_REQUESTED) not in held:
            yield asked, SUPPLEMENT_REQUESTED
        if answered:
            yield answered, SUPPLEMENT_ANSWERED
