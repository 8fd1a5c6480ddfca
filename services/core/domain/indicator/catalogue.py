"""The indicators of index 766: what they are called, how they score, how sure we are of it.

Formulas, maxima and doubts: portal-interface 6.4; docs/index766.md shows them as a table.
"""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from services.core.domain.indicator.facts import Fact
from services.core.domain.indicator.formula import Formula
from services.core.domain.wording import Bilingual

_FOUR_FIFTHS: Final = Fraction(4, 5)


class Group(StrEnum):
    """The six groups, by the name of the report in which the portal publishes them."""

    TRANSPARENCY = "transparency"
    PROGRESS = "dvc-progress-tree"
    ONLINE = "provide-online-tree"
    PAYMENT = "formality-online-payment-tree"
    DIGITISATION = "dossier-digitized"
    SATISFACTION = "handling-satisfaction"


class Basis(StrEnum):
    """Where the counts come from."""

    COUNTED = "counted"  #: from dossiers and the catalogue that are stored here
    NOT_HELD = "not_held"  #: this system holds nothing on it; scored as though there were no case


class Doubt(StrEnum):
    """Why a formula or its inputs may differ from the portal's."""

    SLOPE = "slope"  #: only 0 and 100 % were ever seen, so what lies between is assumed
    CAP = "cap"  #: that the points stop at the target was never seen
    INPUT = "input"  #: which field of a dossier feeds it is one source's word, or ours
    LOWER_UNIT = "lower_unit"  #: the portal shows no counts for units below a province


@dataclass(frozen=True, slots=True)
class Cost:
    """Which dossiers cost points: those of `among` that lack one of `lacking`, or are late, or are unsent."""

    lacking: Fact = Fact.NONE
    among: Fact = Fact.NONE
    late: bool = False
    unsent: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """`code` is the portal's where it has one. `cost` is `None` where no single dossier is to blame."""

    code: str
    name: Bilingual
    group: Group
    formula: Formula
    doubts: tuple[Doubt, ...] = ()
    basis: Basis = Basis.COUNTED
    cost: Cost | None = None


_TRANSPARENCY: Final = (
    Indicator(
        "PUBLISH_ON_TIME",
        Bilingual("TTHC công bố đúng hạn", "procedures published in time"),
        Group.TRANSPARENCY,
        Formula(6),
        (Doubt.SLOPE,),
        Basis.NOT_HELD,
    ),
    Indicator(
        "PUBLIC_UPDATE_ON_TIME",
        Bilingual("TTHC cập nhật, công khai đúng hạn", "procedures made public in time"),
        Group.TRANSPARENCY,
        Formula(4),
        (Doubt.SLOPE,),
        Basis.NOT_HELD,
    ),
    Indicator(
        "PUBLIC_CONTENT_FULL",
        Bilingual("TTHC công khai đầy đủ nội dung", "procedures with all parts public"),
        Group.TRANSPARENCY,
        Formula(2),
        (Doubt.INPUT,),
    ),
    Indicator(
        "DOSSIER_SYNC",
        Bilingual("Hồ sơ đồng bộ lên Cổng DVCQG", "dossiers on the portal"),
        Group.TRANSPARENCY,
        Formula(6),
        (Doubt.SLOPE,),
        cost=Cost(unsent=True),
    ),
)
_PROGRESS: Final = (
    Indicator(
        "PROGRESS",
        Bilingual("Hồ sơ giải quyết đúng hạn", "dossiers on time"),
        Group.PROGRESS,
        Formula(20, when_none=0),
        cost=Cost(late=True),
    ),
)
_ONLINE: Final = (
    Indicator(
        "ONLINE_OFFERED",
        Bilingual("TTHC có dịch vụ công trực tuyến", "procedures offered online"),
        Group.ONLINE,
        Formula(2, _FOUR_FIFTHS, when_none=0),
    ),
    Indicator(
        "ONLINE_USED",
        Bilingual("Dịch vụ công trực tuyến có hồ sơ", "online services with dossiers"),
        Group.ONLINE,
        Formula(4, when_none=0),
    ),
    Indicator(
        "ONLINE_FILED",
        Bilingual("Hồ sơ nộp trực tuyến", "dossiers filed online"),
        Group.ONLINE,
        Formula(6, Fraction(1, 2), when_none=0),
        (Doubt.INPUT,),
        cost=Cost(lacking=Fact.ONLINE),
    ),
)
#: Captured totals of lower units fit 4 B + 6, whatever their own procedures and channels may be.
_ONLINE_BELOW: Final = (
    _ONLINE[1],
    Indicator(
        "ONLINE_OTHER",
        Bilingual("Dịch vụ công trực tuyến, phần còn lại", "online services, the rest"),
        Group.ONLINE,
        Formula(8, when_none=6),
        (Doubt.LOWER_UNIT,),
        Basis.NOT_HELD,
    ),
)
_PAYMENT: Final = (
    Indicator(
        "PAYMENT_DOSSIERS",
        Bilingual("Hồ sơ thanh toán trực tuyến", "dossiers paid online"),
        Group.PAYMENT,
        Formula(6, when_none=0),
        cost=Cost(lacking=Fact.PAID_ONLINE, among=Fact.FEE_DUE),
    ),
    Indicator(
        "PAYMENT_PROCEDURES",
        Bilingual("TTHC có giao dịch thanh toán trực tuyến", "procedures paid online"),
        Group.PAYMENT,
        Formula(2, _FOUR_FIFTHS, when_none=0),
    ),
    Indicator(
        "PAYMENT_FEES",
        Bilingual("TTHC có dữ liệu phí, lệ phí", "procedures with fee data"),
        Group.PAYMENT,
        Formula(2, _FOUR_FIFTHS, when_none=0),
        (Doubt.CAP,),
    ),
)
_DIGITISATION: Final = (
    Indicator(
        "ORIGINAL_RESULT_AVAILABLE",
        Bilingual("Hồ sơ có cấp kết quả điện tử", "dossiers with an electronic result"),
        Group.DIGITISATION,
        Formula(6),
        cost=Cost(lacking=Fact.RESULT_FILE),
    ),
    Indicator(
        "SO_HOA_GIAY_TO_GIAI_QUYET",
        Bilingual("Hồ sơ được số hóa", "dossiers digitised"),
        Group.DIGITISATION,
        Formula(4),
        (Doubt.INPUT,),
        cost=Cost(lacking=Fact.DIGITISED | Fact.RESULT_FILE),
    ),
    Indicator(
        "REUSED_DIGITIZED_DATA",
        Bilingual("Hồ sơ sử dụng lại dữ liệu số hóa", "dossiers reusing digitised data"),
        Group.DIGITISATION,
        Formula(2, _FOUR_FIFTHS),
        (Doubt.INPUT, Doubt.CAP),
        cost=Cost(lacking=Fact.DIGITISED),
    ),
    Indicator(
        "SYNCED_WITH_DVCQG_PERSONAL_STORAGE",
        Bilingual("Hồ sơ kết nối kho dữ liệu cá nhân", "dossiers sharing with the personal store"),
        Group.DIGITISATION,
        Formula(4),
        (Doubt.SLOPE, Doubt.INPUT),
        cost=Cost(lacking=Fact.NATIONAL_STORE),
    ),
    Indicator(
        "CITIZEN_DATA_CONNECTED_DOSSIER",
        Bilingual("Hồ sơ sử dụng dữ liệu dân cư", "dossiers using population data"),
        Group.DIGITISATION,
        Formula(2),
        (Doubt.INPUT,),
        cost=Cost(lacking=Fact.POPULATION_DATA),
    ),
    Indicator(
        "CITIZEN_DATA_CONNECTED_FORMALITY",
        Bilingual("TTHC kết nối dữ liệu dân cư", "procedures using population data"),
        Group.DIGITISATION,
        Formula(2),
        (Doubt.INPUT,),
    ),
    Indicator(
        "ELECTRONIC_CERTIFIED_COPY",
        Bilingual("Chứng thực bản sao điện tử", "electronic certified copies"),
        Group.DIGITISATION,
        Formula(2),
        (Doubt.SLOPE,),
        Basis.NOT_HELD,
    ),
)
_SATISFACTION: Final = (
    Indicator(
        "DOSSIER_RECEIVING_SATISFACTION",
        Bilingual("Hài lòng trong tiếp nhận, giải quyết TTHC", "satisfaction with dossiers"),
        Group.SATISFACTION,
        Formula(6, Fraction(9, 10), when_none=0),
        (Doubt.INPUT,),
        cost=Cost(late=True),
    ),
    Indicator(
        "PETITION_PROCESSING_ON_TIME",
        Bilingual("PAKN xử lý đúng hạn", "petitions handled in time"),
        Group.SATISFACTION,
        Formula(6, when_none=6),
        basis=Basis.NOT_HELD,
    ),
    Indicator(
        "PETITION_HANDLING_SATISFACTION",
        Bilingual("Hài lòng trong xử lý PAKN", "satisfaction with petitions"),
        Group.SATISFACTION,
        Formula(6, when_none=6),
        basis=Basis.NOT_HELD,
    ),
    Indicator(
        "PETITION_CLASSIFICATION_TTHC",
        Bilingual("PAKN về quy định, TTHC", "petitions about procedures"),
        Group.SATISFACTION,
        Formula(0),
        basis=Basis.NOT_HELD,
    ),
    Indicator(
        "PETITION_CLASSIFICATION_STAFF",
        Bilingual("PAKN về hành vi cán bộ", "petitions about officers"),
        Group.SATISFACTION,
        Formula(0),
        basis=Basis.NOT_HELD,
    ),
)

#: What a province is scored by, 100 points, and what a unit below one is.
OF_PROVINCE: Final = (*_TRANSPARENCY, *_PROGRESS, *_ONLINE, *_PAYMENT, *_DIGITISATION, *_SATISFACTION)
OF_LOWER_UNIT: Final = (
    *_TRANSPARENCY,
    *_PROGRESS,
    *_ONLINE_BELOW,
    *_PAYMENT,
    *_DIGITISATION,
    *_SATISFACTION,
)

INDICATORS: Final = MappingProxyType({one.code: one for one in (*OF_PROVINCE, *OF_LOWER_UNIT)})
