"""The portal's rules of on time and late (portal-interface 5.1) worked by hand, and what always holds."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.core.domain.dossier import ENDING, TRANSITIONS, EntryKind, ProgressEntry, Status
from services.core.domain.verdict import (
    VIETNAM,
    Comparison,
    Rule,
    StatusAt,
    Verdict,
    flag_while_running,
    judged,
    portal_flag,
    view_of,
)
from services.mock_portal import verdict as mock

INSTANT, DATE_ONLY = Comparison.INSTANT, Comparison.DATE_ONLY
NEVER = "never"
SHORT = {"open": Rule.SUPPLEMENT_OPEN, "repeated": Rule.SUPPLEMENT_REPEATED}

# Due on the 9th at 17:00 unless the case says otherwise; `9@08 16:00` is status 9 on 8 January at 16:00. Then
# the first instant that counts as late when instants are compared, when dates are, and the rule that decided.
TABLE = """
still being worked on        | 2@05 08:00, 4@06 08:00             | 09 17:00:01 | 10 00:00 | running
finished before the due time | 2@05 08:00, 9@08 16:00             | never       | never    | ended
finished on the dot          | 2@05 08:00, 9@09 17:00             | never       | never    | ended
finished a second later      | 2@05 08:00, 9@09 17:00:01          | 09 17:00:01 | never    | ended
finished later the same day  | 2@05 08:00, 9@09 23:59:59          | 09 17:00:01 | never    | ended
finished at midnight         | 2@05 08:00, 9@10 00:00             | 09 17:00:01 | 10 00:00 | ended
9 in time, handed out late   | 2@05 08:00, 9@08 16:00, 10@20 9:00 | never       | never    | ended
10 in time, and 9 too late   | 2@05 08:00, 10@08 9:00, 9@10 09:00 | 09 17:00:01 | 10 00:00 | ended
handed out, never finished   | 2@05 08:00, 10@10 09:00            | 09 17:00:01 | 10 00:00 | ended
10 wins over a late stop     | 2@05 08:00, 10@08 9:00, 8@12 09:00 | never       | never    | ended
9 wins over an early stop    | 2@05 08:00, 8@06 09:00, 9@12 09:00 | 09 17:00:01 | 10 00:00 | ended
stopped in time              | 2@05 08:00, 8@09 16:59             | never       | never    | ended
stopped too late             | 2@05 08:00, 8@12 09:00             | 09 17:00:01 | 10 00:00 | ended
withdrawn in time            | 2@05 08:00, 7@06 09:00             | never       | never    | ended
refused after the reception  | 2@05 08:00, 3@12 09:00             | 09 17:00:01 | 10 00:00 | ended
nothing but registered       | 1@05 08:00                         | never       | never    | not_received
refused before the reception | 1@05 08:00, 3@12 09:00             | never       | never    | not_received
withdrawn before it          | 1@05 08:00, 7@12 09:00             | never       | never    | not_received
asked before it, no answer   | 1@05 08:00, 5@06 09:00             | never       | never    | not_received
never shown at all           |                                    | never       | never    | not_received
processing implies reception | 4@05 08:00                         | 09 17:00:01 | 10 00:00 | running
asked in time, no answer yet | 2@05 08:00, 5@08 09:00             | never       | never    | open
asked on the dot             | 2@05 08:00, 5@09 17:00             | never       | never    | open
asked too late               | 2@05 08:00, 5@09 17:30             | 09 17:00:01 | never    | open
asked the day after          | 2@05 08:00, 5@10 09:00             | 09 17:00:01 | 10 00:00 | open
a day with the citizen       | 2@05 08:00, 5@06 09:00, 4@07 09:00 | 10 17:00:01 | 11 00:00 | running
eight hours with the citizen | 2@05 08:00, 5@06 09:00, 4@06 17:00 | 10 01:00:01 | 10 08:00 | running
finished within that day     | 5@06 09:00, 4@07 09:00, 9@10 17:00 | never       | never    | ended
finished after it            | 5@06 09:00, 4@07 09:00, 9@11 08:00 | 10 17:00:01 | 11 00:00 | ended
stopped for want of answer   | 2@05 08:00, 5@06 09:00, 8@12 09:00 | 09 17:00:01 | 10 00:00 | ended
taken back while asked       | 2@05 08:00, 5@06 09:00, 7@09 09:00 | never       | never    | ended
asked a second time          | 2@05 08:00, 5@06 09:00, 5@07 09:00 | 07 09:00    | 07 09:00 | repeated
asked twice, yet in time     | 5@06 9:00, 4@06 15:00, 5@07 9:00, 9@08 09:00 | 07 09:00 | 07 09:00 | repeated
one request, stored twice    | 2@05 08:00, 5@06 09:00, 5@06 09:00 | 06 09:00    | 06 09:00 | repeated
asked twice before reception | 1@05 08:00, 5@06 09:00, 5@07 09:00 | 07 09:00    | 07 09:00 | repeated
waiting for a payment        | 2@05 08:00, 6@06 09:00             | 09 17:00:01 | 10 00:00 | running
"""


def instant(text: str) -> datetime:
    day, clock = text.split()
    return datetime.combine(date(2026, 1, int(day)), time.fromisoformat(clock.zfill(5)), tzinfo=VIETNAM)


def history(text: str) -> list[StatusAt]:
    steps = [step.strip() for step in text.split(",") if step.strip()]
    return [StatusAt(Status(int(s.split("@")[0])), instant(s.split("@")[1])) for s in steps]


DUE = instant("09 17:00")
CASES = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("name", "steps", "by_instant", "by_date", "rule"), CASES, ids=[c[0] for c in CASES])
@pytest.mark.parametrize("comparison", Comparison)
def test_the_portal_says(
    name: str, steps: str, by_instant: str, by_date: str, rule: str, *, comparison: Comparison
) -> None:
    expected = by_instant if comparison is INSTANT else by_date
    view = view_of(history(steps), due_at=DUE, comparison=comparison)
    assert view.rule is (SHORT.get(rule) or Rule(rule)), name
    assert view.flagged_at == (None if expected == NEVER else instant(expected)), name


def test_without_a_due_time_the_legal_maximum_counts_from_the_reception() -> None:
    steps = history("1@05 07:00, 2@05 08:00, 5@06 08:00, 4@06 12:00")
    view = view_of(steps, due_at=None, legal_maximum=timedelta(days=3), comparison=INSTANT)
    assert view.flagged_at == instant("08 12:00:01")


def test_without_any_limit_nothing_becomes_late() -> None:
    view = view_of(history("2@05 08:00, 9@30 08:00"), due_at=None, comparison=INSTANT)
    assert (view.flagged_at, view.rule, view.ended_at) == (None, Rule.NO_DUE_TIME, instant("30 08:00"))


def test_a_due_time_counts_before_the_legal_maximum() -> None:
    view = view_of(history("2@05 08:00"), due_at=DUE, legal_maximum=timedelta(days=1), comparison=INSTANT)
    assert view.flagged_at == instant("09 17:00:01")


def test_the_day_ends_in_vietnam_wherever_the_server_stands() -> None:
    late_evening = datetime(2026, 1, 9, 23, 30, tzinfo=VIETNAM).astimezone(UTC)
    assert late_evening.day == 9
    next_day = flag_while_running(late_evening, DATE_ONLY)
    assert next_day == datetime(2026, 1, 9, 17, 0, tzinfo=UTC)
    early_morning = datetime(2026, 1, 9, 0, 30, tzinfo=VIETNAM).astimezone(UTC)
    assert early_morning.day == 8
    assert flag_while_running(early_morning, DATE_ONLY) == next_day


def test_parts_of_a_second_do_not_travel_and_do_not_count() -> None:
    due = DUE.replace(microsecond=400_000)
    ended = [
        StatusAt(Status.RECEIVED, instant("05 08:00")),
        StatusAt(Status.FINISHED, DUE.replace(microsecond=999_999)),
    ]
    assert view_of(ended, due_at=due, comparison=INSTANT).flagged_at is None
    asked = [
        StatusAt(Status.RECEIVED, instant("05 08:00")),
        StatusAt(Status.SUPPLEMENT_REQUESTED, instant("06 08:00:00").replace(microsecond=900_000)),
        StatusAt(Status.IN_PROCESS, instant("06 08:00:02").replace(microsecond=100_000)),
        StatusAt(Status.FINISHED, DUE + timedelta(seconds=2)),
    ]
    assert view_of(asked, due_at=DUE, comparison=INSTANT).flagged_at is None


def test_a_view_says_late_from_the_flag_on() -> None:
    view = view_of(history("2@05 08:00"), due_at=DUE, comparison=INSTANT)
    assert view.verdict(instant("09 17:00")) is Verdict.ON_TIME
    assert view.verdict(instant("09 17:00:01")) is Verdict.LATE
    assert view_of([], due_at=DUE, comparison=INSTANT).verdict(instant("30 08:00")) is Verdict.ON_TIME


def test_only_progress_is_judged() -> None:
    entries = [
        ProgressEntry(seq, status, instant(at), "A", None, "B", kind)
        for seq, (status, at, kind) in enumerate(
            [
                (Status.RECEIVED, "05 08:00", EntryKind.PROGRESS),
                (Status.SUPPLEMENT_REQUESTED, "06 08:00", EntryKind.PROGRESS),
                (Status.SUPPLEMENT_REQUESTED, "07 08:00", EntryKind.CORRECTION),
                (Status.IN_PROCESS, "08 08:00", EntryKind.PROGRESS),
                (Status.IN_PROCESS, "08 09:00", EntryKind.EXTENSION),
                (Status.IN_PROCESS, "08 10:00", EntryKind.APOLOGY),
            ],
            start=1,
        )
    ]
    assert judged(entries) == history("2@05 08:00, 5@06 08:00, 4@08 08:00")


@pytest.mark.parametrize(
    ("acknowledged", "portal_due", "flagged"),
    [
        ("", None, "09 17:00:01"),  # it is not there: as though it ran there
        ("", "08 17:00", "08 17:00:01"),  # there without history, with an older due time
        ("1@05 08:00", "09 17:00", "09 17:00:01"),  # the rest of the history is still with us
        ("2@05 08:00, 4@06 08:00", "08 17:00", "08 17:00:01"),
        ("2@05 08:00, 9@06 08:00", "08 17:00", NEVER),
        ("1@05 08:00, 3@06 08:00", "08 17:00", NEVER),  # over before it was received: not judged
        ("1@05 08:00, 7@06 08:00", None, NEVER),
        ("2@05 08:00, 5@06 08:00", "09 17:00", NEVER),
        ("2@05 08:00", None, NEVER),  # a body without due time cannot make it late
    ],
)
def test_the_portal_turns_late_at(acknowledged: str, portal_due: str | None, flagged: str) -> None:
    at = portal_flag(
        history(acknowledged),
        portal_due_at=None if portal_due is None else instant(portal_due),
        due_at=DUE,
        comparison=INSTANT,
    )
    assert at == (None if flagged == NEVER else instant(flagged))


@st.composite
def lives(draw: st.DrawFn, *, second_request: bool = True) -> list[StatusAt]:
    """Draw a history that the life of a dossier allows."""
    at = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
    status: Status | None = None
    steps: list[StatusAt] = []
    for _ in range(draw(st.integers(1, 8))):
        allowed = sorted(TRANSITIONS[status])
        asked = any(step.status is Status.SUPPLEMENT_REQUESTED for step in steps)
        if asked and not second_request:
            allowed = [to for to in allowed if to is not Status.SUPPLEMENT_REQUESTED]
        if not allowed:
            break
        status = draw(st.sampled_from(allowed))
        at += timedelta(seconds=draw(st.integers(0, 200_000)))
        steps.append(StatusAt(status, at))
    return steps


dues = st.datetimes(datetime(2026, 1, 4), datetime(2026, 1, 16), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is given beside it


@given(lives(), dues, st.sampled_from(Comparison))
def test_what_ended_in_time_is_on_time_for_ever(
    steps: list[StatusAt], due: datetime, comparison: Comparison
) -> None:
    requests = sum(step.status is Status.SUPPLEMENT_REQUESTED for step in steps)
    ends = [step.at for step in steps if step.status in ENDING]
    if not ends or max(ends) > due or requests > 1:
        return
    view = view_of(steps, due_at=due, comparison=comparison)
    assert view.flagged_at is None
    assert view.verdict(datetime.max.replace(tzinfo=UTC)) is Verdict.ON_TIME


@given(lives(), dues)
def test_comparing_dates_is_never_stricter_than_comparing_instants(
    steps: list[StatusAt], due: datetime
) -> None:
    by_date = view_of(steps, due_at=due, comparison=DATE_ONLY).flagged_at
    by_instant = view_of(steps, due_at=due, comparison=INSTANT).flagged_at
    assert by_date is None or (by_instant is not None and by_date >= by_instant)


@given(lives(second_request=False), dues, st.sampled_from(Comparison))
def test_no_part_of_a_history_makes_the_portal_flag_earlier_than_its_absence(
    steps: list[StatusAt], due: datetime, comparison: Comparison
) -> None:
    absent = flag_while_running(due, comparison)
    assert absent is not None
    for known in range(len(steps) + 1):
        flag = portal_flag(steps[:known], portal_due_at=due, due_at=due, comparison=comparison)
        assert flag is None or flag >= absent


@given(lives(second_request=False), dues, st.sampled_from(Comparison))
def test_a_history_that_is_on_time_never_needs_more_than_to_be_delivered(
    steps: list[StatusAt], due: datetime, comparison: Comparison
) -> None:
    """If the desk is on time at an instant, the portal says the same once it has everything."""
    desk = view_of(steps, due_at=due, comparison=comparison)
    if desk.rule is Rule.NOT_RECEIVED:
        return
    assert portal_flag(steps, portal_due_at=due, due_at=due, comparison=comparison) == desk.flagged_at


@given(lives(), dues, st.sampled_from(Comparison), st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_later_due_time_never_makes_a_verdict_worse(
    steps: list[StatusAt], due: datetime, comparison: Comparison, more: timedelta
) -> None:
    before = view_of(steps, due_at=due, comparison=comparison).flagged_at
    after = view_of(steps, due_at=due + more, comparison=comparison).flagged_at
    assert after is None or (before is not None and after >= before)


@settings(max_examples=500)
@given(lives(), dues, st.sampled_from(Comparison), st.datetimes(datetime(2026, 1, 4), datetime(2026, 2, 4)))  # noqa: DTZ001 - as above
def test_an_independent_reading_of_the_rules_comes_to_the_same(
    steps: list[StatusAt], due: datetime, comparison: Comparison, now: datetime
) -> None:
    """The mock portal's engine was written from the rules alone; both read what travels, whole seconds."""
    ours = view_of(steps, due_at=due, comparison=comparison)
    if ours.rule is Rule.NOT_RECEIVED:
        return
    as_of = max(now.replace(microsecond=0, tzinfo=UTC), *(step.at for step in steps))
    case = mock.Case(
        received_at=steps[0].at,
        due_at=due.replace(microsecond=0),
        limit=None,
        body_statuses=[int(steps[-1].status)],
        body_ended_at=None,
        steps=[mock.Step(int(step.status), step.at) for step in steps],
    )
    rules = mock.VerdictRules(compare="date" if comparison is DATE_ONLY else "instant")
    theirs = mock.judge(case, as_of=as_of, rules=rules)
    assert (ours.verdict(as_of) is Verdict.LATE) == (theirs.standing is mock.Standing.LATE)
