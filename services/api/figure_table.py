"""The report of figures as a table that people read: headings and cells, Vietnamese first."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from services.core.domain.reporting import Counted, FigureLine, Section
from services.core.domain.wording import Bilingual

Cell = str | int | Decimal | date | None

SECTIONS: Final = MappingProxyType(
    {
        Section.DELIVERY: Bilingual("Đồng bộ lên Cổng DVCQG", "Delivery to the national portal"),
        Section.LOOK_UPS: Bilingual("Tra cứu CSDLQG về dân cư", "Population look-ups"),
        Section.SERVICES: Bilingual("Dịch vụ công", "Services offered"),
        Section.DOSSIERS: Bilingual("Hồ sơ", "Dossiers"),
        Section.ONBOARDING: Bilingual("Công dân số", "Citizen onboarding"),
        Section.OFFICES: Bilingual("Cơ quan, cán bộ", "Offices and officers"),
        Section.SOCIAL_SECURITY: Bilingual("Chi trả an sinh xã hội", "Social security"),
    }
)

COUNTED: Final = MappingProxyType(
    {
        Counted.DOSSIERS: Bilingual("hồ sơ", "dossiers"),
        Counted.LOOK_UPS: Bilingual("lượt, hồ sơ", "look-ups, dossiers"),
        Counted.PROCEDURES: Bilingual("thủ tục", "procedures"),
        Counted.PAPERS: Bilingual("giấy tờ", "papers"),
        Counted.VALUES: Bilingual("thông tin", "values"),
        Counted.FEES: Bilingual("khoản", "fees"),
        Counted.PEOPLE: Bilingual("người", "people"),
        Counted.HOUSEHOLDS: Bilingual("hộ", "households"),
        Counted.PLACES: Bilingual("địa bàn", "places"),
        Counted.ACCOUNTS: Bilingual("tài khoản, thẻ", "accounts, cards"),
        Counted.DOCUMENTS: Bilingual("văn bản, hồ sơ", "documents, dossiers"),
        Counted.PAYOUTS: Bilingual("lượt chi trả", "payouts"),
        Counted.VND: Bilingual("đồng", "VND"),
    }
)

#: Levels of units, where figures are kept apart by them.
LEVELS: Final = MappingProxyType(
    {
        "province": Bilingual("Cấp tỉnh", "Province level"),
        "department": Bilingual("Sở, ngành", "Departments"),
        "district": Bilingual("Cấp huyện", "District level"),
        "commune": Bilingual("Cấp xã", "Commune level"),
    }
)

HEADINGS: Final = (
    "Nhóm / section",
    "Mã / code",
    "Chỉ tiêu",
    "Figure",
    "Đơn vị, cấp / of",
    "Tử số / numerator",
    "Mẫu số / denominator",
    "Tỷ lệ % / share",
    "Mục tiêu % / target",
    "Đạt / met",
    "Đơn vị tính / counted in",
    "Từ ngày / from",
    "Đến ngày / to",
    "Nguồn số liệu",
    "Source",
)


def table_row(line: FigureLine) -> list[Cell]:
    """Give the cells of a line, in the order of the headings."""
    figure = line.figure
    return [
        both(SECTIONS[figure.section]),
        figure.code,
        figure.name.vi,
        figure.name.en,
        group_name(line),
        line.numerator,
        line.denominator,
        line.share,
        line.target,
        None if line.met is None else ("đạt / yes" if line.met else "chưa / no"),
        both(COUNTED[figure.counted]),
        line.first,
        line.last,
        figure.source.vi,
        figure.source.en,
    ]


def table_rows(lines: Sequence[FigureLine]) -> list[list[Cell]]:
    """Give all rows below the headings."""
    return [table_row(line) for line in lines]


def group_name(line: FigureLine) -> str:
    """Name what a line is of: a level, a unit with its code, or nothing for all together."""
    group = line.group
    if level := LEVELS.get(group.key):
        return both(level)
    return f"{group.key} {group.name}".strip()


def both(words: Bilingual) -> str:
    """Write both languages."""
    return f"{words.vi} / {words.en}"
