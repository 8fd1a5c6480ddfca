from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import UNSEEN_AT_MOST, FalseLateCause, Outage, cause_by_state, cause_of

NINE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def outage(last_success: float | None, began: float, ended: float | None) -> Outage:
    return Outage(
        last_success_at=None if last_success is None else at(last_success),
        began_at=at(began),
        ended_at=None if ended is None else at(ended),
    )


def judge(
    state: DeliveryState = DeliveryState.DUE,
    park_cause: ParkCause | None = None,
    *,
    reported: float = 10,
    flagged: float = 60,
    accepted: float | None = None,
    outages: tuple[Outage, ...] = (),
) -> FalseLateCause:
    return cause_of(
        state,
        park_cause,
        reported_at=at(reported),
        flagged_at=at(flagged),
        accepted_at=None if accepted is None else at(accepted),
        outages=outages,
    )


@pytest.mark.parametrize(
    ("state", "park_cause", "cause"),
    [
        (DeliveryState.DUE, None, FalseLateCause.NOT_YET_SENT),
        (DeliveryState.LEASED, None, FalseLateCause.NOT_YET_SENT),
        (DeliveryState.UNKNOWN, None, FalseLateCause.OUTCOME_UNKNOWN),
        (DeliveryState.CLOSED, ParkCause.REFUSED, FalseLateCause.GIVEN_UP),
        (DeliveryState.PARKED, ParkCause.REFUSED, FalseLateCause.REJECTED),
        (DeliveryState.PARKED, ParkCause.UNSENDABLE, FalseLateCause.REJECTED),
        (DeliveryState.PARKED, ParkCause.UNPROVABLE, FalseLateCause.OUTCOME_UNKNOWN),
        (DeliveryState.PARKED, ParkCause.CONFLICT, FalseLateCause.OUTCOME_UNKNOWN),
        (DeliveryState.SYNCED, None, FalseLateCause.RULE_MISMATCH),
    ],
)
def test_without_an_outage_the_state_of_the_delivery_is_the_cause(
    state: DeliveryState, park_cause: ParkCause | None, cause: FalseLateCause
) -> None:
    assert judge(state, park_cause) is cause


@pytest.mark.parametrize(
    ("outages", "cause"),
    [
        ((outage(5, 9, None),), FalseLateCause.PORTAL_DOWN),  # began before the report, still going on
        ((outage(5, 9, 90),), FalseLateCause.PORTAL_DOWN),
        ((outage(5, 9, 60),), FalseLateCause.PORTAL_DOWN),  # the first good call came at the flag: too late
        ((outage(5, 9, 59),), FalseLateCause.NOT_YET_SENT),  # a minute was left
        ((outage(10, 10.1, None),), FalseLateCause.PORTAL_DOWN),  # last good call at the report: not with it
        ((outage(10.5, 10.6, None),), FalseLateCause.NOT_YET_SENT),  # a call succeeded after the report
        ((outage(None, 10.5, None),), FalseLateCause.PORTAL_DOWN),  # never a good call, tried at once
        (
            (outage(None, 12, None),),
            FalseLateCause.NOT_YET_SENT,
        ),  # never a good call, tried after two minutes
        ((outage(5, 10.9, None),), FalseLateCause.PORTAL_DOWN),  # first try after the report failed
        ((outage(5, 58, None),), FalseLateCause.NOT_YET_SENT),  # nobody tried for 48 minutes
        ((outage(5, 9, 30), outage(30, 31, None)), FalseLateCause.NOT_YET_SENT),  # a good call in between
        ((outage(-60, -50, -40), outage(5, 9, None)), FalseLateCause.PORTAL_DOWN),  # the second one covers
    ],
)
def test_the_portal_is_blamed_if_one_outage_covers_all_the_time_there_was(
    outages: tuple[Outage, ...], cause: FalseLateCause
) -> None:
    assert judge(outages=outages) is cause


def test_an_ending_reported_after_the_flag_could_not_be_sent_in_time_by_anybody() -> None:
    ongoing = (outage(5, 9, None),)

    assert judge(reported=60, flagged=60, outages=ongoing) is FalseLateCause.SENT_AFTER_DUE
    assert judge(reported=61, flagged=60, accepted=62) is FalseLateCause.SENT_AFTER_DUE
    assert judge(reported=59.99, flagged=60) is FalseLateCause.NOT_YET_SENT


def test_an_ending_acknowledged_before_the_flag_is_late_by_another_rule_than_ours() -> None:
    assert judge(DeliveryState.LEASED, accepted=59) is FalseLateCause.RULE_MISMATCH
    assert judge(DeliveryState.LEASED, accepted=60) is FalseLateCause.NOT_YET_SENT


def test_a_refusal_does_not_hide_an_outage_that_left_no_chance() -> None:
    parked = judge(DeliveryState.PARKED, ParkCause.REFUSED, outages=(outage(5, 9, 90),))

    assert parked is FalseLateCause.PORTAL_DOWN


instants = st.integers(0, 240).map(at)


@st.composite
def histories(draw: st.DrawFn) -> list[Outage]:
    """Outages one after the other, each with its last good call, the last one perhaps still open."""
    marks = sorted(draw(st.sets(st.integers(-60, 300), min_size=0, max_size=12)))
    found = [
        Outage(at(good), at(failed), at(again))
        for good, failed, again in zip(marks[::3], marks[1::3], marks[2::3], strict=False)
    ]
    still_open: bool = draw(st.booleans())
    if found and still_open:
        last = found.pop()
        found.append(Outage(last.last_success_at, last.began_at, None))
    return found


@given(
    state=st.sampled_from(DeliveryState),
    park_cause=st.none() | st.sampled_from(ParkCause),
    reported_at=instants,
    flagged_at=instants,
    accepted_at=st.none() | instants,
    outages=histories(),
)
def test_the_portal_is_blamed_only_if_no_call_succeeded_between_report_and_flag(
    *,
    state: DeliveryState,
    park_cause: ParkCause | None,
    reported_at: datetime,
    flagged_at: datetime,
    accepted_at: datetime | None,
    outages: list[Outage],
) -> None:
    cause = cause_of(
        state,
        park_cause,
        reported_at=reported_at,
        flagged_at=flagged_at,
        accepted_at=accepted_at,
        outages=outages,
    )

    good_calls = {call for o in outages for call in (o.last_success_at, o.ended_at) if call is not None}
    if cause is FalseLateCause.PORTAL_DOWN:
        assert not any(reported_at < call < flagged_at for call in good_calls)
        assert any(o.began_at <= reported_at + UNSEEN_AT_MOST for o in outages)
    assert (cause is FalseLateCause.SENT_AFTER_DUE) == (
        reported_at >= flagged_at and not (accepted_at is not None and accepted_at < flagged_at)
    )


@given(
    state=st.sampled_from(DeliveryState),
    reported_at=instants,
    flagged_at=instants,
    accepted_at=st.none() | instants,
    outages=histories(),
)
def test_an_outage_can_only_take_the_blame_from_us(
    *,
    state: DeliveryState,
    reported_at: datetime,
    flagged_at: datetime,
    accepted_at: datetime | None,
    outages: list[Outage],
) -> None:
    def judged(known: list[Outage]) -> FalseLateCause:
        return cause_of(
            state,
            None,
            reported_at=reported_at,
            flagged_at=flagged_at,
            accepted_at=accepted_at,
            outages=known,
        )

    assert judged(outages) in {judged([]), FalseLateCause.PORTAL_DOWN}


def test_every_state_and_park_cause_has_a_cause() -> None:
    causes = {
        cause_by_state(state, park_cause) for state, park_cause in product(DeliveryState, [None, *ParkCause])
    }

    assert causes == set(FalseLateCause) - {FalseLateCause.PORTAL_DOWN, FalseLateCause.SENT_AFTER_DUE}
