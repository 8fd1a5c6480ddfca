"""What the record of calls proves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.delivery import Operation
from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.receipt import (
    RECORD_ABSENT,
    AcknowledgedBy,
    Acknowledgement,
    CallOnRecord,
    body_acknowledged,
    entry_acknowledged,
    record_shown,
    runs_of,
)

AT = datetime(2026, 3, 10, 3, tzinfo=UTC)
ENTRY = ProgressEntry(3, Status.FINISHED, AT, "A", None, "Xong")
OFF_RECORD = Acknowledgement(None, AcknowledgedBy.OFF_RECORD)


def call(
    minute: int,
    outcome: str,
    operation: Operation = Operation.PROGRESS,
    *,
    carries: tuple[int, int] | None = (1, 3),
    words: str | None = None,
    version: int = 1,
) -> CallOnRecord:
    first, last = carries if carries and operation is Operation.PROGRESS else (None, None)
    started_at = AT + timedelta(minutes=minute)
    ended_at = started_at + timedelta(seconds=2)
    return CallOnRecord(
        uuid4(), operation, outcome, started_at, ended_at, version, first, last, b"hash", words
    )


def look_up(minute: int, words: str | None, outcome: str = "found") -> CallOnRecord:
    return call(minute, outcome, Operation.LOOK_UP, words=words)


def test_the_accepted_call_that_carried_an_entry_is_its_receipt() -> None:
    calls = [call(1, "not_sent"), call(2, "accepted", carries=(1, 2)), call(3, "accepted", carries=(3, 5))]
    assert entry_acknowledged(ENTRY, AT, calls) == Acknowledgement(
        calls[2].finished_at, AcknowledgedBy.RECEIPT
    )


def test_after_a_lost_answer_the_look_up_that_followed_is_the_proof() -> None:
    calls = [look_up(0, record_shown(2)), call(1, "unknown"), look_up(2, None, "unknown"), look_up(3, None)]
    assert entry_acknowledged(ENTRY, AT - timedelta(hours=1), calls) == Acknowledgement(
        calls[3].finished_at, AcknowledgedBy.LOOK_UP
    )


def test_a_look_up_that_found_no_dossier_proves_no_entry() -> None:
    assert entry_acknowledged(ENTRY, AT, [call(1, "unknown"), look_up(2, RECORD_ABSENT)]) == OFF_RECORD


def test_an_answer_that_was_lost_with_the_worker_leaves_a_look_up_after_the_entry() -> None:
    calls = [look_up(-1, record_shown(2)), look_up(4, record_shown(3))]
    assert entry_acknowledged(ENTRY, AT, calls) == Acknowledgement(
        calls[1].finished_at, AcknowledgedBy.LOOK_UP
    )


def test_only_a_receipt_for_the_version_acknowledges_a_body() -> None:
    create = call(1, "accepted", Operation.CREATE)
    update = call(2, "accepted", Operation.UPDATE, version=2)
    calls = [create, call(1, "accepted"), call(2, "unknown", Operation.UPDATE, version=3), update]
    receipt = AcknowledgedBy.RECEIPT
    assert body_acknowledged(1, calls) == Acknowledgement(create.finished_at, receipt)
    assert body_acknowledged(2, calls) == Acknowledgement(update.finished_at, receipt)
    assert body_acknowledged(3, calls) == OFF_RECORD


def test_a_night_of_failures_is_one_line_and_what_was_sent_anew_begins_another() -> None:
    night = [call(minute, "not_sent", words="ConnectError") for minute in range(600)]
    changed = [replace(one, request_hash=b"other") for one in (call(601, "not_sent", words="ConnectError"),)]
    first, second = runs_of([*night, *changed])
    assert (first.first, first.count, first.finished_at) == (night[0], 600, night[-1].finished_at)
    assert second.count == 1


@given(st.lists(st.tuples(st.sampled_from(["accepted", "found", "unknown", "not_sent"]), st.booleans())))
def test_no_call_is_lost_or_counted_twice_and_every_receipt_stands_alone(
    kinds: list[tuple[str, bool]],
) -> None:
    calls = [
        call(minute, outcome, Operation.UPDATE if update else Operation.PROGRESS)
        for minute, (outcome, update) in enumerate(kinds)
    ]
    runs = runs_of(calls)
    assert sum(run.count for run in runs) == len(calls)
    assert [run.first.started_at for run in runs] == sorted(run.first.started_at for run in runs)
    receipts = {run.first.call_id for run in runs if run.first.outcome in {"accepted", "found"}}
    assert receipts == {one.call_id for one in calls if one.outcome in {"accepted", "found"}}
