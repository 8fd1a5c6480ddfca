"""What `make demo` promises at its full size, with API and worker killed on the way."""

from pathlib import Path

import pytest

from tests.e2e.test_demo import run_demo

pytestmark = [pytest.mark.fault, pytest.mark.timeout(600)]


def test_ten_thousand_dossiers_survive_kill_9_of_worker_and_api(tmp_path: Path) -> None:
    figures = run_demo(tmp_path, "--kill")

    assert figures["dossiers"] == figures["synced"] == 10_071
    assert figures["lost"] == figures["duplicates"] == figures["rejected"] == 0
    assert figures["disagreements"] == []
    assert figures["false_late"] == figures["false_late_beyond_saving"]
