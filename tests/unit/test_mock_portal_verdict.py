"""The portal's rules of on time and late, worked by hand from the formula's text."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mock_portal.legal_limit import LegalLimit, LimitUnit
from services.mock_portal.verdict import Case, Standing, Step, VerdictRules, judge

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
INSTANT = VerdictRules()
THREE_DAYS: Final = LegalLimit(3, LimitUnit.WORKING_DAY)
READINGS: Final = {
    "instant": INSTANT,
    "date": VerdictRules(compare="date"),
    "body": VerdictRules(end_from_body=True),
    "open": VerdictRules(second_request_only_while_open=True),
    "last": VerdictRules(repeated_closing="last"),
}

# Name | statuses the body has carried | due time | progress | end of period | reading | standing, rule, end.
# Everything was received on 5 January 2026 at 8:00; `9@08.1630` is status 9 on the 8th at 16:30. `limit` as
# due time stands for none, but a legal limit of three working days, which ends on 8 January at 8:00.
TABLE: Final = """
finished before the due time        |2  |09.17|2@05.08 9@08.16                |20.08  |instant|on_time 2 08.16
finished at the due time exactly    |2  |09.17|9@09.17                        |20.08  |instant|on_time 2 09.17
finished a minute after it          |2  |09.17|9@09.1701                      |20.08  |instant|late 2 09.1701
same day after the due hour         |2  |09.17|9@09.23                        |20.08  |date   |on_time 2 09.23
the next day at midnight            |2  |09.17|9@10.00                        |20.08  |date   |late 2 10.00
9 in time and 10 after: 9 wins      |2  |09.17|9@09.16 10@12.09               |20.08  |instant|on_time 2 09.16
10 in time and 9 after: 9 still wins|2  |09.17|10@09.09 9@12.09               |20.08  |instant|late 2 12.09
10 alone ends it                    |2  |09.17|4@06.08 10@12.09               |20.08  |instant|late 2 12.09
10 is preferred to an earlier stop  |2  |09.17|8@06.08 10@08.08               |20.08  |instant|on_time 2 08.08
refused after reception, in time    |2  |09.17|2@05.08 3@06.08                |20.08  |instant|on_time 2 06.08
refused after reception, late       |2  |09.17|2@05.08 3@12.08                |20.08  |instant|late 2 12.08
refused without reception           |1>3|09.17|1@05.08 3@12.08                |20.08  |instant|not_received
withdrawn after reception           |2  |09.17|2@05.08 7@06.08                |20.08  |instant|on_time 2 06.08
withdrawn without reception         |1  |09.17|1@05.08 7@06.08                |20.08  |instant|not_received
stopped late                        |1  |09.17|4@05.08 8@12.08                |20.08  |instant|late 2 12.08
only registered                     |1  |09.17|1@05.08                        |20.08  |instant|not_received
received, says the body alone       |2  |09.17|                               |07.12  |instant|running 6 07.12
received once, body says refused now|2>3|09.17|                               |07.12  |instant|running 6 07.12
unfinished, due time ahead          |1  |09.17|2@05.08 4@06.08                |07.12  |instant|running 6 07.12
unfinished at the due time          |1  |09.17|4@06.08                        |09.17  |instant|running 6 09.17
unfinished past the due time        |1  |09.17|4@06.08                        |09.1701|instant|late 6 09.1701
unfinished and due today            |1  |09.17|4@06.08                        |09.23  |date   |running 6 09.23
unfinished and due yesterday        |1  |09.17|4@06.08                        |10.00  |date   |late 6 10.00
processed, says the body alone      |2>9|09.17|4@06.08                        |12.08  |instant|late 6 12.08
processed, says a trusted body      |2>9|09.17|4@06.08                        |12.08  |body   |on_time 2 08.08
a trusted body yields to the log    |2>9|09.17|9@12.07                        |12.08  |body   |late 2 12.07
supplement open, asked in time      |2  |09.17|5@08.10                        |20.08  |instant|waiting 3 08.10
supplement open, asked too late     |2  |09.17|5@10.10                        |20.08  |instant|late 3 10.10
the same request stored twice       |2  |09.17|5@06.10 5@06.10                |07.12  |instant|late 3
asked twice, answered, in time      |2  |09.17|5@06.10 4@06.15 5@07.10 9@08.10|20.08  |instant|late 3 08.10
asked twice, second one forgiven    |2  |09.17|5@06.10 4@06.15 5@07.10 9@08.10|20.08  |open   |on_time 2 08.10
asked twice, second one open        |2  |09.17|5@06.10 4@06.15 5@07.10        |20.08  |open   |late 3
a day of supplement saves a day     |2  |09.17|5@06.10 4@07.10 9@10.17        |20.08  |instant|on_time 2 10.17
and no minute more                  |2  |09.17|5@06.10 4@07.10 9@10.1701      |20.08  |instant|late 2 10.1701
answered, still running in time     |2  |09.17|5@06.10 4@07.10                |10.17  |instant|running 6 10.17
answered, running too long          |2  |09.17|5@06.10 4@07.10                |10.1701|instant|late 6 10.1701
processed straight after the request|2  |09.17|5@08.10 9@12.10                |20.08  |instant|on_time 2 12.10
stopped while waiting               |2  |09.17|5@08.10 8@12.10                |20.08  |instant|late 2 12.10
a supplement after the end          |2  |09.17|9@09.1701 5@12.10 4@15.10      |20.08  |instant|late 2 09.1701
money asked for stops no clock      |2  |09.17|6@06.10 4@08.10 9@09.18        |20.08  |instant|late 2 09.18
no due time, inside the legal limit |2  |limit|9@08.08                        |20.08  |instant|on_time 2 08.08
no due time, past the legal limit   |2  |limit|9@08.0801                      |20.08  |instant|late 2 08.0801
legal limit and a day of supplement |2  |limit|5@06.08 4@07.08 9@09.08        |20.08  |instant|on_time 2 09.08
no due time and no limit            |2  |     |4@06.08                        |28.08  |instant|running 6 28.08
the first of two 9s ends it         |2  |09.17|9@08.08 9@12.08                |20.08  |instant|on_time 2 08.08
the last of two 9s, if so read      |2  |09.17|9@08.08 9@12.08                |20.08  |last   |late 2 12.08
"""


def at(text: str) -> datetime:
    """`09.17` and `09.1700` are 17:00 in Vietnam on 9 January 2026, a Friday."""
    return datetime.strptime(f"2026-01-{text:0<7}", "%Y-%m-%d.%H%M").replace(tzinfo=HANOI)


def case(*, due: str, body: str = "2", progress: str = "") -> Case:
    entries = (text.split("@") for text in progress.split())
    return Case(
        received_at=at("05.08"),
        due_at=at(due) if due not in ("", "limit") else None,
        limit=THREE_DAYS if due == "limit" else None,
        body_statuses=[int(status) for status in body.split(">")],
        body_ended_at=at("08.08"),
        steps=[Step(int(status), at(moment)) for status, moment in entries],
    )


@pytest.mark.parametrize("row", TABLE.strip().splitlines(), ids=lambda row: row.split("|")[0].strip())
def test_verdict_is_the_one_worked_by_hand(row: str) -> None:
    _, body, due, progress, as_of, reading, expected = (cell.strip() for cell in row.split("|"))

    verdict = judge(case(due=due, body=body, progress=progress), as_of=at(as_of), rules=READINGS[reading])

    standing, rule, ended = (*expected.split(" ", 2), "", "")[:3]
    assert verdict.standing == standing
    assert verdict.rule == (int(rule) if rule else None)
    assert not ended or verdict.ended_at == at(ended)


def test_verdict_states_the_values_it_used() -> None:
    held = case(due="09.17", progress="5@06.10 4@07.10 9@10.17")

    verdict = judge(held, as_of=at("20.08"), rules=INSTANT)

    assert verdict.finished
    assert (verdict.ended_at, verdict.ended_by) == (at("10.17"), "status_9")
    assert (verdict.due_at, verdict.due_by) == (at("09.17"), "NgayHenTra")
    assert (verdict.supplement, verdict.supplement_requests) == (timedelta(days=1), 1)


def test_legal_limit_is_named_as_the_source_of_the_due_time() -> None:
    verdict = judge(case(due="limit", progress="9@08.08"), as_of=at("20.08"), rules=INSTANT)

    assert (verdict.due_at, verdict.due_by) == (at("08.08"), "legal_limit")


STATUSES = st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
MOMENTS = st.integers(min_value=0, max_value=20 * 24 * 60).map(lambda m: at("01.00") + timedelta(minutes=m))
CASES = st.builds(
    Case,
    received_at=st.just(at("01.00")),
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
    if judge(held, as_of=earlier, rules=rules).standing is Standing.LATE:
        assert judge(held, as_of=later, rules=rules).standing is Standing.LATE


@given(held=CASES, rules=RULES, now=MOMENTS)
def test_a_running_dossier_turns_late_right_after_the_moment_announced(
    held: Case, rules: VerdictRules, now: datetime
) -> None:
    announced = judge(held, as_of=now, rules=rules).late_after
    if announced is not None:
        assert judge(held, as_of=announced, rules=rules).standing is Standing.RUNNING
        assert judge(held, as_of=announced + timedelta(microseconds=1), rules=rules).standing is Standing.LATE


@given(held=CASES, rules=RULES, now=MOMENTS)
def test_a_second_entry_of_the_same_supplement_request_makes_a_received_dossier_late(
    held: Case, rules: VerdictRules, now: datetime
) -> None:
    request = Step(5, at("03.08"))
    twice = replace(held, steps=[request, request])

    assert judge(twice, as_of=now, rules=replace(rules, end_from_body=False)).standing is Standing.LATE
