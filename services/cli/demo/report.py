"""The end of the demo: what was published, and what this run reached."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table

from services.cli.demo.figures import Figures
from services.cli.stack import Stack
from services.core.domain.false_late import FalseLateCause
from services.core.domain.verdict import VIETNAM
from services.core.domain.wording import FALSE_LATE_CAUSES
from services.core.persistence.census import FalselyLate

#: Hòa Bình, 15/12/2023 - 15/2/2024 (published figures).
PUBLISHED: Final = {"dossiers": "10.071", "synced": "17 %", "false_late": "82 %", "lookups": "0,7 %"}
_LISTED: Final = 20


def show_figures(console: Console, figures: Figures, falsely_late: Sequence[FalselyLate]) -> None:
    """Print the table, each dossier that was shown late without being so, and whether the counts agree."""
    console.print(_table(figures))
    if falsely_late:
        console.print(_false_late_table(falsely_late))
    for line in figures.disagreements:
        console.print(f"[red]Số liệu không khớp / counts differ:[/red] {line}")
    if figures.kept:
        console.print(
            "[green]Mọi cam kết được giữ, mọi nguồn số liệu khớp / promises kept, counts agree[/green]"
        )
    else:
        console.print("[red]Có cam kết không giữ được / a promise was not kept[/red]")


def show_addresses(console: Console, stack: Stack) -> None:
    """Say where to look around."""
    console.print(
        f"API               {stack.addresses.api}/docs\n"
        f"Theo dõi/console  {stack.addresses.console}\n"
        f"Số đo/metrics     {stack.addresses.metrics}/metrics\n"
        f"Cổng giả/mock     {stack.addresses.portal}/_control/docs\n"
        f"Dân cư giả/people {stack.addresses.population}/_control/docs\n"
        f"Nhật ký/logs      {stack.logs}\n"
        "Ctrl-C để dừng / to stop",
        highlight=False,
    )


def _table(figures: Figures) -> Table:
    table = Table(title="Hòa Bình 15/12/2023 - 15/2/2024")
    table.add_column("")
    table.add_column("Đã công bố / published", justify="right")
    table.add_column("Lần chạy này / this run", justify="right")
    share = figures.false_late / max(figures.dossiers, 1)
    rows = (
        ("Hồ sơ tiếp nhận / dossiers", PUBLISHED["dossiers"], f"{figures.dossiers:,}".replace(",", ".")),
        ("Đồng bộ lên Cổng / synced", PUBLISHED["synced"], _percent(figures.synced_share)),
        ("Báo trễ oan / falsely late", PUBLISHED["false_late"], f"{_percent(share)} ({figures.false_late})"),
        ("Tra cứu dân cư / look-ups", PUBLISHED["lookups"], _percent(figures.lookup_rate)),
        ("Xác thực người nộp / verified", "", _percent(figures.verified_share)),
        ("Quá hạn thật / really late", "", str(figures.flagged_late)),
        ("Bước xử lý / progress entries", "", f"{figures.progress_entries:,}".replace(",", ".")),
        ("Mất / lost", "", str(figures.lost)),
        ("Trùng / duplicates", "", str(figures.duplicates)),
        ("Bị Cổng từ chối / rejected", "", str(figures.rejected)),
        ("Giây / seconds", "", f"{figures.seconds:.0f}"),
    )
    for row in rows:
        table.add_row(*row)
    return table


def _false_late_table(falsely_late: Sequence[FalselyLate]) -> Table:
    table = Table(title="Báo trễ oan / shown late although finished on time")
    for column in (
        "Hồ sơ / dossier",
        "Xong / finished",
        "Hẹn trả / due",
        "Cổng ghi nhận / accepted",
        "Vì / cause",
    ):
        table.add_column(column)
    for dossier in falsely_late[:_LISTED]:
        times = (dossier.ended_at, dossier.due_at, dossier.accepted_at)
        shown = [f"{at.astimezone(VIETNAM):%H:%M:%S}" for at in times]
        table.add_row(dossier.code, *shown, " / ".join(FALSE_LATE_CAUSES[FalseLateCause(dossier.cause)]))
    if len(falsely_late) > _LISTED:
        table.caption = f"... {len(falsely_late) - _LISTED}; toàn bộ / all: GET /v1/dossiers?false_late=true"
    return table


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %".replace(".", ",").replace(",00", "")
