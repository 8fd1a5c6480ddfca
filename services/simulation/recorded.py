"""Dossiers as they were: turns a recorded day into a scenario file, and its lines back into cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.core.domain.dossier import Status
from services.simulation.case import Case, build_case
from services.simulation.errors import InvalidScenario
from services.simulation.portal import PortalTraits
from services.simulation.round import WorkerTraits
from services.simulation.scenario import Scenario
from services.simulation.weather import State, Window

_COLUMNS: Final = 4


@dataclass(frozen=True, slots=True)
class RecordedDossier:
    """What is known of a dossier; `unit_id` is any number that tells units apart."""

    received_at: datetime
    finished_at: datetime
    due_at: datetime
    unit_id: int = 1


@dataclass(frozen=True, slots=True)
class RecordedOutage:
    """A time in which the portal could not be reached, or failed in another way."""

    begins_at: datetime
    ends_at: datetime
    state: State = State.DOWN


def write_scenario(
    dossiers: Iterable[RecordedDossier], outages: Iterable[RecordedOutage], *, about: str
) -> str:
    """Give the text of a scenario file; settings of portal and worker are left at their defaults."""
    lines = [f"about = '''{about}'''", "", "[dossiers]", "recorded = ["]
    lines += [
        f"  [{_written(d.received_at)}, {_written(d.finished_at)}, {_written(d.due_at)}, {d.unit_id}],"
        for d in sorted(dossiers, key=lambda d: d.received_at)
    ]
    lines.append("]")
    for outage in sorted(outages, key=lambda outage: outage.begins_at):
        lines += [
            "",
            "[[outages]]",
            f'state = "{outage.state.value}"',
            f"begins_at = {_written(outage.begins_at)}",
            f"ends_at = {_written(outage.ends_at)}",
        ]
    return "\n".join(lines) + "\n"


def day_scenario(
    name: str, dossiers: Iterable[RecordedDossier], outages: Iterable[RecordedOutage]
) -> Scenario:
    """Give a recorded day as a scenario, on a portal and with worker settings by default."""
    by_reception = sorted(dossiers, key=lambda d: d.received_at)
    return Scenario(
        name=name,
        about="",
        portal=PortalTraits(seconds_per_call=0.01, seconds_per_dossier=0.01, latency=0.2),
        worker=WorkerTraits(),
        recorded=[
            recorded_case(n, [d.received_at, d.finished_at, d.due_at, d.unit_id])
            for n, d in enumerate(by_reception)
        ],
        outages=[Window(o.begins_at.timestamp(), o.ends_at.timestamp(), o.state) for o in outages],
    )


def recorded_case(number: int, row: Any) -> Case:
    """Build a case from a line `[received, finished, due, unit]`. Raises `InvalidScenario`."""
    place = f"dossiers.recorded[{number}]"
    if not isinstance(row, list) or len(row) != _COLUMNS:
        raise InvalidScenario(
            place, "phải là [tiếp nhận, xong, hẹn trả, đơn vị]", "must be [received, finished, due, unit]"
        )
    moments, unit_id = row[:3], row[3]
    if not all(isinstance(m, datetime) and m.tzinfo is not None for m in moments):
        raise InvalidScenario(place, "thời điểm phải có múi giờ", "times must have an offset")
    received, finished, due = (moment.timestamp() for moment in moments)
    if finished < received or not isinstance(unit_id, int):
        raise InvalidScenario(place, "xong trước khi tiếp nhận", "finished before it was received")
    return build_case(number, unit_id, due, [(Status.RECEIVED, received), (Status.FINISHED, finished)])


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
