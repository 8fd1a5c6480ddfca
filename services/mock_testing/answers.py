"""What the control routes of both mocks answer. Fields that a newer mock adds are left alone."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Fault(Answer):
    """A running rule; `hits` counts the calls it has struck."""

    id: int
    shape: str
    hits: int
    seconds_left: float
    started_at: datetime


class Outage(Answer):
    """`ended_at` is `None` while it runs."""

    id: int
    kind: str
    started_at: datetime
    ended_at: datetime | None
    calls_struck: int


class Clock(Answer):
    mode: Literal["real", "frozen", "offset"]
    now: datetime
    offset_seconds: float


class ReceivedItem(Answer):
    """One element of one call's `data`, as it came; `fault` is the shape that struck the call."""

    call: int
    arrived_at: datetime
    service: str
    outcome: str
    fault: str | None
    error_code: int | str | None
    message: str
    item: object


class StoredEntry(Answer):
    """`occurred` is `yyyyMMddHHmmss` in Vietnam's zone, as on the wire."""

    call: int
    arrived_at: datetime
    occurred: str
    status: str
    officer: str
    text: str


class DossierLedger(Answer):
    """`received` has everything that came in, refused calls too; `progress` only what is stored."""

    code: str
    stored: bool
    received: tuple[ReceivedItem, ...]
    progress: tuple[StoredEntry, ...]


class PortalSummary(Answer):
    """`calls` counts by service and result, `struck` by fault shape."""

    dossiers: int
    entries: int
    duplicate_dossiers: int
    duplicate_entries: int
    out_of_order_entries: int
    logins: int
    calls: dict[str, dict[str, int]]
    struck: dict[str, int]


class Arrivals(Answer):
    reached: bool
    dossiers: int
    entries: int


class Verdict(Answer):
    """`standing`: `on_time`, `late`, `running`, `waiting` or `not_received`."""

    mahoso: str
    standing: str
    rule: int | None
    finished: bool
    ended_at: datetime | None
    due_at: datetime | None
    supplement_requests: int
    explanation: str


class Address(Answer):
    province: str
    district: str
    ward: str
    detail: str


class Citizen(Answer):
    """`birth` is `yyyyMMdd`, or `yyyy` for some old people."""

    number: str
    old_card: str
    name: str
    sex: str
    birth: str
    residence: Address
    household: str
    head_number: str
    traits: tuple[str, ...]


class Asked(Answer):
    request_id: str
    service_code: str
    officer: str
    unit: str
    number: str
    old_card: str
    name: str
    birth: str


class LookUpCall(Answer):
    """`outcome`: `found`, `not_found`, `refused`, `not_processed` or `granted`."""

    call: int
    arrived_at: datetime
    way: str
    operation: str
    outcome: str
    fault: str | None
    message: str
    asked: Asked | None


class PopulationSummary(Answer):
    questions: int
    repeated_request_ids: int
    calls: dict[str, dict[str, int]]
    struck: dict[str, int]


class Questions(Answer):
    reached: bool
    questions: int
