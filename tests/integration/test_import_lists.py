"""`lienthong import onboarding|population|payouts`: lists from spreadsheets, twice and with faults."""

import json
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from services.cli import imports
from tests.integration.test_import_command import Run, ready, run
from tests.integration.test_import_register import stored

__all__ = ["run"]

WARD = "UBND phường Việt Trì"
EVENTS: list[list[Any]] = [
    ["TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG"],
    ["STT", "Số CCCD", "Xã, phường", "Nội dung", "Kết quả", "Ngày", "Lý do", "Số phút", "Thiết bị"],
    [1, "025190000123", WARD.upper(), "Chữ ký số cá nhân", "Thành công", "20/7/2025 9:15", None, 12, "iOS"],
    [2, 25190000124, WARD, "Điện thoại thông minh", "Hoàn thành", "20/07/2025", None, None, None],
    [3, "025190000125", WARD, "VNeID mức 2", "Thất bại", "20/07/2025", "Mất mạng giữa chừng", 5, None],
]  # fmt: skip


def write(path: Path, rows: list[list[Any]]) -> str:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return str(path)


def bring(run: Run, what: str, file: str, *options: str) -> tuple[int, dict[str, Any]]:
    done = run(imports.app, what, file, "--client", "phường", "--json", *options)
    assert done.stdout, done.output
    return done.exit_code, json.loads(done.stdout)


def counts(outcome: dict[str, Any]) -> tuple[int, ...]:
    return tuple(outcome[name] for name in ("stored", "unchanged", "changed", "refused"))


def test_a_team_s_list_becomes_events_once(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    file = write(tmp_path / "to.xlsx", EVENTS)

    dry = bring(run, "onboarding", file, "--dry-run")
    assert stored(database_url, "SELECT count(*) FROM onboarding_events") == [(0,)]
    first = bring(run, "onboarding", file)
    again = bring(run, "onboarding", file)

    assert [(code, counts(outcome)) for code, outcome in (dry, first, again)] == [
        (0, (3, 0, 0, 0)),
        (0, (3, 0, 0, 0)),
        (0, (0, 3, 0, 0)),
    ]
    assert [remark["code"] for remark in first[1]["remarks"]] == ["leading-zero-restored"]
    kept = "SELECT step, outcome, reason, seconds, device FROM onboarding_events ORDER BY step"
    assert stored(database_url, kept) == [
        ("digital_signature", "completed", None, 720, "ios"),
        ("smartphone", "completed", None, None, None),
        ("vneid_2", "failed", "network_lost", 300, None),
    ]


def test_an_event_told_otherwise_is_reported_and_stays(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    bring(run, "onboarding", write(tmp_path / "to.xlsx", EVENTS))
    changed = [*EVENTS[:2], [*EVENTS[2][:7], 45, "iPhone"]]
    code, outcome = bring(run, "onboarding", write(tmp_path / "to.xlsx", changed))
    assert (code, counts(outcome)) == (1, (0, 0, 1, 0))
    seconds = "SELECT seconds FROM onboarding_events WHERE step = 'digital_signature'"
    assert stored(database_url, seconds) == [(720,)]


@pytest.mark.parametrize(
    ("place", "cell", "told"),
    [
        (1, "12345", ("Số CCCD", "invalid-identity-number")),
        (1, None, ("Số CCCD", "required")),
        (2, "UBND phường Nông Trang", ("Xã, phường", "unknown-name")),
        (3, "Cưỡi ngựa", ("Nội dung", "unknown-word")),
        (4, "Hên xui", ("Kết quả", "unknown-word")),
        (5, "hôm qua", ("Ngày", "not-a-date")),
        (5, "20/07/2090", ("Ngày", "event-in-future")),
        (7, "mười", ("Số phút", "not-a-number")),
    ],
)
def test_a_bad_event_is_named_by_row_and_column(
    run: Run, tmp_path: Path, place: int, cell: str | None, told: tuple[str, str]
) -> None:
    ready(run, tmp_path)
    bad = [*EVENTS[2][:place], cell, *EVENTS[2][place + 1 :]]
    exit_code, outcome = bring(run, "onboarding", write(tmp_path / "to.xlsx", [*EVENTS[:2], bad, EVENTS[3]]))
    assert (exit_code, counts(outcome)) == (1, (1, 0, 0, 1))
    refused = [(r["row"], (r["column"], r["code"])) for r in outcome["remarks"] if r["weight"] == "refused"]
    assert refused == [(3, told)]


POPULATION: list[list[Any]] = [
    ["Mã đơn vị", "Nhóm dân cư", "Tính đến ngày", "Số lượng", "Nguồn"],
    ["H44.101", "Dân số từ 15 tuổi trở lên", "01/01/2025", "2.150", "Chi cục Thống kê"],
    ["H44.101", "Hộ gia đình", "01/01/2025", 812, "Chi cục Thống kê"],
]


def test_a_population_is_stored_once_and_replaced_on_demand_only(
    run: Run, tmp_path: Path, database_url: str
) -> None:
    ready(run, tmp_path)
    file = write(tmp_path / "dan.xlsx", POPULATION)
    assert counts(bring(run, "population", file)[1]) == (2, 0, 0, 0)
    assert counts(bring(run, "population", file)[1]) == (0, 2, 0, 0)

    newer = [*POPULATION[:1], [*POPULATION[1][:3], 2200, "Công an"], ["H44.102", *POPULATION[2][1:]]]
    file = write(tmp_path / "dan.xlsx", newer)
    code, outcome = bring(run, "population", file)
    assert (code, counts(outcome)) == (1, (0, 0, 1, 1))
    assert [(r["row"], r["column"]) for r in outcome["remarks"]] == [(2, "Số lượng"), (3, "Mã đơn vị")]
    number = "SELECT number FROM population_counts WHERE population = 'adults_15'"
    assert stored(database_url, number) == [(2150,)]
    assert counts(bring(run, "population", file, "--replace")[1]) == (1, 0, 0, 1)
    assert stored(database_url, number) == [(2200,)]


PAYOUTS: list[list[Any]] = [
    ["Số chứng từ", "Người hưởng", "Số CCCD", "Số tiền", "Hình thức chi trả", "Ngày chi trả"],
    ["CT-1", "Nguyễn Thị Hoa", "025190000123", "1.500.000 đ", "Qua tài khoản", "05/03/2024"],
    ["CT-2", "Trần Văn An", None, 360_000, "Bưu điện", "05/03/2024"],
    ["Tổng cộng", None, None, 1_860_000, None, None],
]


def test_payouts_are_stored_once(run: Run, tmp_path: Path, database_url: str) -> None:
    ready(run, tmp_path)
    given = ["--unit", "H44.101", "--programme", "Bảo trợ xã hội"]
    file = write(tmp_path / "chi.xlsx", PAYOUTS)
    first, again = bring(run, "payouts", file, *given), bring(run, "payouts", file, *given)
    assert (first[0], counts(first[1]), first[1]["passed_over"]) == (0, (2, 0, 0, 0), [4])
    assert (again[0], counts(again[1])) == (0, (0, 2, 0, 0))

    other = write(tmp_path / "chi.xlsx", [PAYOUTS[0], [*PAYOUTS[1][:3], 999, *PAYOUTS[1][4:]]])
    code, outcome = bring(run, "payouts", other, *given)
    assert (code, counts(outcome)) == (1, (0, 0, 1, 0))
    sums = "SELECT channel, amount_vnd FROM payouts ORDER BY reference"
    assert stored(database_url, sums) == [("bank", 1_500_000), ("post", 360_000)]


FILLED: dict[str, tuple[list[list[Any]], set[str]]] = {
    "onboarding": (EVENTS, {"onboarding_events", "onboarding_attempts", "onboarding_spans"}),
    "population": (POPULATION, {"population_counts"}),
    "payouts": (PAYOUTS, {"payouts", "payout_days"}),
}


@pytest.mark.parametrize("what", FILLED)
def test_the_planner_knows_at_once_what_was_filled(
    run: Run, tmp_path: Path, database_url: str, what: str
) -> None:
    ready(run, tmp_path)
    rows, tables = FILLED[what]
    file = write(tmp_path / "tep.xlsx", rows)
    given = ("--unit", "H44.101", "--programme", "Bảo trợ xã hội") if what == "payouts" else ()

    bring(run, what, file, "--dry-run", *given)
    assert not tables & analyzed(database_url)
    bring(run, what, file, *given)

    assert tables <= analyzed(database_url)


ANALYZED = """
SELECT relname FROM pg_stat_user_tables WHERE last_analyze > (SELECT max(created_at) FROM desk_clients)
"""


def analyzed(database_url: str) -> set[str]:
    return {name for (name,) in stored(database_url, ANALYZED)}
