"""The crash points of fault tests stand where they should, and a production process has none of them."""

import dis
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from services.core.telemetry.crash_points import CrashRefused, arm

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "services").rglob("*.py"))
POINTS = {"A1", "A3", "A4", "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W11"}
DEFINITION = ROOT / "services" / "core" / "telemetry" / "crash_points.py"
PASSES = "pass_by"
#: Passes on what httpcore reports, so its point is no constant beside the call.
EVENTS = {"W2": 1, "W4": 1, "W5": 1}


def code_of(path: Path, *, optimize: int) -> Iterator[CodeType]:
    source = path.read_text(encoding="utf-8")
    if PASSES not in source:
        return
    waiting = [compile(source, str(path), "exec", optimize=optimize)]
    while waiting:
        code = waiting.pop()
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        yield code


def callers(*, optimize: int) -> list[CodeType]:
    return [
        code
        for path in SOURCES
        if path != DEFINITION
        for code in code_of(path, optimize=optimize)
        # By instruction: names of code that was left out can stay in the table of names.
        if any(step.argval == PASSES for step in dis.get_instructions(code))
    ]


def test_every_point_stands_at_one_place() -> None:
    found: Counter[str] = Counter(EVENTS)
    for code in callers(optimize=0):
        found.update(constant for constant in code.co_consts if constant in POINTS)
    assert found == dict.fromkeys(POINTS, 1)


@pytest.mark.parametrize("optimize", [1, 2])
def test_optimised_bytecode_passes_no_point(optimize: int) -> None:
    assert [f"{code.co_filename}:{code.co_firstlineno}" for code in callers(optimize=optimize)] == []


def test_the_production_image_runs_optimised() -> None:
    recipe = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    assert "PYTHONOPTIMIZE=1" in recipe
    assert "LIENTHONG_ENVIRONMENT=production" in recipe


def test_a_worker_that_is_told_to_crash_does_not_start_in_production() -> None:
    done = python("-m", "services.cli.main", "worker")

    assert done.returncode == 1
    assert "LIENTHONG_CRASH_AT" in done.stderr
    assert "Traceback" not in done.stderr


def test_optimised_code_refuses_the_order_in_every_environment() -> None:
    """By itself: a whole worker would have every library compiled once more."""
    order = "from services.core.telemetry.crash_points import arm; arm('W4', environment='development')"

    assert python("-c", order).returncode == 0
    refused = python("-O", "-c", order)

    assert refused.returncode == 1
    assert "CrashRefused" in refused.stderr


def python(*arguments: str) -> "subprocess.CompletedProcess[str]":
    settings = {"LIENTHONG_CRASH_AT": "W4", "LIENTHONG_ENVIRONMENT": "production", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("order", ["W", "4", "W4:0", "W4:", "w4", "W4:3:1"])
def test_an_order_that_makes_no_sense_is_refused(order: str) -> None:
    with pytest.raises(CrashRefused):
        arm(order, environment="development")
