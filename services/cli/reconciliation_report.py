"""What a reconciliation found: a table per unit and procedure for people, a document for programs."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from services.core.application.reconcile import Ending, Reconciled, Scope, Source
from services.core.domain.reconciliation import Direction
from services.core.persistence.reconciliations import Effect, Finding

_NAMED_AT_MOST: Final = 50
_NO_PROCEDURE: Final = "–"
_DIRECTIONS: Final = {
    Direction.OURS_NOT_THEIRS: "Cổng thiếu\nportal lacks",
    Direction.THEIRS_NOT_OURS: "Ta thiếu\nwe lack",
    Direction.BOTH_DIFFER: "Khác nhau\ndiffer",
}
_EFFECTS: Final = {
    Effect.REPORTED: "chưa sửa, thêm --repair để sửa / not mended, add --repair",
    Effect.ASKED: "sẽ tra cứu rồi gửi phần Cổng thiếu / will be looked up, then sent on",
    Effect.PARKED: "chờ cán bộ: Cổng giữ nhiều hơn ta có / parked: the portal holds more than we have",
    Effect.LEFT_TO_PERSON: "chờ cán bộ / left to a person",
    Effect.MOVED_ON: "đã đổi trong lúc đối soát / changed meanwhile",
    Effect.POSTPONED: "để lần sau, vì giới hạn mỗi phút / left for the next run by the rate",
}
_FOR_PEOPLE: Final = {Effect.LEFT_TO_PERSON, Effect.PARKED}
_MENDED: Final = {Effect.ASKED, Effect.MOVED_ON}


def exit_code(result: Reconciled) -> int:
    """Say 0 if nothing is left to do, 1 if differences remain, 2 if not everything could be compared."""
    if result.ending is Ending.INCOMPLETE:
        return 2
    return 0 if all(finding.effect in _MENDED for finding in result.findings) else 1


def as_document(result: Reconciled, scope: Scope, source: Source) -> dict[str, Any]:
    """Give everything that was found; dossiers by number only."""
    directions = Counter(finding.difference.direction for finding in result.findings)
    effects = Counter(finding.effect for finding in result.findings)
    return {
        "run": result.run_id,
        "source": source.value,
        "from": scope.first.isoformat(),
        "to": scope.last.isoformat(),
        "unit": scope.unit_code,
        "repair": scope.repair,
        "outcome": result.ending.value,
        "failure": result.failure,
        "calls": result.calls,
        "buckets": result.buckets,
        "differing": result.differing,
        "unread": result.unread,
        "in_flight": result.in_flight,
        "dossiers_ours": result.dossiers_ours,
        "dossiers_portal": result.dossiers_theirs,
        "differences": {direction.value: directions[direction] for direction in Direction},
        "effects": {effect.value: effects[effect] for effect in Effect},
        "by_unit_and_procedure": [
            {"unit": prefix, "procedure": procedure, "direction": direction.value, "differences": number}
            for (prefix, procedure, direction), number in sorted(_counts(result).items())
        ],
        "dossiers": [_dossier(finding) for finding in result.findings],
    }


def print_report(console: Console, result: Reconciled, scope: Scope, names: Mapping[str, str]) -> None:
    """Print for people; `names` are those of units by code."""
    console.print(
        f"{scope.first:%d/%m/%Y} – {scope.last:%d/%m/%Y}: "
        f"{result.dossiers_ours} hồ sơ đã xác nhận / acknowledged, "
        f"Cổng có / portal has {result.dossiers_theirs}; "
        f"{result.differing}/{result.buckets} nhóm khác nhau / buckets differ, "
        f"{result.in_flight} hồ sơ đang gửi, không so / under way, not compared",
        highlight=False,
    )
    if result.findings:
        console.print(_table(result, names))
        _print_effects(console, result)
    else:
        console.print("Không có chênh lệch / no differences")
    if result.ending is Ending.INCOMPLETE:
        console.print(
            f"CHƯA ĐỦ / INCOMPLETE: {result.failure}; {result.unread} nhóm chưa đọc / buckets unread",
            style="red",
        )


def _table(result: Reconciled, names: Mapping[str, str]) -> Table:
    counts = _counts(result)
    table = Table("Đơn vị\nunit", "Thủ tục\nprocedure")
    for heading in _DIRECTIONS.values():
        table.add_column(heading, justify="right")
    for prefix, procedure in sorted({(prefix, procedure) for prefix, procedure, _ in counts}):
        table.add_row(
            f"{prefix} {names.get(prefix, '')}".strip(),
            procedure,
            *(str(counts[prefix, procedure, direction]) for direction in _DIRECTIONS),
        )
    return table


def _counts(result: Reconciled) -> Counter[tuple[str, str, Direction]]:
    """Count differences; what only the portal has is of no procedure that we know."""
    return Counter(
        (f.difference.bucket.prefix, _procedure(f) or _NO_PROCEDURE, f.difference.direction)
        for f in result.findings
    )


def _print_effects(console: Console, result: Reconciled) -> None:
    for effect, number in Counter(finding.effect for finding in result.findings).most_common():
        console.print(f"{number} hồ sơ / dossiers: {_EFFECTS[effect]}", highlight=False)
    codes = [finding.difference.code for finding in result.findings if finding.effect in _FOR_PEOPLE]
    for code in codes[:_NAMED_AT_MOST]:
        console.print(f"  {code}", highlight=False)
    if len(codes) > _NAMED_AT_MOST:
        console.print(f"  … {len(codes) - _NAMED_AT_MOST} nữa / more: --json")


def _procedure(finding: Finding) -> str | None:
    ours = finding.difference.ours
    return None if ours is None else ours.procedure_code


def _dossier(finding: Finding) -> dict[str, Any]:
    difference = finding.difference
    return {
        "code": difference.code,
        "direction": difference.direction.value,
        "day": difference.bucket.day.isoformat(),
        "unit": difference.bucket.prefix,
        "procedure": _procedure(finding),
        "ours": None if difference.ours is None else difference.ours.held.line,
        "portal": None if difference.theirs is None else difference.theirs.line,
        "effect": finding.effect.value,
        "scheduled_at": None if finding.scheduled_at is None else finding.scheduled_at.isoformat(),
    }
