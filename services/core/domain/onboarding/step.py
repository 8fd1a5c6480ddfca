"""The steps that citizens, households, officers and places are helped with."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class SubjectKind(StrEnum):
    PERSON = "person"
    HOUSEHOLD = "household"
    OFFICER = "officer"
    HAMLET = "hamlet"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Step:
    """Entry of the catalogue.

    `population` names who is eligible (the counts come with dates, per unit), `target` is the share to be
    reached where a unit has none of its own, `funnel` the place on the way from the first step to the last.
    """

    code: str
    name_vi: str
    name_en: str
    subject: SubjectKind
    population: str
    target: Decimal | None = None
    funnel: int | None = None


Steps = Mapping[str, Step]

_PERSON: Final = SubjectKind.PERSON
_EIGHTY: Final = Decimal("0.8")


def by_code(*steps: Step) -> Steps:
    """Index steps."""
    return MappingProxyType({step.code: step for step in steps})


def funnel_of(steps: Steps) -> tuple[str, ...]:
    """Give the codes of the way, first step first."""
    placed = [(step.funnel, step.code) for step in steps.values() if step.funnel is not None]
    return tuple(code for _, code in sorted(placed))


#: The steps of the published pilots and their targets; a province adds to them or overrides them by data.
STANDARD_STEPS: Final = by_code(
    Step("smartphone", "Điện thoại thông minh", "Smartphone", _PERSON, "adults_15", _EIGHTY, 1),
    Step(
        "payment_account", "Tài khoản thanh toán", "Payment account", _PERSON, "adults_15", Decimal("0.75"), 2
    ),
    Step("vneid_1", "VNeID mức 1", "VNeID level 1", _PERSON, "identity_eligible"),
    Step("vneid_2", "VNeID mức 2", "VNeID level 2", _PERSON, "identity_eligible", _EIGHTY, 3),
    Step("portal_account", "Tài khoản Cổng DVCQG", "Portal account", _PERSON, "adults_15", None, 4),
    Step(
        "digital_signature",
        "Chữ ký số cá nhân",
        "Digital signature",
        _PERSON,
        "signature_eligible",
        _EIGHTY,
        5,
    ),
    Step("digital_platform", "Dùng nền tảng số", "Digital platform", _PERSON, "adults_15", _EIGHTY),
    Step("qr_payment", "Thanh toán mã QR", "QR payment", _PERSON, "smartphone_owners"),
    Step("protection_app", "Ứng dụng bảo vệ", "Protection app", _PERSON, "smartphone_owners"),
    Step("skills_training", "Tập huấn kỹ năng số", "Skills training", _PERSON, "adults_15", _EIGHTY),
    Step("id_card", "Thẻ căn cước", "Identity card", _PERSON, "card_eligible"),
    Step("identity_use", "Dùng được tài khoản định danh", "Uses the account", _PERSON, "identity_holders"),
    Step(
        "household_account",
        "Tài khoản Cổng DVCQG theo hộ",
        "Household account",
        SubjectKind.HOUSEHOLD,
        "households",
        Decimal("0.5"),
    ),
    Step(
        "household_training",
        "Hộ được tập huấn",
        "Household trained",
        SubjectKind.HOUSEHOLD,
        "households",
        Decimal("0.6"),
    ),
    Step(
        "officer_certificate",
        "Chứng thư số cán bộ",
        "Officer's certificate",
        SubjectKind.OFFICER,
        "officers",
        Decimal(1),
    ),
    Step("hamlet_team", "Tổ công nghệ số thôn, khu phố", "Hamlet covered", SubjectKind.HAMLET, "hamlets"),
    Step("outreach", "Đơn vị ra quân hỗ trợ", "Unit running outreach", SubjectKind.UNIT, "units"),
)
