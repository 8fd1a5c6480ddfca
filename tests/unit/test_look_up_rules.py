"""The rules of look-ups: who is the same person, what an outcome leads to, who has to be asked about."""

import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.filing import Applicant, ApplicantKind
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import (
    Again,
    Asker,
    Birth,
    InvalidBirth,
    LookUpFigures,
    LookUpPolicy,
    Match,
    Mismatch,
    NotFound,
    Outcome,
    Question,
    Refusal,
    Refused,
    Settled,
    Share,
    Unavailable,
    Unknown,
    detail_of,
    judged,
    may_reuse,
    needs_look_up,
    next_step,
    result_of,
    same_name,
    subject_of,
    was_answered,
    was_missed,
)

NUMBER = IdentityNumber("001190000123")
OTHER = IdentityNumber("001190000124")
BORN = Birth(1990, date(1990, 5, 21))
HOA = Match(NUMBER, "ĐẶNG THỊ HÒA", BORN)
ASKER = Asker(IdentityNumber("001090000001"), "H44.101")
POLICY = LookUpPolicy(base=1.0, cap=900.0)

names = st.text(st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạếềểễệ -'."), min_size=1, max_size=30)
births = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def question(name: str = "Đặng Thị Hòa", birth: Birth = BORN) -> Question:
    return Question(uuid4(), ASKER, NUMBER, name, birth)


@given(names)
def test_case_spaces_accents_and_unicode_form_do_not_make_another_name(name: str) -> None:
    spellings = [
        name.upper(),
        f"  {name}  ",
        name.replace(" ", "  "),
        unicodedata.normalize("NFD", name),
        unicodedata.normalize("NFC", name.title()),
    ]
    has_letters = any(letter.isalnum() for letter in name)
    assert all(same_name(name, spelling) is has_letters for spelling in spellings)


def test_another_name_stays_another_name() -> None:
    assert same_name("Đặng Thị Hòa", "dang thi hoa")
    assert not same_name("Đặng Thị Hòa", "Đặng Thị Hoan")
    assert not same_name("...", "---"), "nothing is no name"


@given(births)
def test_a_birth_reads_back_from_every_way_of_writing_it(day: date) -> None:
    written = [day.isoformat(), day.strftime("%Y%m%d"), f" {day.isoformat()} "]
    assert {Birth.parse(text) for text in written} == {Birth(day.year, day)}
    assert Birth.parse(Birth(day.year, day).text).fits(Birth(day.year))
    assert Birth(day.year).fits(Birth(day.year, day))
    assert not Birth(day.year, day).fits(Birth(day.year, day.replace(day=day.day % 28 + 1)))


@pytest.mark.parametrize("text", ["", "90", "1990-5-1", "1990-02-30", "19900230", "3000", "1990-0521x"])
def test_what_is_no_birth_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidBirth) as refusal:
        Birth.parse(text, pointer="/birth")
    assert str(refusal.value) == "invalid-birth"


@given(births, st.booleans())
def test_a_personal_number_tells_the_year(day: date, woman: bool) -> None:
    digit = 2 * (day.year // 100 - 19) + woman
    number = IdentityNumber(f"001{digit}{day.year % 100:02}000123")
    assert Birth.from_number(number) == Birth(day.year)
    assert Birth.from_number(IdentityNumber("123456789")) is None


@pytest.mark.parametrize(
    ("people", "outcome"),
    [
        ([], NotFound()),
        ([HOA], HOA),
        ([Match(NUMBER, "dang thi hoa", Birth(1990))], Match(NUMBER, "dang thi hoa", Birth(1990))),
        ([Match(OTHER, HOA.name, BORN)], Mismatch(("number",))),
        ([Match(NUMBER, "Đặng Thị Huệ", BORN)], Mismatch(("name",))),
        ([Match(NUMBER, HOA.name, Birth(1991))], Mismatch(("birth",))),
        ([Match(OTHER, "Ai", Birth(1991))], Mismatch(("number", "name", "birth"))),
        ([Match(OTHER, HOA.name, BORN, old_card=NUMBER)], Match(OTHER, HOA.name, BORN, old_card=NUMBER)),
        ([Match(OTHER, "Ai", Birth(1991)), HOA], HOA),
        ([HOA, HOA], Mismatch(("number",))),
    ],
)
def test_only_the_person_asked_about_is_a_match(people: list[Match], outcome: Outcome) -> None:
    assert judged(question(), people) == outcome


@given(st.integers(1, 200), st.floats(0, 0.999))
def test_outages_are_waited_out_without_limit_and_never_settled(attempt: int, jitter: float) -> None:
    for outcome in (Unavailable("HTTP 503"), Unknown("no XML")):
        step = next_step(outcome, attempt=attempt, policy=POLICY, jitter=jitter)
        assert isinstance(step, Again)
        assert timedelta(0) < step.pause <= timedelta(seconds=900)
        assert was_missed(outcome)
        assert not was_answered(outcome)


def test_pauses_double_and_heed_the_database() -> None:
    pauses = [
        next_step(Unavailable(""), attempt=attempt, policy=POLICY, jitter=1.0) for attempt in (1, 2, 3, 20)
    ]
    assert [step.pause.total_seconds() for step in pauses if isinstance(step, Again)] == [1, 2, 4, 900]
    step = next_step(Unavailable("", timedelta(seconds=30)), attempt=1, policy=POLICY, jitter=1.0)
    assert step == Again(timedelta(seconds=30))


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [
        (HOA, True),
        (Mismatch(("name",)), True),
        (NotFound(), True),
        (Refused(Refusal.BY_DATABASE, "sai quyền"), True),
        (Refused(Refusal.NO_ACCOUNT), False),
        (Refused(Refusal.NO_BIRTH), False),
    ],
)
def test_an_answer_settles_at_once(outcome: Outcome, *, counts: bool) -> None:
    assert next_step(outcome, attempt=1, policy=POLICY, jitter=0.5) == Settled(result_of(outcome))
    assert was_answered(outcome) is counts
    assert not was_missed(outcome)


def test_no_outcome_shows_whom_it_is_about() -> None:
    shown = repr(HOA) + str(detail_of(HOA)) + repr(question()) + repr(subject_of(_citizen()))
    assert "Hòa" not in shown
    assert "HÒA" not in shown
    assert "1990" not in shown
    assert NUMBER.reveal() not in shown


def _citizen(**changes: object) -> Applicant:
    known = {"kind": ApplicantKind.CITIZEN, "name": "Đặng Thị Hòa", "identity_number": NUMBER.reveal()}
    return Applicant(**(known | changes))  # type: ignore[arg-type]


def test_who_needs_a_look_up() -> None:
    business = Applicant(ApplicantKind.BUSINESS, "Công ty A", None, "0100109106")
    assert needs_look_up(_citizen(), procedure_wants=True, ended=False)
    assert not needs_look_up(_citizen(), procedure_wants=False, ended=False)
    assert not needs_look_up(_citizen(), procedure_wants=True, ended=True)
    assert not needs_look_up(_citizen(identity_number=None), procedure_wants=True, ended=False)
    assert not needs_look_up(business, procedure_wants=True, ended=False)


def test_an_earlier_match_proves_only_what_it_fits() -> None:
    subject = subject_of(_citizen(birth="1990-05-21"))
    assert subject is not None
    assert may_reuse(subject, name="DANG THI HOA", birth=Birth(1990))
    assert not may_reuse(subject, name="Đặng Thị Huệ", birth=Birth(1990))
    assert not may_reuse(subject, name="Đặng Thị Hòa", birth=Birth(1990, date(1990, 5, 22)))


@pytest.mark.parametrize(
    ("asked", "received", "percent"),
    [(65_498, 300_000, "21.83"), (222, 29_613, "0.75"), (0, 5, "0.00"), (1, 8, "12.50"), (1, 0, None)],
)
def test_shares_are_reckoned_as_published(asked: int, received: int, percent: str | None) -> None:
    share = LookUpFigures("", "", received=received, asked=asked).rate
    assert share == Share(asked, received)
    assert share.percent == (None if percent is None else Decimal(percent))
