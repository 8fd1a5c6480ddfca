"""What is kept of a dossier that a file brings once more, and what the file says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.core.domain.dossier import Status
from services.core.domain.filing import Applicant, Channel, FilingMode, ResultDelivery
from services.core.domain.reception import Reception


@dataclass(frozen=True, slots=True)
class KeptStep:
    """A progress entry, as it is compared."""

    status: Status
    occurred_at: datetime
    officer: str
    department: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored dossier, as far as a file tells it; `steps` are its progress entries only."""

    unit_code: str
    procedure_code: str
    channel: Channel
    filing_mode: FilingMode
    result_delivery: ResultDelivery
    applicant: Applicant
    summary: str
    note: str | None
    submitted_at: datetime
    due_at: datetime | None
    steps: tuple[KeptStep, ...]


def differences(kept: Kept, reception: Reception) -> list[str]:
    """Give JSON pointers, as of the filing, to what the file says otherwise.

    A dossier that has moved on here since the file was written does not differ: the file's history is the
    beginning of ours.
    """
    filing = reception.filing
    told = {
        "/unit_code": filing.unit_code == kept.unit_code,
        "/procedure_code": filing.procedure_code == kept.procedure_code,
        "/channel": filing.channel is kept.channel,
        "/filing_mode": filing.filing_mode is kept.filing_mode,
        "/result_delivery": filing.result_delivery is kept.result_delivery,
        "/applicant": filing.applicant == kept.applicant,
        "/summary": filing.summary == kept.summary,
        "/note": filing.note == kept.note,
        "/submitted_at": reception.submitted_at == kept.submitted_at,
        "/due_at": reception.life.due_at == kept.due_at or _moved_on(kept, reception),
    }
    return [pointer for pointer, agrees in told.items() if not agrees] + _other_steps(kept.steps, reception)


def _moved_on(kept: Kept, reception: Reception) -> bool:
    return len(kept.steps) > len(reception.history)


def _other_steps(kept: Sequence[KeptStep], reception: Reception) -> list[str]:
    for number, recorded in enumerate(reception.history):
        entry = recorded.entry
        step = KeptStep(entry.status, entry.occurred_at, entry.officer, entry.department, entry.text)
        if number >= len(kept) or kept[number] != step:
            return [f"/history/{number}"]
    return []
