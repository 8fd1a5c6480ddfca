"""The size brake: small rooms, and no room for everything."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "services").rglob("*.py"))
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_MEDIAN_FUNCTION_LINES = 10
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "misc", "tools"}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_about_one_noun(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES
    assert path.stem not in FORBIDDEN_NAMES
    too_long = [f"{f.name}: {length(f)}" for f in functions(path) if length(f) > MAX_FUNCTION_LINES]
    assert not too_long


def test_most_functions_read_in_one_breath() -> None:
    assert median(length(f) for path in SOURCES for f in functions(path)) <= MAX_MEDIAN_FUNCTION_LINES
