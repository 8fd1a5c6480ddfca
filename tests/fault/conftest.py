"""One pair of killable servers and one score for all fault tests of a session."""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fault.machines import Machines, running_machines
from tests.fault.score import Score

SEED_VARIABLE = "LIENTHONG_FAULT_SEED"
SUMMARY_VARIABLE = "LIENTHONG_FAULT_SUMMARY"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def machines() -> Iterator[Machines]:
    folder = Path(tempfile.mkdtemp(prefix="lienthong-fault-"))
    with running_machines(folder) as machines:
        yield machines
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def score() -> Iterator[Score]:
    """Count over the session; written where `LIENTHONG_FAULT_SUMMARY` says, or into `.lienthong`."""
    score = Score(int(os.environ.get(SEED_VARIABLE) or random.randrange(10**6)))
    yield score
    score.write(Path(os.environ.get(SUMMARY_VARIABLE) or ROOT / ".lienthong" / "fault-summary.json"))


@pytest.fixture
def seed(score: Score, request: pytest.FixtureRequest) -> int:
    """Give the seed; pytest shows the line when the test fails."""
    print(f"{SEED_VARIABLE}={score.seed} repeats {request.node.name}")  # noqa: T201 - for whoever repeats the run
    return score.seed
