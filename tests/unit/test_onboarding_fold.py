"""The fold looks at sets: any order, any repetition, the same state."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.onboarding.attempt import AttemptKey, AttemptState
from services.core.domain.onboarding.effective import Correction, superseded
from services.core.domain.onboarding.event import Device, Event, EventOutcome, Help, HelperKind
from services.core.domain.onboarding.fold import Fold, fold
from services.core.domain.onboarding.identification import Link, persons_of
from services.core.domain.onboarding.reason import ADVICE, Reason
from services.core.domain.onboarding.tally import Dimension, Measure, TallyKey, difference

NOON = datetime(2026, 2, 19, 5, 0, tzinfo=UTC)
FUNNEL = ("smartphone", "vneid_2", "digital_signature")


def event(
    number: int, outcome: str, *, minute: int = 0, step: str = "digital_signature", **more: object
) -> Event:
    return Event(
        id=UUID(int=number),
        unit_id=int(str(more.pop("unit_id", 7))),
        outcome=EventOutcome(outcome),
        occurred_at=NOON + timedelta(minutes=minute),
        step=step,
        **more,  # type: ignore[arg-type]
    )


def folded(*events: Event) -> Fold:
    corrections = [Correction(one.id, one.corrects) for one in events if one.corrects]
    return fold(events, superseded=superseded(corrections), funnel=FUNNEL)


def total(result: Fold, measure: Measure, step: str = "digital_signature") -> int:
    return sum(
        count
        for key, count in result.tally.items()
        if (key.measure, key.step, key.dimension) == (measure, step, Dimension.ALL)
    )


events = st.builds(
    Event,
    id=st.integers(1, 30).map(lambda number: UUID(int=number)),
    unit_id=st.integers(1, 3),
    outcome=st.sampled_from(EventOutcome),
    occurred_at=st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=6 * hours)),
    step=st.sampled_from((*FUNNEL, "payment_account")),
    attempt=st.sampled_from((None, "a", "b")),
    reason=st.sampled_from((None, Reason.NETWORK_LOST, Reason.REQUEST_WITHOUT_ACCOUNT)),
    seconds=st.sampled_from((None, 30, 4000)),
    device=st.sampled_from((None, Device.IOS)),
    provider=st.sampled_from((None, "misa", "vnpt")),
    help=st.builds(
        Help,
        st.booleans(),
        st.sampled_from((None, HelperKind.VOLUNTEER)),
        st.sampled_from((None, "Tổ 1")),
    ),
    corrects=st.one_of(st.none(), st.integers(1, 30).map(lambda number: UUID(int=number))),
)
histories = st.lists(events, max_size=25, unique_by=lambda one: one.id)


@given(histories, st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same_state(told: list[Event], chance: random.Random) -> None:
    thrice = told * 3
    chance.shuffle(thrice)
    assert folded(*thrice) == folded(*told)


@given(histories, st.integers(0, 25))
def test_differences_add_up_to_the_whole(told: list[Event], cut: int) -> None:
    some, everything = folded(*told[:cut]).tally, folded(*told).tally
    sums = Counter(some)
    sums.update(difference(everything, some))
    assert {key: count for key, count in sums.items() if count} == everything


@given(histories)
def test_no_unit_ever_has_fewer_than_none(told: list[Event]) -> None:
    result = folded(*told)
    for measure in (Measure.HELD, Measure.REACHED):
        running: dict[tuple[int, str], int] = {}
        for key in sorted(key for key in result.tally if key.measure is measure):
            place = (key.unit_id, key.step)
            running[place] = running.get(place, 0) + result.tally[key]
            assert running[place] in (0, 1)


@given(histories)
def test_the_counts_say_what_the_standings_say(told: list[Event]) -> None:
    result = folded(*told)
    for step, standing in result.standings.items():
        assert total(result, Measure.HELD, step) == int(standing.held)
    held = {step for step, standing in result.standings.items() if standing.held}
    unbroken = True
    for step in FUNNEL:
        unbroken = unbroken and step in held
        assert total(result, Measure.REACHED, step) == int(unbroken)


def test_an_attempt_goes_on_after_a_dropped_line_and_ends_once() -> None:
    result = folded(
        event(1, "started", attempt="a"),
        event(2, "interrupted", minute=5, attempt="a", seconds=300, reason=Reason.NETWORK_LOST),
        event(3, "resumed", minute=9, attempt="a", help=Help(team="Tổ 3")),
        event(4, "completed", minute=12, attempt="a", seconds=180, device=Device.IOS),
        event(5, "failed", minute=20, attempt="a", reason=Reason.OTHER),
    )
    attempt = result.attempts[AttemptKey("digital_signature", "a")]
    assert (attempt.state, attempt.events, attempt.seconds) == (AttemptState.COMPLETED, 4, 480)
    assert (attempt.team, attempt.device) == ("Tổ 3", Device.IOS)
    assert result.tally[TallyKey(7, NOON.date(), "digital_signature", Measure.SECONDS)] == 480
    assert (
        result.tally[TallyKey(7, NOON.date(), "digital_signature", Measure.TIMED, Dimension.LE, "600")] == 1
    )


def test_a_request_without_an_account_is_stuck_until_an_event_closes_it() -> None:
    stuck = (
        event(1, "started", attempt="a"),
        event(2, "failed", minute=5, attempt="a", reason=Reason.REQUEST_WITHOUT_ACCOUNT),
    )
    key = AttemptKey("digital_signature", "a")
    assert folded(*stuck).attempts[key].state is AttemptState.STUCK
    assert folded(*stuck, event(3, "resumed", minute=6, attempt="a")).attempts[key].state is AttemptState.OPEN
    given_up = folded(*stuck, event(3, "given_up", minute=6, attempt="a"))
    assert given_up.attempts[key].state is AttemptState.GIVEN_UP
    assert not given_up.standings["digital_signature"].held


def test_a_failure_without_a_reference_waits_under_the_id_of_its_event() -> None:
    result = folded(event(9, "failed", reason=Reason.STORE_PASSWORD_FORGOTTEN))
    assert result.attempts[AttemptKey("digital_signature", str(UUID(int=9)))].state is AttemptState.FAILED


def test_an_account_with_another_provider_outlives_a_deactivation() -> None:
    both = (event(1, "completed", provider="misa"), event(2, "completed", minute=1, provider="vnpt"))
    assert folded(*both, event(3, "deactivated", minute=2, provider="misa")).standings[
        "digital_signature"
    ].providers == ("vnpt",)
    gone = folded(*both, event(3, "deactivated", minute=2))
    assert not gone.standings["digital_signature"].held
    assert total(gone, Measure.HELD) == 0


def test_a_loss_is_charged_to_the_unit_that_had_the_gain() -> None:
    result = folded(event(1, "completed", unit_id=1), event(2, "deactivated", minute=1, unit_id=2))
    assert TallyKey(2, NOON.date(), "digital_signature", Measure.HELD) not in result.tally
    assert total(result, Measure.HELD) == 0


def test_what_was_corrected_stays_corrected_and_the_greater_id_wins() -> None:
    one, two, three = (UUID(int=number) for number in (1, 2, 3))
    assert superseded([Correction(two, one), Correction(three, two)]) == {one, two}
    assert superseded([Correction(three, one), Correction(two, one)]) == {one, two}


def test_a_withdrawn_event_has_never_happened() -> None:
    result = folded(event(1, "completed"), event(2, "withdrawn", corrects=UUID(int=1)))
    assert not result.standings["digital_signature"].held
    assert total(result, Measure.COMPLETED) == 0


def test_the_last_word_says_who_somebody_is() -> None:
    reference, first, second = (UUID(int=number) for number in (10, 11, 12))
    links = [
        Link(UUID(int=2), NOON, reference, first),
        Link(UUID(int=1), NOON + timedelta(1), reference, second),
    ]
    assert persons_of(links, superseded=()) == persons_of(links[::-1], superseded=()) == {reference: second}
    assert persons_of(links, superseded={UUID(int=1)}) == {reference: first}


def test_somebody_is_helped_once_by_all_and_once_by_each_team() -> None:
    team_1, team_2 = (Help(True, HelperKind.DIGITAL_TEAM, name) for name in ("Tổ 1", "Tổ 2"))
    result = folded(
        event(1, "completed", help=team_1),
        event(2, "completed", minute=1, step="smartphone", help=team_2),
        event(3, "completed", minute=2, step="vneid_2", help=Help(assisted=False)),
    )
    helped = {(k.dimension, k.label): n for k, n in result.tally.items() if k.measure is Measure.HELPED}
    assert helped == {
        (Dimension.ALL, ""): 1,
        (Dimension.HELPER, "digital_team"): 1,
        (Dimension.TEAM, "Tổ 1"): 1,
        (Dimension.TEAM, "Tổ 2"): 1,
    }


def test_there_is_advice_for_every_reason_in_both_languages() -> None:
    assert set(ADVICE) == set(Reason)
    assert all(said for advice in ADVICE.values() for part in advice for said in part)
