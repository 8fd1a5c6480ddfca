"""The portal's catalogue: procedures with their legal limits, fields, organisations."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from services.mock_portal.legal_limit import LegalLimit, LimitUnit

SEED: Final = Path(__file__).with_name("seeds") / "procedures.csv"
"""292 procedures as published, checked; a longer list is given by path."""

_ALIASES: Final = {"name_vi": "name", "field_vi": "field_name"}
_UNIT_ALIASES: Final = {"day": "calendar_day"}
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

    @property
    def fee_code(self) -> str:
        """Invented: the published list gives amounts without codes."""
        return f"LP.{self.code}" if self.fee_vnd else ""


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
        names = sorted({procedure.field_name for procedure in self._procedures.values()})
        self.field_codes: Mapping[str, str] = {name: f"LV{place:04d}" for place, name in enumerate(names, 1)}
        """Field name to code. The published list has no codes, so they are numbered by name."""

    @property
    def procedures(self) -> list[Procedure]:
        return list(self._procedures.values())

    @property
    def organisations(self) -> list[Organisation]:
        return list(self._organisations.values())

    def find_procedure(self, code: str, *, province_variants: bool) -> Procedure | None:
        """Find by national code; a province's variant (`1.001193.000.00.00.H29`) may stand for it."""
        found = self._procedures.get(code)
        if found is None and province_variants and (variant := _PROVINCE_VARIANT.fullmatch(code)):
            return self._procedures.get(variant.group(1))
        return found


@lru_cache(maxsize=8)
def load_procedures(path: Path) -> Sequence[Procedure]:
    """Read a CSV with at least code, name (or name_vi) and field_name (or field_vi), once per process.

    Raises `OSError` when the file cannot be read, `ValueError` when a column is missing or a row is
    wrong; the text names the line.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        rows.fieldnames = [_ALIASES.get(name, name) for name in rows.fieldnames or ()]
        return tuple(_read_rows(rows, path))


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
    return LegalLimit(float(value), LimitUnit(_UNIT_ALIASES.get(unit, unit)))


DEFAULT_ORGANISATIONS: Final = (
    Organisation("000.00.00.G22", "Văn phòng Chính phủ", "0"),
    Organisation("G01", "Bộ Công an", "0"),
    Organisation("G09", "Bộ Nội vụ", "0"),
    Organisation("G15", "Bộ Tư pháp", "0"),
    Organisation("H22", "Hà Giang", "1"),
    Organisation("H29", "Thành phố Hồ Chí Minh", "1"),
    Organisation("H56", "Thanh Hóa", "1"),
)
