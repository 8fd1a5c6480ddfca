"""A whole portal written down as JSON, and brought back from it."""

from datetime import timedelta
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, model_validator

from services.mock_kit.clock import ClockMode, MockClock
from services.mock_kit.moments import ClockMoment
from services.mock_portal.items import STATUSES
from services.mock_portal.ledger import Outcome
from services.mock_portal.orders.conditions import Conditions
from services.mock_portal.wire_time import parse_wire_time

MAX_ROWS: Final = 2_000_000

ShortText = Annotated[str, Field(max_length=500)]
Number = Annotated[int, Field(ge=1)]


def _wire_moment(text: str) -> str:
    if text:
        parse_wire_time(text)
    return text


def _status(text: str) -> str:
    if text not in STATUSES:
        raise ValueError("must be a status from 1 to 10")
    return text


WireMoment = Annotated[str, AfterValidator(_wire_moment)]
NeededMoment = Annotated[str, Field(min_length=1), AfterValidator(_wire_moment)]
StatusText = Annotated[str, AfterValidator(_status)]


class Kept(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class KeptClock(Kept):
    mode: ClockMode
    at: ClockMoment | None = None
    """Of a frozen clock."""
    offset_seconds: float = Field(default=0, ge=-(10**10), le=10**10)

    def set(self, clock: MockClock) -> None:
        clock.run_ahead(timedelta(seconds=self.offset_seconds))
        if self.mode is ClockMode.FROZEN and self.at is not None:
            clock.freeze(self.at)


class KeptCall(Kept):
    """Its number is its place in the list, from 1."""

    arrived_at: ClockMoment
    service: ShortText
    unit: ShortText = ""
    outcome: Outcome
    fault: ShortText | None = None
    error_code: int | str | None = None
    message: str = ""
    withdrawn_at: ClockMoment | None = None
    body: dict[str, JsonValue] | None = None
    items: list[tuple[Annotated[int, Field(ge=0)], str]] = []
    """Place in `data` and dossier code."""

    @model_validator(mode="after")
    def _items_in_body(self) -> Self:
        data = (self.body or {}).get("data")
        if self.items and (not isinstance(data, list) or any(index >= len(data) for index, _ in self.items)):
            raise ValueError("items point outside body.data")
        return self


class KeptArrival(Kept):
    """What one call, named by its number, has brought."""

    call: Number


class KeptBody(KeptArrival):
    procedure: ShortText
    status: StatusText
    received: NeededMoment
    due: WireMoment
    ended: WireMoment
    unit: ShortText = ""
    handler: str = ""
    facts: Annotated[int, Field(ge=0, lt=1024)] = 0
    supplements: list[tuple[NeededMoment, WireMoment]] = []


class KeptEntry(KeptArrival):
    occurred: NeededMoment
    status: StatusText
    officer: ShortText
    text: str


class KeptDossier(Kept):
    code: Annotated[str, Field(min_length=1, max_length=100)]
    bodies: list[KeptBody] = Field(min_length=1)
    entries: list[KeptEntry] = []


class KeptCounts(Kept):
    """What the summary counts beside the entries themselves."""

    duplicate_dossiers: int = Field(default=0, ge=0)
    duplicate_entries: int = Field(default=0, ge=0)
    out_of_order_entries: int = Field(default=0, ge=0)


class KeptWithdrawal(Kept):
    due_at: ClockMoment
    call: Number
    codes: list[str]


class KeptState(Kept):
    """One portal: what it received, holds, was told to do, and who is logged in."""

    format: Literal["lienthong-mock-portal"]
    version: Literal[1]
    clock: KeptClock
    switches: dict[str, JsonValue] = {}
    """Settings that differ from the ones at the start."""
    conditions: Conditions = Conditions()
    sessions: dict[str, ClockMoment] = {}
    calls: list[KeptCall] = Field(default=[], max_length=MAX_ROWS)
    dossiers: list[KeptDossier] = Field(default=[], max_length=MAX_ROWS)
    counts: KeptCounts = KeptCounts()
    ratings: dict[str, str] = {}
    """Dossier code to the citizen's rating."""
    withdrawals: list[KeptWithdrawal] = Field(default=[], max_length=MAX_ROWS)

    @model_validator(mode="after")
    def _calls_are_there(self) -> Self:
        known = len(self.calls)
        arrivals: list[KeptArrival] = [held for d in self.dossiers for held in (*d.bodies, *d.entries)]
        mentioned = [arrival.call for arrival in arrivals]
        mentioned += [withdrawal.call for withdrawal in self.withdrawals]
        if any(number > known for number in mentioned):
            raise ValueError("a dossier or a withdrawal names a call that is not in the list")
        if len({dossier.code for dossier in self.dossiers}) != len(self.dossiers):
            raise ValueError("a dossier stands in the list twice")
        return self
