"""The portal's dictionaries: procedures with their legal limits, fields, organisations."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.mock_portal.legal_limit import LegalLimit, LimitUnit

_PROVINCE_VARIANT: Final = re.compile(r"(\d\.\d{6})\.\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    code: str
    name: str
    field_name: str
    level: str = ""
    """ministry, province, district, commune, or empty."""
    limit: LegalLimit | None = None
    fee_vnd: int | None = None
    service_level: str = "unknown"
    """information, partial, full, or unknown."""
    yields_paper: bool = False


@dataclass(frozen=True, slots=True)
class Organisation:
    code: str
    name: str
    level: str
    """CAPDONVI: 0 ministry, 1 province, 2 district, 3 commune."""


class Catalogue:
    def __init__(self, procedures: Iterable[Procedure], organisations: Iterable[Organisation]) -> None:
        self._procedures = {procedure.code: procedure for procedure in procedures}
        self._organisations = {organisation.code: organisation for organisation in organisations}

    @property
    def procedures(self) -> list[Procedure]:
        return list(self._procedures.values())

    @property
    def organisations(self) -> list[Organisation]:
        return list(self._organisations.values())

    @property
    def field_codes(self) -> dict[str, str]:
        """Field name to code. The published list has no codes, so they are numbered by name."""
        names = sorted({procedure.field_name for procedure in self._procedures.values()})
        return {name: f"LV{number:04d}" for number, name in enumerate(names, start=1)}

    def find_procedure(self, code: str, *, province_variants: bool) -> Procedure | None:
        """Find by national code; a province's variant (`1.001193.000.00.00.H29`) may stand for it."""
        found = self._procedures.get(code)
        if found is None and province_variants and (variant := _PROVINCE_VARIANT.fullmatch(code)):
            return self._procedures.get(variant.group(1))
        return found


def load_procedures(path: Path) -> list[Procedure]:
    """Read a CSV with at least the columns code, name and field_name.

    Raises `OSError` when the file cannot be read, `ValueError` when a column is missing or a row is
    wrong; the text names the line.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(_read_rows(csv.DictReader(file), path))


def _read_rows(rows: "csv.DictReader[str]", path: Path) -> Iterator[Procedure]:
    missing = {"code", "name", "field_name"}.difference(rows.fieldnames or ())
    if missing:
        raise ValueError(f"{path}: missing columns {', '.join(sorted(missing))}")
    for row in rows:
        try:
            yield _procedure_of(row)
        except ValueError as error:
            raise ValueError(f"{path}, line {rows.line_num}: {error}") from error


def _procedure_of(row: dict[str, str]) -> Procedure:
    if not row["code"]:
        raise ValueError("empty code")
    fee = row.get("fee_vnd")
    return Procedure(
        code=row["code"],
        name=row["name"],
        field_name=row["field_name"],
        level=row.get("level") or "",
        limit=_limit_of(row.get("processing_time_value"), row.get("processing_time_unit")),
        fee_vnd=int(fee) if fee else None,
        service_level=row.get("service_level") or "unknown",
        yields_paper=row.get("yields_paper") == "yes",
    )


def _limit_of(value: str | None, unit: str | None) -> LegalLimit | None:
    # The portal publishes some times without a unit; they bind nobody.
    if not value or not unit:
        return None
    return LegalLimit(int(value), LimitUnit(unit))


DEFAULT_PROCEDURES: Final = (
    Procedure(
        code="1.001193",
        name="Thủ tục đăng ký khai sinh",
        field_name="Hộ tịch",
        level="commune",
        limit=LegalLimit(1, LimitUnit.SAME_DAY),
        fee_vnd=0,
        yields_paper=True,
    ),
    Procedure(
        code="1.000894",
        name="Thủ tục đăng ký kết hôn",
        field_name="Hộ tịch",
        level="commune",
        limit=LegalLimit(1, LimitUnit.SAME_DAY),
        fee_vnd=0,
        yields_paper=True,
    ),
    Procedure(
        code="1.004873",
        name="Thủ tục cấp Giấy xác nhận tình trạng hôn nhân",
        field_name="Hộ tịch",
        level="commune",
        limit=LegalLimit(3, LimitUnit.WORKING_DAY),
        yields_paper=True,
    ),
    Procedure(
        code="2.000815",
        name="Thủ tục chứng thực bản sao từ bản chính giấy tờ, văn bản",
        field_name="Chứng thực",
        level="commune",
        limit=LegalLimit(1, LimitUnit.SAME_DAY),
        fee_vnd=2000,
        service_level="information",
        yields_paper=True,
    ),
)

DEFAULT_ORGANISATIONS: Final = (
    Organisation("000.00.00.G22", "Văn phòng Chính phủ", "0"),
    Organisation("G01", "Bộ Công an", "0"),
    Organisation("G09", "Bộ Nội vụ", "0"),
    Organisation("G15", "Bộ Tư pháp", "0"),
    Organisation("H22", "Hà Giang", "1"),
    Organisation("H29", "Thành phố Hồ Chí Minh", "1"),
    Organisation("H56", "Thanh Hóa", "1"),
)
