"""How far the portal's catalogue is believed, and what differs from ours."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.deadline import ProcessingTime, TimeUnit
from services.core.domain.portal_catalogue import (
    Credibility,
    Difference,
    DifferenceKind,
    Listing,
    OurProcedure,
    ProcedureDetail,
    Sighting,
    differences,
    listed_code,
    note_listing,
)

MONDAY = datetime(2026, 3, 9, 19, 20, tzinfo=UTC)  # 02:20 on Tuesday in Việt Nam
DAY = timedelta(days=1)
HUNDRED = {f"1.{number:06d}": f"Thủ tục {number}" for number in range(100)}
FIRST = "1.000000"


class Memory:
    """What is known from answer to answer."""

    def __init__(self, *ours: str) -> None:
        self.ours = ours
        self.known: dict[str, Sighting] = {}

    def take(
        self, names: dict[str, str], now: datetime, *, unreadable: int = 0, trust: bool = False
    ) -> Credibility:
        noted = note_listing(
            self.known,
            self.ours,
            Listing(names, unreadable),
            now=now,
            most_vanished=0.05,
            trust_shrinking=trust,
        )
        self.known |= {sighting.code: sighting for sighting in noted.changed}
        return noted.credibility

    def off(self) -> set[str]:
        return {code for code, sighting in self.known.items() if not sighting.on_portal}


def without(*codes: str) -> dict[str, str]:
    return {code: name for code, name in HUNDRED.items() if code not in codes}


def test_a_procedure_is_gone_after_two_whole_answers_without_it_on_two_days() -> None:
    memory = Memory()
    memory.take(HUNDRED, MONDAY)
    memory.take(without(FIRST), MONDAY + DAY)
    memory.take(without(FIRST), MONDAY + DAY + timedelta(hours=2))
    assert memory.off() == set()
    assert memory.known[FIRST].missing_since == MONDAY + DAY

    memory.take(without(FIRST), MONDAY + 2 * DAY)
    assert memory.off() == {FIRST}
    assert memory.known[FIRST].missing_since == MONDAY + DAY
    assert memory.known[FIRST].last_seen_at == MONDAY


def test_days_are_those_of_vietnam() -> None:
    late_evening = datetime(2026, 3, 9, 16, 59, tzinfo=UTC)  # 23:59 in Việt Nam
    memory = Memory()
    memory.take(HUNDRED, MONDAY - DAY)
    memory.take(without(FIRST), late_evening)
    memory.take(without(FIRST), late_evening + timedelta(minutes=2))
    assert memory.off() == {FIRST}


def test_a_procedure_that_is_listed_in_between_is_counted_afresh_and_one_that_is_back_is_on() -> None:
    memory = Memory()
    for day, names in enumerate([HUNDRED, without(FIRST), HUNDRED, without(FIRST)]):
        memory.take(names, MONDAY + day * DAY)
    assert memory.off() == set()
    memory.take(without(FIRST), MONDAY + 4 * DAY)
    assert memory.off() == {FIRST}
    memory.take(HUNDRED, MONDAY + 5 * DAY)
    assert memory.off() == set()
    assert memory.known[FIRST].missing_since is None


@pytest.mark.parametrize(
    ("names", "unreadable", "credibility"),
    [
        ({}, 0, Credibility.EMPTY),
        (without(FIRST), 1, Credibility.UNREADABLE),
        (dict(list(HUNDRED.items())[6:]), 0, Credibility.SHRUNK),
        # As long as before, but half of it is new.
        (
            {**dict(list(HUNDRED.items())[50:]), **{f"9.{n:06d}": "Mới" for n in range(50)}},
            0,
            Credibility.SHRUNK,
        ),
        (dict(list(HUNDRED.items())[5:]), 0, Credibility.WHOLE),
    ],
)
def test_an_answer_that_is_not_whole_takes_nothing_away(
    names: dict[str, str], unreadable: int, credibility: Credibility
) -> None:
    memory = Memory()
    memory.take(HUNDRED, MONDAY)
    for day in (1, 2, 3):
        assert memory.take(names, MONDAY + day * DAY, unreadable=unreadable) is credibility
        if credibility is Credibility.WHOLE:
            return
    assert memory.off() == set()
    assert all(sighting.missing_since is None for sighting in memory.known.values())


def test_on_the_word_of_a_person_a_shrunken_list_is_believed_on_the_second_day_as_well() -> None:
    memory = Memory()
    memory.take(HUNDRED, MONDAY)
    half = dict(list(HUNDRED.items())[50:])
    assert memory.take(half, MONDAY + DAY, trust=True) is Credibility.WHOLE
    assert memory.off() == set()
    assert memory.take(half, MONDAY + 2 * DAY) is Credibility.SHRUNK
    assert memory.off() == set()
    memory.take(half, MONDAY + 2 * DAY, trust=True)
    assert len(memory.off()) == 50
    assert memory.take(half, MONDAY + 3 * DAY) is Credibility.WHOLE


def test_a_procedure_of_ours_that_was_never_listed_is_off_on_the_second_day() -> None:
    memory = Memory("7.777777", "1.000001.000.00.00.H29")
    memory.take(HUNDRED, MONDAY)
    assert memory.off() == set()
    memory.take(HUNDRED, MONDAY + DAY)
    assert memory.off() == {"7.777777"}
    assert memory.known["7.777777"].last_seen_at is None
    assert memory.known["1.000001.000.00.00.H29"].name == "Thủ tục 1"


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, 19)), st.integers(0, 30), st.sampled_from([0, 0, 0, 1]), st.booleans()
        ),
        max_size=12,
    )
)
def test_nothing_is_off_that_was_not_missing_from_two_whole_answers_of_two_days(
    answers: list[tuple[set[int], int, int, bool]],
) -> None:
    memory, now = Memory(), MONDAY
    missed: dict[str, set[object]] = {}
    for listed, hours, unreadable, trust in answers:
        now += timedelta(hours=hours)
        names = {f"1.{number:06d}": "Tên" for number in listed}
        whole = memory.take(names, now, unreadable=unreadable, trust=trust) is Credibility.WHOLE
        for code in names:
            missed.pop(code, None)
        for code in memory.known:
            if whole and code not in names:
                missed.setdefault(code, set()).add((now + timedelta(hours=7)).date())
        assert memory.off() == {code for code, days in missed.items() if len(days) > 1}


def test_a_variant_of_a_province_is_listed_by_its_national_code() -> None:
    assert listed_code("1.000001.000.00.00.H29", HUNDRED) == "1.000001"
    assert listed_code("1.000001", HUNDRED) == "1.000001"
    assert listed_code("1.999999.000.00.00.H29", HUNDRED) is None
    assert listed_code("1.00000", HUNDRED) is None


OURS = OurProcedure(
    FIRST, "Đăng ký  khai sinh", "HT", "Hộ tịch", ProcessingTime(3, TimeUnit.WORKING_DAY), 8000
)
SEEN = Sighting(FIRST, "đăng ký khai sinh.", True, MONDAY, None)
DETAIL = ProcedureDetail(
    FIRST,
    "Đăng ký khai sinh",
    {"HT": "Hộ tịch"},
    frozenset({ProcessingTime(3, TimeUnit.WORKING_DAY), ProcessingTime(1, TimeUnit.SAME_DAY)}),
    frozenset({0, 8000}),
    b"",
)


def test_what_is_written_otherwise_or_is_one_of_several_is_no_difference() -> None:
    assert differences([OURS], {FIRST: SEEN}, {FIRST: DETAIL}) == []


@pytest.mark.parametrize("unknown", [{"processing": None}, {"fee_vnd": None}])
def test_what_a_side_does_not_state_is_no_difference(unknown: dict[str, None]) -> None:
    silent = replace(DETAIL, fields={}, times=frozenset(), fees_vnd=frozenset())
    assert differences([OURS], {FIRST: SEEN}, {FIRST: silent}) == []
    assert differences([replace(OURS, **unknown)], {FIRST: SEEN}, {FIRST: DETAIL}) == []  # type: ignore[arg-type]  # None is allowed in both


def test_every_difference_is_named_with_both_sides() -> None:
    other = replace(OURS, name="Khai tử", field_code="X", field_name="Đất đai", fee_vnd=5)
    other = replace(other, processing=ProcessingTime(2, TimeUnit.HOUR))
    stranger = Sighting("2.000001", "Mới", True, MONDAY, None)
    gone = Sighting("3.000001", None, False, None, MONDAY)
    absent = Sighting("3.000002", None, True, None, MONDAY)
    found = differences(
        [other, replace(OURS, code="3.000001"), replace(OURS, code="3.000002")],
        {one.code: one for one in (SEEN, stranger, gone, absent)},
        {FIRST: DETAIL},
    )
    assert found == [
        Difference(DifferenceKind.UNKNOWN_TO_PORTAL, "3.000001", OURS.name, None),
        Difference(DifferenceKind.MISSING, "3.000002", OURS.name, None),
        Difference(DifferenceKind.UNKNOWN_TO_US, "2.000001", None, "Mới"),
        Difference(DifferenceKind.NAME, FIRST, "Khai tử", SEEN.name),
        Difference(DifferenceKind.FIELD_CODE, FIRST, "X", "HT"),
        Difference(DifferenceKind.FIELD_NAME, FIRST, "Đất đai", "Hộ tịch"),
        Difference(DifferenceKind.PROCESSING_TIME, FIRST, "2 hour", "1 same_day, 3 working_day"),
        Difference(DifferenceKind.FEE, FIRST, "5", "0, 8000"),
    ]


def test_a_national_procedure_that_we_have_as_a_variant_is_no_stranger() -> None:
    variant = replace(OURS, code="1.000000.000.00.00.H29")
    sightings = {FIRST: SEEN, variant.code: replace(SEEN, code=variant.code)}
    assert differences([variant], sightings, {}) == []
