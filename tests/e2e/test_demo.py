"""The whole system as separate processes: what `make demo` promises, on a smaller number of dossiers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ENOUGH_SECONDS = 300


def run_demo(folder: Path, *options: str) -> dict[str, Any]:
    summary = folder / "summary.json"
    command = [
        sys.executable,
        "-m",
        "services.cli.main",
        "demo",
        "--any-ports",
        "--exit",
        "--summary",
        str(summary),
    ]
    done = subprocess.run(
        [*command, "--folder", str(folder / "demo folder"), *options],
        capture_output=True,
        text=True,
        timeout=ENOUGH_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    figures: dict[str, Any] = json.loads(summary.read_text(encoding="utf-8"))
    return figures


@pytest.mark.timeout(ENOUGH_SECONDS)
def test_kill_9_of_worker_and_api_on_the_way_changes_no_figure(tmp_path: Path) -> None:
    figures = run_demo(tmp_path, "--dossiers", "1000", "--kill")

    assert figures["dossiers"] == figures["synced"] == 1000
    assert figures["synced_share"] == figures["lookup_rate"] == figures["verified_share"] == 1
    assert figures["lost"] == figures["duplicates"] == figures["rejected"] == 0
    assert figures["disagreements"] == []
    assert figures["false_late"] == figures["false_late_beyond_saving"]
    assert set(figures["false_late_by_cause"]) <= {"portal_down"}
    rehearsed = {one["policy"]: one for one in figures["rehearsed"]}
    assert list(rehearsed) == ["naive", "fifo", "deadline"]
    assert rehearsed["deadline"]["synced_share"] == 1
    assert (
        rehearsed["naive"]["false_late"]
        > rehearsed["fifo"]["false_late"]
        >= rehearsed["deadline"]["false_late"]
    )
