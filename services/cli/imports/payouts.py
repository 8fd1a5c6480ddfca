"""`lienthong import payouts`: lists of what was paid out to recipients of social security."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.schemas.payments import PayoutIn
from services.cli.imports.desk import on_behalf
from services.cli.imports.form_row import DIFFERS, Document, FormRow, parsed, required, word_in
from services.cli.imports.list_import import ListFile, ListKind
from services.cli.imports.naming import Naming
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Fate, Outcome, tell
from services.cli.imports.remarks import Remarks
from services.cli.tables.cells import identity_of, moment_of, sum_of
from services.cli.tables.fault import Weight
from services.cli.tables.headings import Column
from services.cli.tables.table import TableRow
from services.core.application.desk import Desk
from services.core.application.list_names import list_names
from services.core.application.record import actor_of, record
from services.core.application.record_payouts import PayoutOutcome, record_payouts
from services.core.domain.audit import Act, Action
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.payout import Payout, PayoutChannel
from services.core.persistence.engine import Sessions
from services.core.persistence.statistics import Filled

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
    work = partial(_bring_in, ListFile(file, sheet, dry_run), unit, programme)
    done = on_behalf(client, file, work, fills=None if dry_run else Filled.PAYOUTS)
    tell(done, report=report, as_json=as_json, dry_run=dry_run)


async def _bring_in(
    file: ListFile, unit: str | None, programme: str | None, desk: Desk, sessions: Sessions
) -> Outcome:
    within = desk.caller.unit_path
    async with sessions() as session:
        names = await list_names(session, within=within)

    async def take(session: AsyncSession, lines: Mapping[int, Payout]) -> Mapping[int, PayoutOutcome]:
        taken = await record_payouts(session, lines=lines, within=within, catalogue=desk.catalogue)
        units = tuple(sorted({payout.unit_code for payout in lines.values()}))
        await record(session, actor=actor_of(desk.caller), act=Act(Action.PAYOUT_RECORD, units))
        return taken.outcomes

    reading = _Reading(Naming.of(names, unit=unit, procedure=None), programme)
    return await _LIST.bring_in(file, sessions, document=reading.document, record=take)


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


def _fate_of(row: FormRow[Payout], became: PayoutOutcome) -> Fate:
    match became:
        case PayoutOutcome.STORED:
            return Fate.STORED
        case PayoutOutcome.KNOWN:
            return Fate.UNCHANGED
        case PayoutOutcome.DIFFERS:
            row.remarks.add(Weight.CHANGED, "reference", DIFFERS)
            return Fate.CHANGED
        case PayoutOutcome.UNKNOWN_UNIT:
            row.remarks.refusal(UnknownUnit(pointer="/unit_code"))
            return Fate.REFUSED


_LIST: Final[ListKind[Payout, PayoutOutcome]] = ListKind(
    columns=COLUMNS,
    telling=("reference", "amount_vnd", "paid_on"),
    places={f"/{column.name}": column.name for column in COLUMNS},
    stands_in={"unit_code": ("unit_name",)},
    form=PayoutIn.model_validate,
    fate_of=_fate_of,
)
