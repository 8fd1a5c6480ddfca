"""This system's own conformance report, made anew."""

import sys
from pathlib import Path

import pytest

from services.cli.conformance import examine
from services.conformance.run import Patience
from services.conformance.situation import SITUATIONS

DRIVER = [sys.executable, "-m", "services.cli.conformance_desk"]


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_every_situation_is_handled_and_every_step_arrives(tmp_path: Path) -> None:
    report = examine(DRIVER, name="Liên Thông", situations=SITUATIONS, patience=Patience(), folder=tmp_path)

    broken = {
        result.situation.name: [finding.en for finding in result.findings if not finding.holds]
        for result in report.results
        if not result.handled
    }
    assert broken == {}
    incomplete = [
        evidence.code
        for result in report.results
        for evidence in result.evidence
        if not evidence.complete and result.situation.name != "refusal"
    ]
    assert incomplete == []
