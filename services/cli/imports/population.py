"""`lienthong import population`: how many people, households and officers a unit has, from which day on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.schemas.population import PopulationCountIn
from services.cli.imports.desk import on_behalf
from services.cli.imports.form_row import DIFFERS, Document, FormRow, parsed, required
from services.cli.imports.list_import import ListFile, ListKind
from services.cli.imports.naming import Naming
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Fate, Outcome, tell
from services.cli.imports.remarks import Remarks
from services.cli.tables.cells import moment_of, sum_of
from services.cli.tables.fault import Weight
from services.cli.tables.folding import fold
from services.cli.tables.headings import Column
from services.cli.tables.table import TableRow
from services.core.application.add_population import Added, add_population
from services.core.application.desk import Desk
from services.core.application.list_names import list_names
from services.core.application.save_population import SentPopulation
from services.core.domain.catalogue import UnknownUnit
from services.core.persistence.engine import Sessions
from services.core.persistence.statistics import Filled

COLUMNS: Final = (
    Column("unit_code", ("Mã đơn vị", "Mã xã", "Mã cơ quan")),
    Column("unit_name", ("Đơn vị", "Tên đơn vị", "Xã, phường", "Xã/phường", "Xã")),
    Column("population", ("Nhóm", "Nhóm dân cư", "Đối tượng", "Chỉ tiêu")),
    Column("valid_from", ("Từ ngày", "Ngày", "Ngày thống kê", "Thời điểm", "Tính đến ngày")),
    Column("number", ("Số lượng", "Số người", "Số hộ", "Tổng số")),
    Column("source", ("Nguồn", "Nguồn số liệu", "Căn cứ")),
)
#: Populations by which the standard steps are measured, as statistics call them.
POPULATION_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "nguoi tu 15 tuoi": "adults_15",
        "dan so tu 15 tuoi": "adults_15",
        "dan so tu 15 tuoi tro len": "adults_15",
        "nguoi tu 15 tuoi tro len": "adults_15",
        "nguoi du dieu kien cap tai khoan dinh danh": "identity_eligible",
        "du dieu kien cap tai khoan dinh danh": "identity_eligible",
        "nguoi co tai khoan dinh danh": "identity_holders",
        "nguoi du dieu kien cap chu ky so": "signature_eligible",
        "du dieu kien cap chu ky so": "signature_eligible",
        "nguoi co dien thoai thong minh": "smartphone_owners",
        "nguoi du dieu kien cap the can cuoc": "card_eligible",
        "du dieu kien cap can cuoc": "card_eligible",
        "ho gia dinh": "households",
        "so ho": "households",
        "ho dan": "households",
        "can bo cong chuc": "officers",
        "can bo, cong chuc": "officers",
        "thon khu pho": "hamlets",
        "don vi": "units",
    }
)


def population(
    *,
    file: File,
    client: Client,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị cho dòng không ghi / for rows without one")
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Nguồn số liệu cho cả tệp / for rows without one")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Ghi đè số đã có khi khác / overwrite counts that differ")
    ] = False,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Nhập số dân, số hộ theo đơn vị (XLSX, CSV) / eligible population by unit, with its day."""
    given = _Given(unit, source, replace)
    work = partial(_bring_in, ListFile(file, sheet, dry_run), given)
    done = on_behalf(client, file, work, fills=None if dry_run else Filled.POPULATION)
    tell(done, report=report, as_json=as_json, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line says of all rows."""

    unit: str | None
    source: str | None
    replace: bool


async def _bring_in(file: ListFile, given: _Given, desk: Desk, sessions: Sessions) -> Outcome:
    async with sessions() as session:
        names = await list_names(session, within=desk.caller.unit_path)

    async def record(session: AsyncSession, lines: Mapping[int, SentPopulation]) -> Mapping[int, Added]:
        return await add_population(session, lines=lines, desk=desk, replace=given.replace)

    reading = _Reading(Naming.of(names, unit=given.unit, procedure=None), given.source)
    return await _LIST.bring_in(file, sessions, document=reading.document, record=record)


@dataclass(frozen=True, slots=True)
class _Reading:
    naming: Naming
    source: str | None

    def document(self, row: TableRow, _remarks: Remarks) -> Document:
        """Give what `PUT /v1/population-counts` takes for one count; raises `CellUnusable`."""
        population = required(row.text("population"), "population")
        valid_from = required(parsed(row, "valid_from", moment_of), "valid_from")
        return {
            "unit_code": self.naming.unit_of(row),
            "population": POPULATION_WORDS.get(fold(population), population),
            "valid_from": valid_from.day,
            "number": parsed(row, "number", sum_of),
            "source": row.text("source") or self.source,
        }


def _fate_of(row: FormRow[SentPopulation], became: Added) -> Fate:
    match became:
        case Added.STORED:
            return Fate.STORED
        case Added.KNOWN:
            return Fate.UNCHANGED
        case Added.DIFFERS:
            row.remarks.add(Weight.CHANGED, "number", DIFFERS)
            return Fate.CHANGED
        case Added.UNKNOWN_UNIT:
            row.remarks.refusal(UnknownUnit(pointer="/unit_code"))
            return Fate.REFUSED


_LIST: Final[ListKind[SentPopulation, Added]] = ListKind(
    columns=COLUMNS,
    telling=("number",),
    places={f"/{column.name}": column.name for column in COLUMNS},
    stands_in={"unit_code": ("unit_name",)},
    form=PopulationCountIn.model_validate,
    fate_of=_fate_of,
)
