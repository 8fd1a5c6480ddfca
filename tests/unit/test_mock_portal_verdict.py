"""The portal's rules of on time and late, worked by hand from the formula's text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mock_portal.legal_limit import LegalLimit, LimitUnit
from services.mock_portal.verdict import Case, Rule, Standing, Step, VerdictRules, judge

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
INSTANT = VerdictRules()
DATE = VerdictRules(compare="date")


def at(text: str) -> datetime:
    """`09 17:00` is 17:00 in Vietnam on 9 January 2026, a Friday."""
    return datetime.strptime(f"2026-01-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=HANOI)


def steps(*texts: str) -> list[Step]:
    """`9@08 16:00` is status 9 at that time."""
    return [Step(int(status), at(moment)) for status, moment in (text.split("@") for text in texts)]


def case(
    *progress: str,
    due: str | None = "09 17:00",
    body: Sequence[int] = (2,),
    limit: LegalLimit | None = None,
    body_ended: str | None = None,
) -> Case:
    return Case(
        received_at=at("05 08:00"),
        due_at=at(due) if due else None,
        limit=limit,
        body_statuses=body,
        body_ended_at=at(body_ended) if body_ended else None,
        steps=steps(*progress),
    )


@dataclass(frozen=True)
class Worked:
    name: str
    case: Case
    standing: Standing
    rule: Rule | None
    as_of: str = "07 12:00"
    rules: VerdictRules = INSTANT
    ended: str | None = None


ON_TIME, LATE, RUNNING, WAITING, NOT_RECEIVED = (
    Standing.ON_TIME,
    Standing.LATE,
    Standing.RUNNING,
    Standing.WAITING,
    Standing.NOT_RECEIVED,
)
CLOSED, OPEN_SUPPLEMENT, UNFINISHED = Rule.CLOSING_STATUS, Rule.SUPPLEMENT_OPEN, Rule.UNFINISHED
THREE_DAYS: Final = LegalLimit(3, LimitUnit.WORKING_DAY)

TABLE = [
    Worked("finished before the due time", case("2@05 08:00", "9@08 16:00"), ON_TIME, CLOSED),
    Worked("finished at the due time exactly", case("9@09 17:00"), ON_TIME, CLOSED),
    Worked("finished a minute after the due time", case("9@09 17:01"), LATE, CLOSED),
    Worked("same day after the due hour, dates compared", case("9@09 23:59"), ON_TIME, CLOSED, rules=DATE),
    Worked("next day at midnight, dates compared", case("9@10 00:00"), LATE, CLOSED, rules=DATE),
    Worked("9 in time, 10 after: 9 wins", case("9@09 16:00", "10@12 09:00"), ON_TIME, CLOSED, ended="09 16:00"),
    Worked("10 in time, 9 after: 9 still wins", case("10@09 09:00", "9@12 09:00"), LATE, CLOSED, ended="12 09:00"),
    Worked("10 alone ends it", case("4@06 08:00", "10@12 09:00"), LATE, CLOSED, ended="12 09:00"),
    Worked("10 is preferred to an earlier stop", case("8@06 08:00", "10@08 08:00"), ON_TIME, CLOSED, ended="08 08:00"),
    Worked("refused after reception, in time", case("2@05 08:00", "3@06 08:00"), ON_TIME, CLOSED),
    Worked("refused after reception, late", case("2@05 08:00", "3@12 08:00"), LATE, CLOSED),
    Worked("refused without reception", case("1@05 08:00", "3@12 08:00", body=(1, 3)), NOT_RECEIVED, None),
    Worked("withdrawn after reception", case("2@05 08:00", "7@06 08:00"), ON_TIME, CLOSED, ended="06 08:00"),
    Worked("withdrawn without reception", case("1@05 08:00", "7@06 08:00", body=(1,)), NOT_RECEIVED, None),
    Worked("stopped late", case("4@05 08:00", "8@12 08:00"), LATE, CLOSED, ended="12 08:00"),
    Worked("only registered", case("1@05 08:00", body=(1,)), NOT_RECEIVED, None, as_of="20 08:00"),
    Worked("received by the body alone", case(body=(2,)), RUNNING, UNFINISHED),
    Worked("received once, body says refused now", case(body=(2, 3)), RUNNING, UNFINISHED),
    Worked("unfinished, due time ahead", case("2@05 08:00", "4@06 08:00"), RUNNING, UNFINISHED, ended="07 12:00"),
    Worked("unfinished at the due time", case("4@06 08:00"), RUNNING, UNFINISHED, as_of="09 17:00"),
    Worked("unfinished past the due time", case("4@06 08:00"), LATE, UNFINISHED, as_of="09 17:01"),
    Worked("unfinished, due today, dates", case("4@06 08:00"), RUNNING, UNFINISHED, "09 23:59", DATE),
    Worked("unfinished, due yesterday, dates", case("4@06 08:00"), LATE, UNFINISHED, "10 00:00", DATE),
    Worked("body says processed, progress does not", case(body=(2, 9), body_ended="08 08:00"), LATE, UNFINISHED, "12 08:00"),
    Worked(
        "body says processed, body trusted",
        case(body=(2, 9), body_ended="08 08:00"),
        ON_TIME,
        CLOSED,
        "12 08:00",
        VerdictRules(end_from_body=True),
        ended="08 08:00",
    ),
    Worked("supplement open, asked in time", case("5@08 10:00"), WAITING, OPEN_SUPPLEMENT, "20 08:00", ended="08 10:00"),
    Worked("supplement open, asked after the due time", case("5@10 10:00"), LATE, OPEN_SUPPLEMENT, "20 08:00"),
    Worked("asked twice, both open", case("5@06 10:00", "5@06 10:00"), LATE, OPEN_SUPPLEMENT),
    Worked("asked twice, finished in time", case("5@06 10:00", "4@06 15:00", "5@07 10:00", "9@08 10:00"), LATE, OPEN_SUPPLEMENT),
    Worked(
        "asked twice, answered, second counted only while open",
        case("5@06 10:00", "4@06 15:00", "5@07 10:00", "4@07 11:00", "9@08 10:00"),
        ON_TIME,
        CLOSED,
        rules=VerdictRules(second_request_only_while_open=True),
    ),
    Worked("a day of supplement saves a finish a day late", case("5@06 10:00", "4@07 10:00", "9@10 17:00"), ON_TIME, CLOSED),
    Worked("a day of supplement does not save more", case("5@06 10:00", "4@07 10:00", "9@10 17:01"), LATE, CLOSED),
    Worked("answered supplement moves a running due time", case("5@06 10:00", "4@07 10:00"), RUNNING, UNFINISHED, "10 17:00"),
    Worked("and no further", case("5@06 10:00", "4@07 10:00"), LATE, UNFINISHED, "10 17:01"),
    Worked("processed straight after the request", case("5@08 10:00", "9@12 10:00"), ON_TIME, CLOSED, ended="12 10:00"),
    Worked("stopped while waiting: nothing is subtracted", case("5@08 10:00", "8@12 10:00"), LATE, CLOSED),
    Worked("supplement after the end does not count", case("9@09 17:01", "5@12 10:00", "4@15 10:00"), LATE, CLOSED),
    Worked("no due time, inside the legal limit", case("9@08 08:00", due=None, limit=THREE_DAYS), ON_TIME, CLOSED),
    Worked("no due time, past the legal limit", case("9@08 08:01", due=None, limit=THREE_DAYS), LATE, CLOSED),
    Worked("no due time, limit and supplement", case("5@06 08:00", "4@07 08:00", "9@09 08:00", due=None, limit=THREE_DAYS), ON_TIME, CLOSED),
    Worked("no due time and no limit is never late", case("4@06 08:00", due=None), RUNNING, UNFINISHED, "28 08:00"),
    Worked("the first of two 9s ends it", case("9@08 08:00", "9@12 08:00"), ON_TIME, CLOSED, ended="08 08:00"),
    Worked(
        "the last of two 9s, if so read",
        case("9@08 08:00", "9@12 08:00"),
        LATE,
        CLOSED,
        rules=VerdictRules(repeated_closing="last"),
        ended="12 08:00",
    ),
]  # fmt: skip


@pytest.mark.parametrize("worked", TABLE, ids=lambda worked: worked.name)
def test_verdict_is_the_one_worked_by_hand(worked: Worked) -> None:
    verdict = judge(worked.case, as_of=at(worked.as_of), rules=worked.rules)

    assert (verdict.standing, verdict.rule) == (worked.standing, worked.rule)
    if worked.ended is not None:
        assert verdict.ended_at == at(worked.ended)


def test_verdict_states_the_values_it_used() -> None:
    verdict = judge(case("5@06 10:00", "4@07 10:00", "9@10 17:00"), as_of=at("20 08:00"), rules=INSTANT)

    assert verdict.finished
    assert (verdict.ended_at, verdict.ended_by) == (at("10 17:00"), "status_9")
    assert (verdict.due_at, verdict.due_by) == (at("09 17:00"), "NgayHenTra")
    assert (verdict.supplement, verdict.supplement_requests) == (timedelta(days=1), 1)


def test_legal_limit_is_named_as_the_source_of_the_due_time() -> None:
    verdict = judge(case("9@08 08:00", due=None, limit=THREE_DAYS), as_of=at("20 08:00"), rules=INSTANT)

    assert (verdict.due_at, verdict.due_by) == (at("08 08:00"), "legal_limit")


STATUSES = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
MOMENTS = st.integers(min_value=0, max_value=20 * 24 * 60).map(
    lambda m: at("01 00:00") + timedelta(minutes=m)
)
CASES = st.builds(
    Case,
    received_at=st.just(at("01 00:00")),
    due_at=st.none() | MOMENTS,
    limit=st.none() | st.just(THREE_DAYS),
    body_statuses=st.lists(STATUSES, min_size=1, max_size=3),
    body_ended_at=st.none() | MOMENTS,
    steps=st.lists(st.builds(Step, STATUSES, MOMENTS), max_size=6).map(
        lambda s: sorted(s, key=lambda x: x.at)
    ),
)
RULES = st.builds(
    VerdictRules,
    compare=st.sampled_from(["instant", "date"]),
    end_from_body=st.booleans(),
    second_request_only_while_open=st.booleans(),
    repeated_closing=st.sampled_from(["first", "last"]),
)


@given(held=CASES, rules=RULES, earlier=MOMENTS, later=MOMENTS)
def test_waiting_alone_never_makes_a_late_dossier_punctual(
    held: Case, rules: VerdictRules, earlier: datetime, later: datetime
) -> None:
    earlier, later = sorted((earlier, later))
    if judge(held, as_of=earlier, rules=rules).standing is LATE:
        assert judge(held, as_of=later, rules=rules).standing is LATE


@given(held=CASES, rules=RULES, now=MOMENTS)
def test_a_running_dossier_turns_late_right_after_the_moment_announced(
    held: Case, rules: VerdictRules, now: datetime
) -> None:
    announced = judge(held, as_of=now, rules=rules).late_after
    if announced is not None:
        assert judge(held, as_of=announced, rules=rules).standing is RUNNING
        assert judge(held, as_of=announced + timedelta(microseconds=1), rules=rules).standing is LATE


@given(held=CASES, rules=RULES, now=MOMENTS)
def test_a_second_entry_of_the_same_supplement_request_makes_a_received_dossier_late(
    held: Case, rules: VerdictRules, now: datetime
) -> None:
    request = Step(5, at("03 08:00"))
    twice = replace(held, steps=[request, request])

    assert judge(twice, as_of=now, rules=replace(rules, end_from_body=False)).standing is LATE
