"""The conformance report: it sees what a desk does, and no situation is handled by doing nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer

from services.cli.conformance import chosen
from services.conformance.driver import (
    DSTCODE,
    PASSWORD,
    USERNAME,
    Desk,
    DriverFailed,
    DriverProcess,
)
from services.conformance.report import Report, render, write_report
from services.conformance.run import Patience, Result, run_script
from services.conformance.situation import SITUATIONS
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.mock_testing.portal import PortalControl
from tests.contract.conformance_desks import CarefulDesk, IdleDesk

ROOT = Path(__file__).parents[2]
BY_NAME = {situation.name: situation for situation in SITUATIONS}
NAIVE = [sys.executable, "-m", "benchmarks.naive_pusher"]
REPORTS = ROOT / "docs" / "conformance"


@pytest.fixture
def portal() -> Iterator[PortalControl]:
    settings = PortalSettings(dstcode=DSTCODE, accounts={USERNAME: PASSWORD})
    with running_portal(settings) as address, PortalControl(address) as portal:
        yield portal


def results_of(
    portal: PortalControl, desk: Desk, *names: str, arrive: float = 0.05, watch: float = 0.5
) -> dict[str, Result]:
    situations = [BY_NAME[name] for name in names] or SITUATIONS
    patience = Patience(arrive=arrive, silence=min(0.1, watch), watch=watch)
    results = run_script(portal, desk, situations, patience=patience, show=lambda _result: None)
    return {result.situation.name: result for result in results}


def broken(result: Result) -> list[str]:
    return [finding.en for finding in result.findings if not finding.holds]


@pytest.mark.fault
def test_doing_nothing_handles_no_situation(portal: PortalControl) -> None:
    results = results_of(portal, IdleDesk())

    assert len(results) == len(SITUATIONS) == 14
    assert [name for name, result in results.items() if result.handled] == []


def test_a_desk_that_looks_before_it_sends_again_handles_what_it_was_made_for(
    portal: PortalControl,
) -> None:
    mastered = [
        "history",
        "growing",
        "repeat",
        "drift",
        "create-answer-lost",
        "progress-answer-lost",
        "supplement-answer-lost",
        "cut-answer",
        "html",
        "server-error",
    ]
    with CarefulDesk(portal.address) as desk:
        results = results_of(portal, desk, *mastered)

    assert {name: broken(result) for name, result in results.items()} == {name: [] for name in mastered}


@pytest.mark.fault
def test_the_naive_pusher_skips_steps_loses_dossiers_and_hammers(portal: PortalControl) -> None:
    with DriverProcess(NAIVE, portal.address) as desk:
        results = results_of(portal, desk, "history", "outage", "throttled", arrive=1)
        results |= results_of(portal, desk, "refusal", arrive=6)

    (skipped,) = broken(results["history"])
    assert skipped.startswith("Every step of every dossier")
    assert "The newest step of every dossier is on the portal, with its own time" in broken(results["outage"])
    assert "It waits the 3 s of Retry-After" in broken(results["throttled"])
    assert "A refused dossier is not sent over and over" in broken(results["refusal"])


def test_evidence_names_calls_in_order_with_what_struck_them(portal: PortalControl) -> None:
    with CarefulDesk(portal.address) as desk:
        result = results_of(portal, desk, "progress-answer-lost")["progress-answer-lost"]

    (evidence,) = result.evidence
    assert [(call.service, call.outcome, call.fault, call.statuses) for call in evidence.calls[:4]] == [
        ("DongBoHoSoMC", "accepted", None, ()),
        ("CapNhatTienDoHoSoMC", "accepted", "answer_lost", (2, 4, 9)),
    ]
    assert evidence.stored == (2, 4, 9)


def test_the_report_is_a_document_and_a_page(portal: PortalControl, tmp_path: Path) -> None:
    results = list(results_of(portal, IdleDesk(), "history", "refusal").values())
    report = Report("<b>Phần mềm</b>", datetime(2026, 1, 5, tzinfo=UTC), results)

    write_report(report, tmp_path / "a" / "b")

    document = json.loads((tmp_path / "a" / "b" / "report.json").read_text(encoding="utf-8"))
    page = (tmp_path / "a" / "b" / "report.html").read_text(encoding="utf-8")
    assert (document["handled"], document["situations"]) == (0, 2)
    assert [row["situation"] for row in document["results"]] == ["history", "refusal"]
    assert "&lt;b&gt;Phần mềm&lt;/b&gt;" in page
    assert "07:00 05/01/2026" in page
    assert page == render(report)
    assert "http://" not in page


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("", "not JSON|expected 'ready'|has ended"),
        ("print('xin chào')", "not JSON"),
        ("import json; print(json.dumps({'ready': False}))", "expected 'ready'"),
    ],
    ids=["silent end", "chatter", "not ready"],
)
def test_a_driver_that_does_not_get_ready_is_told_from_a_bad_desk(program: str, words: str) -> None:
    driver = DriverProcess([sys.executable, "-c", program], "http://127.0.0.1:9")

    with pytest.raises(DriverFailed, match=words), driver:
        raise AssertionError("never ready")


def test_a_driver_that_ends_on_the_way_is_told(portal: PortalControl) -> None:
    program = "import json; input(); print(json.dumps({'ready': True}), flush=True); input()"

    with (
        DriverProcess([sys.executable, "-c", program], portal.address) as desk,
        pytest.raises(DriverFailed),
    ):
        results_of(portal, desk, "history")


def run_command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "services.cli.main", "conformance", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )


def test_the_command_ends_with_one_unless_everything_is_handled(tmp_path: Path) -> None:
    options = ["--only", "history", "--arrive", "1", "--watch", "1", "--json", "--out", str(tmp_path)]
    done = run_command(*options, "--", *NAIVE)

    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["handled"] == 0
    assert (tmp_path / "report.html").is_file()


def test_the_command_names_the_situations_there_are() -> None:
    with pytest.raises(typer.BadParameter, match="session-expired"):
        chosen(["history", "earthquake"])
    assert chosen([]) == list(SITUATIONS)
    assert chosen(["refusal"]) == [BY_NAME["refusal"]]


@pytest.mark.parametrize("desk", ["lienthong", "naive"])
def test_the_reports_in_the_docs_are_of_the_present_script(desk: str) -> None:
    report = json.loads((REPORTS / desk / "report.json").read_text(encoding="utf-8"))

    assert [row["situation"] for row in report["results"]] == list(BY_NAME)
    assert report["handled"] == sum(row["handled"] for row in report["results"])
    assert (report["handled"] == len(BY_NAME)) is (desk == "lienthong")
