"""`lienthong import dossiers` on registers of older systems."""

import asyncio
import csv
import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import text

from services.cli import imports
from services.cli.imports.dossier_columns import DOSSIER_COLUMNS
from services.cli.imports.onboarding_columns import EVENT_COLUMNS
from services.cli.imports.payouts import COLUMNS as PAYOUT_COLUMNS
from services.cli.imports.population import COLUMNS as POPULATION_COLUMNS
from services.core.persistence.engine import create_engine
from tests.desk_api import FOUR_HOURS, NO_TIME, THREE_DAYS
from tests.integration.test_import_command import Run, ready, run

__all__ = ["run"]

EXAMPLE = Path(__file__).parents[2] / "docs/examples/so-theo-doi-ho-so.csv"
HEADINGS = [
    "STT", "Mã hồ sơ", "Mã thủ tục", "Mã đơn vị", "Người nộp", "Số CCCD", "Ngày nộp", "Ngày tiếp nhận",
    "Hẹn trả", "Ngày có kết quả", "Ngày trả kết quả", "Trạng thái", "Hình thức nộp", "Người kê khai",
    "Trích yếu", "Lệ phí",
]  # fmt: skip


def a_row(code: str, **changes: Any) -> dict[str, Any]:
    """Give a row of a returned dossier; columns set to `None` are empty."""
    row = {
        "STT": 1,
        "Mã hồ sơ": code,
        "Mã thủ tục": THREE_DAYS,
        "Mã đơn vị": "H44.101",
        "Người nộp": "Nguyễn Thị Hoa",
        "Số CCCD": "025190000123",
        "Ngày nộp": None,
        "Ngày tiếp nhận": "05/03/2024 09:30",
        "Hẹn trả": "08/03/2024",
        "Ngày có kết quả": "07/03/2024 15:00",
        "Ngày trả kết quả": "08/03/2024",
        "Trạng thái": "Đã trả kết quả đúng hạn",
        "Hình thức nộp": "Trực tiếp",
        "Người kê khai": "Tự kê khai",
        "Trích yếu": "Đăng ký khai sinh",
        "Lệ phí": "8.000",
    }
    return row | changes


def write(path: Path, *rows: dict[str, Any]) -> str:
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADINGS, delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        return str(path)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["SỔ THEO DÕI"])
    sheet.write_row(1, 0, HEADINGS)
    for number, row in enumerate(rows, start=2):
        sheet.write_row(number, 0, [row[heading] for heading in HEADINGS])
    book.close()
    return str(path)


def bring(run: Run, file: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = run(imports.app, "dossiers", file, "--client", "phường", "--json", *options)
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


def stored(database_url: str, statement: str) -> list[tuple[Any, ...]]:
    return asyncio.run(_run(database_url, statement, reads=True))


def change(database_url: str, statement: str) -> None:
    asyncio.run(_run(database_url, statement, reads=False))


async def _run(database_url: str, statement: str, *, reads: bool) -> list[tuple[Any, ...]]:
    engine = create_engine(database_url, application="test")
    async with engine.begin() as connection:
        done = await connection.execute(text(statement))
        rows = [tuple(row) for row in done] if reads else []
    await engine.dispose()
    return rows


HISTORY = """
SELECT d.code, e.seq, e.status, to_char(e.occurred_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM HH24:MI')
FROM progress_entries e JOIN dossiers d ON d.id = e.dossier_id ORDER BY 1, 2
"""


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_register_becomes_dossiers_with_their_history(
    run: Run, tmp_path: Path, database_url: str, suffix: str
) -> None:
    ready(run, tmp_path)
    online = {"Hình thức nộp": "Trực tuyến", "Ngày nộp": "04/03/2024 20:15", "Trạng thái": "Đang xử lý"}
    running = a_row("MA-2", **online, **{"Ngày có kết quả": None, "Ngày trả kết quả": None})
    code, outcome = bring(run, write(tmp_path / f"so.{suffix}", a_row("MA-1"), running))

    assert (code, outcome["stored"], outcome["refused"]) == (0, 2, 0), outcome
    assert [remark["code"] for remark in outcome["remarks"]] == ["step-not-dated"]
    assert stored(database_url, HISTORY) == [
        ("MA-1", 1, 2, "05/03 09:30"),
        ("MA-1", 2, 9, "07/03 15:00"),
        ("MA-1", 3, 10, "08/03 00:00"),
        ("MA-2", 1, 1, "04/03 20:15"),
        ("MA-2", 2, 2, "05/03 09:30"),
    ]
    due = "SELECT to_char(due_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'DD/MM HH24:MI:SS') FROM dossiers"
    assert set(stored(database_url, due)) == {("08/03 23:59:59",)}
    assert stored(database_url, "SELECT count(*) FROM deliveries WHERE state = 'due'") == [(2,)]
    assert stored(database_url, "SELECT fees->0->'amount_vnd' FROM dossiers") == [(8000,), (8000,)]


def test_importing_twice_changes_nothing_and_a_changed_row_is_told_not_written(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    ready(run, tmp_path)
    bring(run, write(tmp_path / "so.xlsx", a_row("MA-1"), a_row("MA-2")))
    everything = (
        "SELECT d.*, e.* FROM dossiers d JOIN progress_entries e ON e.dossier_id = d.id ORDER BY d.code, seq"
    )
    before = stored(database_url, everything)

    code, outcome = bring(run, str(tmp_path / "so.xlsx"))
    assert (code, outcome["stored"], outcome["unchanged"]) == (0, 0, 2)

    changed = a_row("MA-2", **{"Người nộp": "Trần Văn An", "Ngày có kết quả": "06/03/2024 10:00"})
    code, outcome = bring(run, write(tmp_path / "so.xlsx", a_row("MA-1"), changed, a_row("MA-3")))
    assert (code, outcome["stored"], outcome["unchanged"], outcome["changed"]) == (1, 1, 1, 1)
    told = [(remark["row"], remark["column"], remark["code"]) for remark in outcome["remarks"]]
    assert told == [
        (4, "Người nộp", "differs-from-stored"),
        (4, "Ngày có kết quả", "differs-from-stored"),
    ]
    assert stored(database_url, everything)[: len(before)] == before


def test_a_dossier_that_has_moved_on_here_is_not_different(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    ready(run, tmp_path)
    none = {"Ngày có kết quả": None, "Ngày trả kết quả": None, "Trạng thái": "Đã tiếp nhận"}
    first = write(tmp_path / "mar.xlsx", a_row("MA-1", **none))
    bring(run, first)
    code, outcome = bring(run, write(tmp_path / "apr.xlsx", a_row("MA-1")))
    assert [remark["column"] for remark in outcome["remarks"]] == ["Ngày có kết quả"]
    change(
        database_url,
        "INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)"
        " SELECT id, 2, 9, received_at + interval '1 day', 'An', 'xong' FROM dossiers",
    )
    code, outcome = bring(run, first)
    assert (code, outcome["unchanged"]) == (0, 1)


BAD = {
    "not-a-date": ("Ngày tiếp nhận", a_row("MA-1", **{"Ngày tiếp nhận": "31/02/2024"})),
    "unknown-status": ("Trạng thái", a_row("MA-1", **{"Trạng thái": "Lưu kho"})),
    "unknown-word": ("Hình thức nộp", a_row("MA-1", **{"Hình thức nộp": "Bồ câu"})),
    "date-missing": ("Ngày có kết quả", a_row("MA-1", **{"Ngày có kết quả": None})),
    "date-contradicts-status": ("Ngày có kết quả", a_row("MA-1", **{"Trạng thái": "Đang xử lý"})),
    "invalid-identity-number": ("Số CCCD", a_row("MA-1", **{"Số CCCD": "12345"})),
    "not-a-number": ("Lệ phí", a_row("MA-1", **{"Lệ phí": "tám nghìn"})),
    "unknown-unit": ("Mã đơn vị", a_row("MA-1", **{"Mã đơn vị": "H44.102"})),
    "unknown-procedure": ("Mã thủ tục", a_row("MA-1", **{"Mã thủ tục": "9.999999"})),
    "entry-out-of-order": ("Ngày có kết quả", a_row("MA-1", **{"Ngày có kết quả": "04/03/2024"})),
    "due-time-before-reception": ("Hẹn trả", a_row("MA-1", **{"Hẹn trả": "01/03/2024"})),
    "due-time-needed": ("Hẹn trả", a_row("MA-1", **{"Hẹn trả": None, "Mã thủ tục": NO_TIME})),
    "invalid-dossier-code": ("Mã hồ sơ", a_row("025190000123")),
    "required": ("Mã hồ sơ", a_row("", **{"Mã hồ sơ": None})),
    "submitted-after-reception": ("Ngày nộp", a_row("MA-1", **{"Ngày nộp": "09/03/2024 08:00"})),
}


def test_bad_rows_are_named_with_column_and_reason_and_good_ones_kept(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    rows = [row for _, row in BAD.values()]
    report = tmp_path / "loi.csv"
    code, outcome = bring(run, write(tmp_path / "so.xlsx", *rows, a_row("TOT-1")), "--report", str(report))
    assert (code, outcome["stored"], outcome["refused"]) == (1, 1, len(BAD))
    told = [(remark["row"], remark["column"], remark["code"]) for remark in outcome["remarks"]]
    assert told == [(row, column, fault) for row, (fault, (column, _)) in enumerate(BAD.items(), start=3)]
    lines = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [int(line[0]) for line in lines[1:]] == list(range(3, 3 + len(BAD)))
    assert all(line[4] and line[5] for line in lines[1:])
    assert "025190000123" not in report.read_text("utf-8-sig")
    assert "Nguyễn" not in report.read_text("utf-8-sig")


def test_a_dry_run_tells_the_same_and_stores_nothing(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    bad = a_row("MA-2", **{"Ngày tiếp nhận": "hôm qua"})
    file = write(
        tmp_path / "so.xlsx", a_row("MA-1"), bad, a_row("MA-1"), a_row("MA-1", **{"Người nộp": "An"})
    )
    dry = bring(run, file, "--dry-run")
    assert stored(database_url, "SELECT count(*) FROM dossiers") == [(0,)]
    wet = bring(run, file)
    for _, outcome in (dry, wet):
        counts = tuple(outcome[name] for name in ("stored", "unchanged", "changed", "refused"))
        assert counts == (1, 1, 1, 1)
    assert stored(database_url, "SELECT count(*) FROM dossiers") == [(1,)]


def test_names_and_options_stand_in_for_columns(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    path = tmp_path / "so.csv"
    path.write_text(
        "STT,Tên thủ tục,Họ tên,Ngày nhận,Trả kết quả\n"
        f"1,THỦ TỤC {FOUR_HOURS},Nguyễn Thị Hoa,05/03/2024 08:00,05/03/2024 10:00\n"
        ",,Tổng,,\n",
        encoding="utf-8",
    )
    given = ["--unit", "H44.101", "--channel", "direct", "--filing-mode", "assisted", "--prefix", "CU-2024-"]
    code, outcome = bring(run, str(path), *given)
    assert [remark["column"] for remark in outcome["remarks"]] == ["finished_at"]

    code, outcome = bring(run, str(path), *given, "--returned-is-finished")
    assert (code, outcome["stored"]) == (0, 1), outcome
    found = "SELECT code, procedure_code, filing_mode, summary FROM dossiers"
    assert stored(database_url, found) == [("CU-2024-1", FOUR_HOURS, "assisted", f"THỦ TỤC {FOUR_HOURS}")]


def test_a_number_of_other_units_is_refused_without_telling_of_them(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    ready(run, tmp_path)
    bring(run, write(tmp_path / "so.xlsx", a_row("MA-1")))
    change(database_url, "UPDATE dossiers SET unit_id = (SELECT id FROM units WHERE code = 'H44.102')")
    code, outcome = bring(run, str(tmp_path / "so.xlsx"))
    assert (code, [remark["code"] for remark in outcome["remarks"]]) == (1, ["dossier-code-taken"])


def test_the_example_of_the_docs_is_imported(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    code, outcome = bring(run, str(EXAMPLE))
    assert (code, outcome["stored"], outcome["columns_not_read"]) == (0, 2, [])
    statuses = "SELECT d.code, d.status FROM dossiers d ORDER BY d.code"
    assert stored(database_url, statuses) == [("CU-2024-0001", 10), ("CU-2024-0002", 2)]


def test_the_docs_list_every_heading_that_is_understood() -> None:
    page = (EXAMPLE.parents[1] / "imports-and-reports.md").read_text(encoding="utf-8")
    lines = {line.split("|")[2].strip() for line in page.splitlines() if line.startswith("| `")}
    for columns in (DOSSIER_COLUMNS, EVENT_COLUMNS, POPULATION_COLUMNS, PAYOUT_COLUMNS):
        assert {"; ".join(column.headings) for column in columns} <= lines


def test_a_file_that_is_no_register_ends_with_words(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    path = tmp_path / "so.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    done = run(imports.app, "dossiers", str(path), "--client", "phường")
    assert done.exit_code == 2
    assert "Không tìm thấy dòng tiêu đề" in done.stderr
