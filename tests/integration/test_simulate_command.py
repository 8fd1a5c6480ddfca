"""`lienthong simulate` as people and scripts call it."""

import json
import subprocess
import sys
from pathlib import Path

from services.cli.rehearsal_page import BEGIN, END

DAY = """received_at,finished_at,due_at,unit
2025-09-08T08:00:00+07:00,2025-09-08T09:00:00+07:00,2025-09-08T10:00:00+07:00,H44.01
2025-09-08T08:05:00+07:00,2025-09-08T09:30:00+07:00,2025-09-08T14:00:00+07:00,H44.02
"""
OUTAGES = """begins_at,ends_at,state
2025-09-08T08:50:00+07:00,2025-09-08T11:00:00+07:00,down
"""


def simulate(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "services.cli.main", "simulate", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_recorded_day_becomes_a_scenario_that_every_policy_plays(tmp_path: Path) -> None:
    (tmp_path / "dossiers.csv").write_text(DAY, encoding="utf-8")
    (tmp_path / "outages.csv").write_text(OUTAGES, encoding="utf-8")
    made = simulate(
        "record", "--dossiers", str(tmp_path / "dossiers.csv"), "--outages", str(tmp_path / "outages.csv")
    )
    assert made.returncode == 0, made.stderr
    scenario = tmp_path / "day.toml"
    scenario.write_text(made.stdout, encoding="utf-8")
    picture = tmp_path / "day.svg"

    played = simulate("--scenario", str(scenario), "--json", "--picture", str(picture))

    assert played.returncode == 0, played.stderr
    results = {line["policy"]: line for line in map(json.loads, played.stdout.splitlines())}
    assert {policy: result["false_late"] for policy, result in results.items()} == {
        "naive": 2,
        "fifo": 1,
        "deadline": 1,
        "clairvoyant": 1,
    }
    assert set(results["deadline"]) == {
        "policy",
        "dossiers",
        "synced_share",
        "flagged_late_share",
        "false_late",
        "mean_lag_seconds",
        "portal_calls",
    }
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_an_unknown_scenario_or_policy_is_refused_with_what_there_is() -> None:
    scenario = simulate("--scenario", "nowhere")
    assert (scenario.returncode, "hoa-binh-2024" in scenario.stderr) == (2, True)
    policy = simulate("--scenario", "steady", "--policy", "luck")
    assert (policy.returncode, "clairvoyant" in policy.stderr) == (2, True)


def test_a_broken_line_of_a_recorded_day_is_named(tmp_path: Path) -> None:
    (tmp_path / "dossiers.csv").write_text(DAY.replace("2025-09-08T09:30:00+07:00", "yesterday"), "utf-8")
    refused = simulate("record", "--dossiers", str(tmp_path / "dossiers.csv"))
    assert refused.returncode == 2
    assert "finished_at, dòng/line 3" in refused.stderr


def test_the_table_keeps_a_page_at_what_was_shown_last(tmp_path: Path) -> None:
    day, page, picture = tmp_path / "day.toml", tmp_path / "page.md", tmp_path / "day.svg"
    (tmp_path / "dossiers.csv").write_text(DAY, encoding="utf-8")
    day.write_text(simulate("record", "--dossiers", str(tmp_path / "dossiers.csv")).stdout, encoding="utf-8")
    page.write_text(f"Before\n{BEGIN}\nold\n{END}\nAfter ![day](day.svg)\n", encoding="utf-8")
    made = simulate("table", "--scenario", str(day), "--seeds", "2", "--write", str(page))
    assert made.returncode == 0, made.stderr
    lines = page.read_text(encoding="utf-8").splitlines()
    assert (lines[0], lines[-1]) == ("Before", "After ![day](day.svg)")
    assert lines[2:-2] == made.stdout.splitlines()
    assert lines[-3].startswith("| day | 1-2 | 2 | 0 | 0 | 0 | 0 | no gap |")
    assert picture.read_text(encoding="utf-8").startswith("<svg")


def test_a_page_without_the_marks_is_left_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("No place for a table", encoding="utf-8")
    refused = simulate("table", "--scenario", "steady", "--seeds", "1", "--write", str(page))
    assert refused.returncode == 2
    assert page.read_text(encoding="utf-8") == "No place for a table"
