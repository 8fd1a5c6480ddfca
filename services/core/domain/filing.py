"""What the citizen handed in, and what the portal is told of it (portal-interface 2.1 and 2.2)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum, StrEnum

from services.core.domain.dossier import Status


class Channel(IntEnum):
    """How the dossier came in; the numbers travel on the wire (KenhThucHien)."""

    DIRECT = 1
    ONLINE = 2
    POST = 3


class FilingMode(StrEnum):
    """Who filled the form in: the citizen, the citizen with help, or somebody in their place."""

    SELF = "self"
    ASSISTED = "assisted"
    ON_BEHALF = "on_behalf"


class Ground(StrEnum):
    """Why somebody may act for the owner of a dossier."""

    AUTHORISATION = "authorisation"  #: a written one, named in the agent's `paper`
    GUARDIAN = "guardian"
    PARENT = "parent"
    RELATIVE = "relative"  #: where the procedure lets relatives hand in without an authorisation
    LEGAL_REPRESENTATIVE = "legal_representative"
    OFFICER = "officer"  #: an officer filled the form in for the citizen


class ApplicantKind(IntEnum):
    """Kind of applicant; the numbers travel on the wire (LoaiDoiTuong, first generation)."""

    CITIZEN = 1
    BUSINESS = 2
    STATE_AGENCY = 3
    ORGANISATION = 4


class ResultDelivery(IntEnum):
    """How the result reaches the citizen; the numbers travel on the wire (HinhThuc)."""

    AT_DESK = 0
    BY_POST = 1


class Origin(StrEnum):
    """Where the dossier got its number: here, or on the portal, whose number it then keeps."""

    DESK = "desk"
    PORTAL = "portal"


class Reuse(IntEnum):
    """Whether a paper was asked for again (DuocTaiSuDung)."""

    NONE = 0
    COMPONENT = 1
    RESULT = 2


class FeeStage(IntEnum):
    """When a fee is due (HinhThucThu)."""

    AT_RECEPTION = 1
    AT_SUPPLEMENT = 2
    AT_RESULT = 4


class FeeKind(IntEnum):
    """LoaiPhiLePhi."""

    ORDINARY = 1
    APPRAISAL = 2
    EXTENSION = 3


class PaymentMethod(StrEnum):
    """How a fee was paid."""

    CASH = "cash"
    BANK = "bank"
    WALLET = "wallet"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Owner of the dossier. Personal data: never logged, never a label, never in a queue.

    `birth` is `yyyy` or `yyyy-MM-dd`; of many old people only the year is known.
    """

    kind: ApplicantKind
    name: str
    identity_number: str | None
    organisation_number: str | None = None
    portal_account: str | None = None
    verified_by_vneid: bool = False
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    birth: str | None = None

    @property
    def personal_values(self) -> tuple[str, ...]:
        """Give everything that tells who it is, for striking it out of other people's words."""
        known = (
            self.name,
            self.identity_number,
            self.organisation_number,
            self.portal_account,
            self.phone,
            self.email,
            self.address,
            self.birth,
        )
        return tuple(value for value in known if value)


@dataclass(frozen=True, slots=True)
class Agent:
    """Who files in the owner's place, and on what ground. Personal data; the portal has no field for it.

    `paper` names the document that proves the ground. The dossier's own papers are the owner's.
    """

    name: str
    ground: Ground
    identity_number: str | None = None
    phone: str | None = None
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class Component:
    """A paper handed in; `link` must stay reachable because the portal fetches it later.

    `valid_until` is the last day on which the paper may be used; one that does not expire has none.
    """

    name: str
    code: str | None = None
    link: str | None = None
    digitised: bool = False
    reuse: Reuse = Reuse.NONE
    from_national_store: bool = False
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee in whole Vietnamese dong."""

    name: str
    amount_vnd: int
    code: str | None = None
    stage: FeeStage = FeeStage.AT_RECEPTION
    kind: FeeKind = FeeKind.ORDINARY
    paid_by: PaymentMethod | None = None
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A paper given out at the end; `valid_until` as that of a component."""

    name: str
    code: str | None = None
    link: str | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class DossierBody:
    """One version of a dossier as the portal should hold it.

    Times are aware; `due_at` may be missing only for a dossier that is not received yet.
    """

    code: str
    version: int
    procedure_code: str
    procedure_name: str
    field_code: str
    field_name: str
    unit_code: str
    unit_name: str
    status: Status
    channel: Channel
    origin: Origin
    result_delivery: ResultDelivery
    applicant: Applicant
    summary: str
    submitted_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    returned_at: datetime | None
    components: tuple[Component, ...] = ()
    fees: tuple[Fee, ...] = ()
    results: tuple[Result, ...] = ()
    note: str | None = None
