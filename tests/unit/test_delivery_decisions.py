"""What is sent next, what an outcome means, and what a look-up proves."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.core.domain.delivery import (
    AskIn,
    Cursor,
    Operation,
    Park,
    ParkCause,
    Proceed,
    RetryIn,
    RetryPolicy,
    Step,
    Target,
    advance,
    ask_again,
    company,
    next_operation,
    next_step,
    pass_over,
    resolve,
)
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Failure,
    Found,
    LookUpOutcome,
    NotSent,
    Outcome,
    PortalEntry,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
    Unsendable,
    outcome_name,
    was_missed,
    was_taken,
)

POLICY = RetryPolicy()
NINE = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def entry(
    seq: int, status: Status = Status.IN_PROCESS, *, minute: int, kind: EntryKind = EntryKind.PROGRESS
) -> ProgressEntry:
    at = NINE + timedelta(minutes=minute, microseconds=seq)
    return ProgressEntry(seq, status, at, "A", None, "B", kind)


def shown(*entries: ProgressEntry) -> PortalRecord:
    """As a portal shows them: to the second, in its own zone."""
    return PortalRecord(
        "D-1",
        tuple(PortalEntry(e.occurred_at.replace(microsecond=0), e.status) for e in entries if e.travels),
    )


def step_after(outcome: Outcome, *, attempt: int = 1, alone: bool = True, jitter: float = 0.0) -> Step:
    return next_step(outcome, alone=alone, attempt=attempt, policy=POLICY, jitter=jitter)


@pytest.mark.parametrize(
    ("cursor", "operation"),
    [
        (Cursor(), Operation.CREATE),
        (Cursor(on_portal=True), Operation.UPDATE),  # born there
        (Cursor(on_portal=True, acked_seq=3), Operation.UPDATE),
        (Cursor(on_portal=True, acked_version=1, acked_seq=3), Operation.UPDATE),
        (Cursor(on_portal=True, acked_version=2), Operation.PROGRESS),
        (Cursor(on_portal=True, acked_version=2, acked_seq=2), Operation.PROGRESS),
        (Cursor(on_portal=True, acked_version=2, acked_seq=3), None),
        (Cursor(on_portal=True, acked_version=3, acked_seq=4), None),
    ],
)
def test_the_body_goes_before_the_entries(cursor: Cursor, operation: Operation | None) -> None:
    assert next_operation(cursor, Target(version=2, seq=3)) is operation


@given(st.integers(1, 5), st.integers(1, 9))
def test_accepted_calls_lead_to_the_end_in_at_most_three_steps(version: int, seq: int) -> None:
    cursor, target, calls = Cursor(), Target(version, seq), []
    while (operation := next_operation(cursor, target)) is not None:
        calls.append(operation)
        cursor = advance(cursor, operation, version=version, seq=seq)
    assert calls == [Operation.CREATE, Operation.PROGRESS]
    assert cursor == Cursor(on_portal=True, acked_version=version, acked_seq=seq)


@pytest.mark.parametrize("operation", [Operation.LOGIN, Operation.LOOK_UP])
def test_questions_do_not_move_the_cursor(operation: Operation) -> None:
    cursor = Cursor(on_portal=True, acked_version=1, acked_seq=1)
    assert advance(cursor, operation, version=9, seq=9) == cursor


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        (Accepted("Thành công"), Proceed("Thành công")),
        (AlreadyExists("đã tồn tại"), AskIn(seconds(1), "already exists")),
        (Unsendable("TenTTHC is missing"), Park(ParkCause.UNSENDABLE, "TenTTHC is missing")),
        (Rejected("-1", "Sai mã"), Park(ParkCause.REFUSED, "-1: Sai mã")),
        (Throttled(None), RetryIn(seconds(1), "throttled")),
        (Throttled(seconds(90)), RetryIn(seconds(90), "throttled")),
        (Throttled(seconds(86_400)), RetryIn(seconds(900), "throttled")),
        (AuthRefused("HTTP 403"), RetryIn(seconds(1), "auth: HTTP 403")),
        (NotSent("ConnectError"), RetryIn(seconds(1), "not_sent: ConnectError")),
        (Unknown("HTTP 502"), AskIn(seconds(5), "unknown: HTTP 502")),
        (Unknown("TimeoutError", lingering=True), AskIn(seconds(40), "unknown: TimeoutError")),
    ],
)
def test_the_first_outcome_leads_to(outcome: Outcome, step: Step) -> None:
    assert step_after(outcome) == step


def test_a_refusal_in_company_blames_nobody() -> None:
    assert step_after(Rejected("-1", "Sai"), alone=False) == AskIn(seconds(1), "refused in company: -1")


OUTCOMES: list[Outcome] = [
    Accepted("ok"),
    AlreadyExists("đã tồn tại"),
    Unsendable("x"),
    Rejected("-1", "x"),
    Throttled(None),
    Throttled(seconds(3)),
    AuthRefused("x"),
    NotSent("x"),
    Unknown("x"),
    Unknown("x", lingering=True),
]
attempts = st.integers(1, 10_000)
jitters = st.floats(0, 1, exclude_max=True)


@given(st.sampled_from(OUTCOMES), attempts, jitters, st.booleans())
def test_only_acceptance_moves_on_and_no_number_of_attempts_gives_up(
    outcome: Outcome, attempt: int, jitter: float, alone: bool
) -> None:
    step = next_step(outcome, alone=alone, attempt=attempt, policy=POLICY, jitter=jitter)
    first = next_step(outcome, alone=alone, attempt=1, policy=POLICY, jitter=jitter)
    assert isinstance(step, Proceed) == isinstance(outcome, Accepted)
    assert type(step) is type(first)
    if isinstance(outcome, Unknown | AlreadyExists):
        assert isinstance(step, AskIn)
    if isinstance(step, RetryIn | AskIn):
        assert seconds(POLICY.base) <= step.delay <= seconds(POLICY.cap)


@given(attempts, jitters)
def test_waiting_times_grow_and_stay_within_bounds(attempt: int, jitter: float) -> None:
    assert seconds(POLICY.base) <= POLICY.delay(attempt, jitter) <= POLICY.delay(attempt + 1, jitter)
    assert POLICY.delay(attempt, jitter) <= seconds(POLICY.cap)
    assert POLICY.unknown_delay(attempt, jitter) <= POLICY.delay(attempt, jitter)
    assert seconds(POLICY.base) <= POLICY.outage_delay(attempt, jitter) <= seconds(POLICY.outage_cap)


def test_after_a_long_outage_nobody_waits_longer_than_half_a_minute() -> None:
    for outcome in (NotSent("ConnectError"), AuthRefused("HTTP 401")):
        step = step_after(outcome, attempt=500, jitter=0.999)
        assert isinstance(step, RetryIn)
        assert step.delay <= seconds(30)
    assert ask_again(Unknown("x"), attempt=500, policy=POLICY, jitter=0.999).delay <= seconds(30)


def test_a_cap_below_the_base_does_not_turn_time_around() -> None:
    policy = RetryPolicy(base=5, cap=2)
    assert policy.delay(7, 0.5) == policy.outage_delay(7, 0.5) == seconds(5)


@pytest.mark.parametrize(
    ("failure", "step"),
    [
        (Rejected("-1", "x"), AskIn(seconds(1), "look-up: rejected")),
        (NotSent("x"), AskIn(seconds(1), "look-up: not_sent")),
        (Unknown("x", lingering=True), AskIn(seconds(1), "look-up: unknown")),
        (AuthRefused("x"), AskIn(seconds(1), "look-up: auth")),
        (Throttled(seconds(77)), AskIn(seconds(77), "look-up: throttled")),
        (Throttled(seconds(7_777)), AskIn(seconds(900), "look-up: throttled")),
        (Throttled(None), AskIn(seconds(1), "look-up: throttled")),
    ],
)
def test_a_look_up_without_an_answer_is_repeated(failure: Failure, step: AskIn) -> None:
    assert ask_again(failure, attempt=1, policy=POLICY, jitter=0.0) == step


@pytest.mark.parametrize(
    ("outcome", "name", "taken", "missed"),
    [
        (Accepted(""), "accepted", True, False),
        (AlreadyExists(""), "already_exists", True, False),
        (Rejected("", ""), "rejected", True, False),
        (Found(None), "found", True, False),
        (Throttled(None), "throttled", False, False),
        (AuthRefused(""), "auth", False, False),
        (Unsendable(""), "unsendable", False, False),
        (NotSent(""), "not_sent", False, True),
        (Unknown(""), "unknown", False, True),
    ],
)
def test_outcomes_are_named_and_sorted(
    outcome: Outcome | LookUpOutcome, name: str, *, taken: bool, missed: bool
) -> None:
    assert (outcome_name(outcome), was_taken(outcome), was_missed(outcome)) == (name, taken, missed)


def test_a_suspect_travels_in_ever_smaller_company() -> None:
    assert [company(50, attempt=n, suspect=True) for n in range(1, 9)] == [50, 25, 12, 6, 3, 1, 1, 1]
    assert company(50, attempt=99, suspect=False) == 50
    assert company(1, attempt=1, suspect=True) == 1


def test_lines_that_stay_at_home_are_passed_over() -> None:
    entries = [
        entry(1, Status.RECEIVED, minute=0),
        entry(2, minute=1, kind=EntryKind.APOLOGY),
        entry(3, minute=2, kind=EntryKind.CORRECTION),
        entry(4, minute=3),
        entry(5, minute=4, kind=EntryKind.EXTENSION),
    ]
    assert [pass_over(Cursor(acked_seq=n), entries).acked_seq for n in range(6)] == [0, 3, 3, 3, 5, 5]


@st.composite
def histories(draw: st.DrawFn) -> list[ProgressEntry]:
    """Draw a history with repeated statuses, several steps in one second, and lines that stay at home."""
    entries: list[ProgressEntry] = []
    minute = 0
    for seq in range(1, draw(st.integers(1, 8)) + 1):
        minute += draw(st.integers(0, 1))
        kind = EntryKind.PROGRESS if seq == 1 else draw(st.sampled_from(EntryKind))
        status = draw(st.sampled_from([Status.IN_PROCESS, Status.SUPPLEMENT_REQUESTED, Status.FINISHED]))
        entries.append(entry(seq, status, minute=minute, kind=kind))
    return entries


@given(histories(), st.data())
def test_any_beginning_that_the_portal_shows_is_recognised_as_such(
    entries: list[ProgressEntry], data: st.DataObject
) -> None:
    known = data.draw(st.integers(0, len(entries)))
    acked = data.draw(st.integers(0, known))
    order = data.draw(st.permutations(entries[:known]))
    cursor = Cursor(on_portal=True, acked_version=1, acked_seq=acked)

    resolved = resolve(shown(*order), cursor, entries, born_on_portal=False)

    assert resolved == pass_over(Cursor(True, 1, known), entries)
    assert isinstance(resolved, Cursor)
    assert not any(e.travels for e in entries[known : resolved.acked_seq]), "nothing is taken for sent"


@given(histories(), st.data(), st.booleans())
def test_a_shown_entry_is_never_sent_again(
    entries: list[ProgressEntry], data: st.DataObject, born_on_portal: bool
) -> None:
    """Whatever the portal shows: either a person looks, or what is sent next completes it to our history."""
    shown_ones = [e for e in entries if data.draw(st.integers(0, 2)) > 0] + data.draw(
        st.lists(st.sampled_from(entries), max_size=2)
    )
    record = shown(*shown_ones)
    assert record.entries is not None
    cursor = Cursor(on_portal=True, acked_version=1, acked_seq=0)

    resolved = resolve(record, cursor, entries, born_on_portal=born_on_portal)

    if isinstance(resolved, Park):
        assert resolved.cause is ParkCause.CONFLICT
        assert not born_on_portal
        return
    to_send = shown(*entries[resolved.acked_seq :]).entries
    assert to_send is not None
    if not born_on_portal:
        complete = shown(*entries).entries
        assert complete is not None
        assert sorted((*record.entries, *to_send), key=repr) == sorted(complete, key=repr)


@given(histories(), st.data())
def test_what_was_acknowledged_must_still_be_there(entries: list[ProgressEntry], data: st.DataObject) -> None:
    acked = data.draw(st.integers(1, len(entries)))
    known = data.draw(st.integers(0, acked - 1))
    assume(any(e.travels for e in entries[known:acked]))
    cursor = Cursor(on_portal=True, acked_version=1, acked_seq=acked)
    resolved = resolve(shown(*entries[:known]), cursor, entries, born_on_portal=False)
    assert isinstance(resolved, Park)
    assert resolved.cause is ParkCause.CONFLICT


def test_the_order_of_supplements_and_answers_is_read_by_time() -> None:
    ours = [entry(1, Status.RECEIVED, minute=0), entry(2, minute=1), entry(3, minute=2), entry(4, minute=3)]
    with_a_gap = shown(ours[0], ours[2])
    resolved = resolve(with_a_gap, Cursor(on_portal=True, acked_version=1), ours, born_on_portal=False)
    assert isinstance(resolved, Park)
    assert resolved.detail == "portal shows 2 entries, ours in order up to 1"


def test_only_a_dossier_born_there_may_carry_entries_of_the_portals_own() -> None:
    ours = [entry(1, Status.RECEIVED, minute=5), entry(2, minute=6)]
    own = entry(9, Status.REGISTERED, minute=0)
    cursor = Cursor(on_portal=True)
    assert resolve(shown(own, ours[0]), cursor, ours, born_on_portal=True) == Cursor(
        on_portal=True, acked_seq=1
    )
    stranger = resolve(shown(own, ours[0]), cursor, ours, born_on_portal=False)
    assert isinstance(stranger, Park)


@pytest.mark.parametrize(
    ("cursor", "resolved"),
    [
        (Cursor(), Cursor()),
        (
            Cursor(on_portal=True, acked_version=1, acked_seq=1),
            Park(ParkCause.CONFLICT, "the portal should know the dossier, and says that it does not"),
        ),
    ],
)
def test_a_dossier_that_is_not_there(cursor: Cursor, resolved: Cursor | Park) -> None:
    assert resolve(None, cursor, [entry(1, minute=0)], born_on_portal=False) == resolved


@pytest.mark.parametrize(
    ("cursor", "resolved"),
    [
        (Cursor(), Cursor(on_portal=True)),
        (Cursor(on_portal=True), Cursor(on_portal=True)),
        (Cursor(on_portal=True, acked_version=1, acked_seq=2), Cursor(True, 1, 2)),
        (
            Cursor(on_portal=True, acked_version=1, acked_seq=1),
            Park(ParkCause.UNPROVABLE, "the portal does not show the entries that it holds"),
        ),
    ],
)
def test_a_portal_without_histories_proves_what_it_can(cursor: Cursor, resolved: Cursor | Park) -> None:
    ours = [entry(1, minute=0), entry(2, minute=1)]
    assert resolve(PortalRecord("D-1", None), cursor, ours, born_on_portal=False) == resolved


def test_the_ceiling_of_a_wait_triples() -> None:
    for earlier, later in pairwise(POLICY.delay(n, 0.999_999) for n in range(1, 6)):
        assert later > 2 * earlier
