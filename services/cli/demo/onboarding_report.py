"""The onboarding morning at the end of the demo: what was published, and what this run reached."""

from rich.console import Console
from rich.table import Table

from services.cli.demo.onboarding import Morning
from services.core.domain.onboarding.coverage import share_of
from services.core.domain.onboarding.step import STANDARD_STEPS


def show_morning(console: Console, morning: Morning) -> None:
    """Print a line for each published share."""
    table = Table(title="Công dân số theo kết quả thí điểm Thanh Hóa 6-7/2023 / onboarding as in that pilot")
    for column in ("Xã / commune", "Bước / step"):
        table.add_column(column)
    for column in ("Đã công bố / published", "Lần chạy này / this run"):
        table.add_column(column, justify="right")
    for row in morning.reached:
        step = STANDARD_STEPS[row.step]
        published = _percent(float(share_of(row.published.done, row.published.eligible) or 0))
        table.add_row(
            row.commune,
            f"{step.name_vi} / {step.name_en}",
            f"mục tiêu / target {published}" if row.published.is_target else published,
            f"{_percent(row.share)} ({row.done}/{row.eligible})",
        )
    table.caption = (
        f"{morning.events} sự kiện, gửi {morning.sent} lần, {morning.dropped_lines} lần mất mạng / "
        f"{morning.events} events, {morning.sent} sent, {morning.dropped_lines} lines dropped"
    )
    console.print(table)


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %".replace(".", ",")
