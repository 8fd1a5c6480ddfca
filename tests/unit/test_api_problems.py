"""Every refusal has a row, and every row reads well in both languages."""

import importlib
import pkgutil
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import services
from services.api.problems import PROBLEMS, Language, problem_document
from services.api.problems.fields import _BY_CODE
from services.api.refusal_handlers import _BY_STATUS
from services.core.domain.errors import DomainError

#: Codes that no exception of ours has: the framework's, and what the database leads to.
WITHOUT_CLASS = {
    *_BY_STATUS.values(),
    "bad-request",
    "validation-failed",
    "database-unavailable",
    "internal-error",
}

FACTS = {
    "indicator": "ONLINE_USED",
    "present": 9, "wanted": 4, "allowed": [10], "requests": 1, "previous": "2026-03-10T03:00:00+00:00",
    "now": "2026-03-10T03:00:00+00:00", "latest": "2026-03-10T03:00:00+00:00",
    "received_at": "2026-03-10T03:00:00+00:00", "due_at": "2026-03-10T03:00:00+00:00", "fault": "syntax",
    "needed": "dossiers:read", "expected": "application/json", "most": 1000, "unit": "H44", "successor": None,
    "valid_to": "2025-06-30", "valid_from": "2025-07-01", "missing": "H45", "line": 2, "column": "code",
    "day": "2026-01-02", "name": "phan-mem", "whose": "officer", "limit": 50, "result": "not_found",
    "retry_after": 3,
    "role": "auditor", "action": "dossiers.file",
    "groupings": ["unit"], "outcome": "failed", "occurred_at": "2026-03-10T03:00:00+00:00",
}  # fmt: skip


def refusals(parent: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    for child in parent.__subclasses__():
        yield child
        yield from refusals(child)


@pytest.fixture(scope="module", autouse=True)
def _all_modules_loaded() -> None:
    """Load every module that could define a refusal."""
    for package in ("core", "api"):
        path = [f"{folder}/{package}" for folder in services.__path__]
        for module in pkgutil.walk_packages(path, f"services.{package}."):
            importlib.import_module(module.name)


def test_every_refusal_of_the_domain_has_a_row() -> None:
    codes = {refusal.code for refusal in refusals()}

    assert len(codes) > 40
    assert codes <= PROBLEMS.keys()
    assert PROBLEMS.keys() - codes == WITHOUT_CLASS


def test_the_api_page_lists_every_code_with_its_status() -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")

    listed = {
        (int(status), code)
        for status, codes in re.findall(r"^\| ([0-9]{3}) \| (.+) \|$", page, re.MULTILINE)
        for code in re.findall(r"`([a-z-]+)`", codes)
    }
    assert listed == {(int(row.status), code) for code, row in PROBLEMS.items()}
    assert all(f"`{code}`" in page for code in _BY_CODE)


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in refusals()]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_a_row_reads_well_in_both_languages(code: str) -> None:
    row = PROBLEMS[code]
    named = {
        language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for language, text in zip(Language, row.detail, strict=True)
    }

    documents = [problem_document(code, language, facts=FACTS) for language in Language]

    assert 400 <= row.status < 600
    assert named[Language.VIETNAMESE] == named[Language.ENGLISH] <= {*FACTS, "count"}
    for document in documents:
        assert document["detail"].endswith((".", ")"))
        assert "…" not in document["detail"]
    assert documents[0]["title"] != documents[1]["title"]


def test_facts_are_told_in_the_words_of_the_office() -> None:
    document = problem_document("illegal-transition", Language.VIETNAMESE, facts=FACTS)
    early = problem_document("entry-out-of-order", Language.VIETNAMESE, facts=FACTS)
    ended = problem_document("unit-ended", Language.ENGLISH, facts=FACTS)

    assert "9 (đã xử lý xong), không chuyển sang 4 (đang xử lý)" in document["detail"]
    assert "10:00 10/03/2026" in early["detail"]
    assert ended["detail"].endswith("Its successor: none.")
    assert document["facts"]["allowed"] == [10]
