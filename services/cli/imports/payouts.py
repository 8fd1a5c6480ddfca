"""`lienthong import payouts`: lists of what was paid out to recipients of social security."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.schemas.payments import PayoutIn
from services.cli.imports.chunks import go_through
from services.cli.imports.desk import on_behalf
from services.cli.imports.form_row import DIFFERS, Document, FormRow, parsed, required, word_in
from services.cli.imports.naming import Naming
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Outcome, tell
from services.cli.imports.remarks import Remarks
from services.cli.imports.storing import stored
from services.cli.tables.cells import identity_of, moment_of, sum_of
from services.cli.tables.fault import Weight
from services.cli.tables.headings import Column
from services.cli.tables.table import Table, TableRow
from services.core.application.desk import Desk
from services.core.application.list_names import list_names
from services.core.application.record import actor_of, record
from services.core.application.record_payouts import PayoutOutcome, TakenPayouts, record_payouts
from services.core.domain.audit import Act, Action
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.payout import Payout, PayoutChannel
from services.core.persistence.engine import Sessions

COLUMNS: Final = (
    Column("unit_code", ("Mã đơn vị", "Mã cơ quan")),
    Column("unit_name", ("Đơn vị", "Tên đơn vị", "Cơ quan chi trả", "Xã, phường", "Xã/phường")),
    Column("programme", ("Chương trình", "Chế độ", "Loại trợ cấp", "Chính sách", "Đối tượng hưởng")),
    Column("reference", ("Số chứng từ", "Mã chi trả", "Mã giao dịch", "Số phiếu chi", "Mã hồ sơ chi trả")),
    Column(
        "recipient",
        ("Người hưởng", "Người nhận", "Họ và tên", "Họ tên", "Họ tên người hưởng", "Tên người nhận"),
    ),
    Column("identity_number", ("Số CCCD", "CCCD", "CMND/CCCD", "CCCD/CMND", "Số định danh cá nhân")),
    Column("amount_vnd", ("Số tiền", "Mức hưởng", "Số tiền chi trả", "Thực nhận", "Tổng tiền")),
    Column("channel", ("Hình thức chi trả", "Hình thức", "Phương thức chi trả", "Kênh chi trả")),
    Column("paid_on", ("Ngày chi trả", "Ngày chi", "Ngày trả", "Ngày giao dịch")),
)
CHANNEL_WORDS: Final[Mapping[str, PayoutChannel]] = MappingProxyType(
    {
        "tien mat": PayoutChannel.CASH,
        "buu dien": PayoutChannel.POST,
        "qua buu dien": PayoutChannel.POST,
        "tai khoan": PayoutChannel.BANK,
        "qua tai khoan": PayoutChannel.BANK,
        "ngan hang": PayoutChannel.BANK,
        "chuyen khoan": PayoutChannel.BANK,
        "atm": PayoutChannel.BANK,
        "vi dien tu": PayoutChannel.WALLET,
        "mobile money": PayoutChannel.WALLET,
        "viettel pay": PayoutChannel.WALLET,
        "vnpt pay": PayoutChannel.WALLET,
        "vnpt money": PayoutChannel.WALLET,
    }
    | {channel.value: channel for channel in PayoutChannel}
)
_TELLING: Final = ("reference", "amount_vnd", "paid_on")
_PLACES: Final = {f"/{column.name}": column.name for column in COLUMNS}
_STANDS_IN: Final = {"unit_code": ("unit_name",)}


def payouts(
    *,
    file: File,
    client: Client,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị cho dòng không ghi / for rows without one")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="Chương trình cho cả tệp / for rows without one")
    ] = None,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Nhập danh sách chi trả an sinh xã hội (XLSX, CSV) / payouts to recipients of social security."""
    work = _Payouts(file, sheet, unit, programme, dry_run).bring_in
    tell(on_behalf(client, file, work), report=report, as_json=as_json, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Payouts:
    """A list, and what the command line says of it."""

    path: Path
    sheet: str | None
    unit: str | None
    programme: str | None
    dry_run: bool

    async def bring_in(self, desk: Desk, sessions: Sessions) -> Outcome:
        """Store what is new; raises `TableUnreadable`."""
        table = Table(self.path, COLUMNS, telling=_TELLING, sheet=self.sheet)
        async with sessions() as session:
            names = await list_names(session, within=desk.caller.unit_path)
        reading = _Reading(Naming.of(names, unit=self.unit, procedure=None), self.programme)
        outcome = Outcome(unread=table.headings.unread)

        def read(row: TableRow) -> FormRow[Payout]:
            found = FormRow[Payout](table, row, places=_PLACES, stands_in=_STANDS_IN)
            return found.read(reading.document, PayoutIn.model_validate)

        async def store(chunk: Sequence[FormRow[Payout]]) -> None:
            lines = {row.number: row.value for row in chunk if row.value is not None}
            taken = await stored(sessions, partial(_take, lines=lines, desk=desk), dry_run=self.dry_run)
            for row in chunk:
                _count(row, taken.outcomes.get(row.number), outcome)

        await go_through(table, read=read, store=store)
        outcome.passed_over = table.passed_over
        return outcome


@dataclass(frozen=True, slots=True)
class _Reading:
    naming: Naming
    programme: str | None

    def document(self, row: TableRow, remarks: Remarks) -> Document:
        """Give what `POST /v1/payouts:batch` takes for one payout."""
        paid_on = required(parsed(row, "paid_on", moment_of), "paid_on")
        return {
            "unit_code": self.naming.unit_of(row),
            "programme": row.text("programme") or self.programme,
            "reference": row.text("reference"),
            "recipient": row.text("recipient"),
            "identity_number": parsed(
                row,
                "identity_number",
                lambda cell: identity_of(
                    cell, lambda fault: remarks.add(Weight.WARNING, "identity_number", fault)
                ),
            ),
            "amount_vnd": parsed(row, "amount_vnd", sum_of),
            "channel": required(word_in(row, "channel", CHANNEL_WORDS), "channel"),
            "paid_on": paid_on.day,
        }


def _count(row: FormRow[Payout], became: PayoutOutcome | None, outcome: Outcome) -> None:
    match became:
        case PayoutOutcome.STORED:
            outcome.stored += 1
        case PayoutOutcome.KNOWN:
            outcome.unchanged += 1
        case PayoutOutcome.DIFFERS:
            row.remarks.add(Weight.CHANGED, "reference", DIFFERS)
            outcome.changed += 1
        case PayoutOutcome.UNKNOWN_UNIT:
            row.remarks.refusal(UnknownUnit(pointer="/unit_code"))
            outcome.refused += 1
        case None:
            outcome.refused += 1
    outcome.remarks += row.remarks.list


async def _take(session: AsyncSession, *, lines: Mapping[int, Payout], desk: Desk) -> TakenPayouts:
    taken = await record_payouts(session, lines=lines, within=desk.caller.unit_path, catalogue=desk.catalogue)
    units = tuple(sorted({payout.unit_code for payout in lines.values()}))
    await record(session, actor=actor_of(desk.caller), act=Act(Action.PAYOUT_RECORD, units))
    return taken
