"""What must hold of index 766 whatever is counted."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.dossier import Status
from services.core.domain.filing import Channel, Component, DossierBody, Fee, PaymentMethod, Result
from services.core.domain.indicator import (
    INDICATORS,
    OF_LOWER_UNIT,
    OF_PROVINCE,
    CatalogueCounts,
    DossierCounts,
    Fact,
    Indicator,
    Scored,
    Share,
    facts_of,
    index_of,
    month_of,
    total_of,
)
from services.core.domain.indicator.month import Standing, month_entries
from services.core.domain.indicator.published import Published, Side, differences
from tests.unit.test_portal_wire import BODY

SCORING = [one for one in INDICATORS.values() if one.formula.maximum]
RECEIVED, ENDED = datetime(2026, 1, 31, 16, 59, tzinfo=UTC), datetime(2026, 1, 31, 17, 0, tzinfo=UTC)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    whole = draw(st.integers(0, 500_000))
    return Share(draw(st.integers(0, whole)), whole)


indicators = st.sampled_from(SCORING)


@given(indicators, shares())
def test_points_lie_between_nothing_and_the_maximum(indicator: Indicator, share: Share) -> None:
    line = Scored(indicator, share)

    assert 0 <= (line.points or 0) <= indicator.formula.maximum
    assert line.lost + (line.points or 0) == indicator.formula.maximum


@given(indicators, shares())
def test_one_more_never_costs_points(indicator: Indicator, share: Share) -> None:
    if share.numerator is None or share.denominator is None or share.numerator >= share.denominator:
        return
    more = Share(share.numerator + 1, share.denominator)

    assert (indicator.formula.points(more) or 0) >= (indicator.formula.points(share) or 0)


@given(indicators, shares())
def test_what_is_missing_wins_the_next_point_and_one_less_does_not(
    indicator: Indicator, share: Share
) -> None:
    formula, missing = indicator.formula, indicator.formula.missing(share)
    points = formula.points(share)
    if missing is None or share.numerator is None or points is None:
        assert points is None or not share.denominator or points == formula.maximum
        return
    goal = min(points + 1, Fraction(formula.maximum))
    won, nearly = (
        formula.points(Share(share.numerator + n, share.denominator)) for n in (missing, missing - 1)
    )

    assert won is not None
    assert nearly is not None
    assert won >= goal > nearly
    assert missing > 0


@given(st.lists(shares(), min_size=len(OF_PROVINCE), max_size=len(OF_PROVINCE)))
def test_groups_add_up_to_the_total_and_maxima_to_a_hundred(drawn: list[Share]) -> None:
    lines = [Scored(one, share) for one, share in zip(OF_PROVINCE, drawn, strict=True)]

    total = total_of(lines)

    assert total.maximum == 100
    assert total.points == sum(line.points or 0 for line in lines)
    assert 0 <= total.points <= 100


@pytest.mark.parametrize("indicators", [OF_PROVINCE, OF_LOWER_UNIT])
def test_every_unit_can_win_a_hundred_points(indicators: tuple[Indicator, ...]) -> None:
    assert sum(one.formula.maximum for one in indicators) == 100
    assert len({one.code for one in indicators}) == len(indicators)


@pytest.mark.parametrize(
    ("code", "points"),
    [
        ("DOSSIER_SYNC", None),
        ("ORIGINAL_RESULT_AVAILABLE", None),
        ("PROGRESS", 0),
        ("PAYMENT_DOSSIERS", 0),
        ("DOSSIER_RECEIVING_SATISFACTION", 0),
        ("PETITION_PROCESSING_ON_TIME", 6),
        ("PETITION_CLASSIFICATION_TTHC", None),
    ],
)
def test_nothing_to_count_is_null_or_what_the_indicator_says(code: str, points: int | None) -> None:
    line = Scored(INDICATORS[code], Share(0, 0))

    assert (line.points, line.ratio, line.missing) == (points, None, None)


def test_what_is_not_held_is_told_apart_in_the_total() -> None:
    report = index_of(DossierCounts(), CatalogueCounts(), is_province=True)

    assert report.not_held.points == report.total.points == 12


@pytest.mark.parametrize(
    ("changes", "fact"),
    [
        ({"channel": Channel.ONLINE}, Fact.ONLINE),
        ({"channel": Channel.POST}, Fact.NONE),
        ({"fees": (Fee("Lệ phí", 0),)}, Fact.FEE_LISTED),
        ({"fees": (Fee("Lệ phí", 8000),)}, Fact.FEE_LISTED | Fact.FEE_DUE),
        (
            {"fees": (Fee("Lệ phí", 8000, paid_by=PaymentMethod.CASH),)},
            Fact.FEE_LISTED | Fact.FEE_DUE,
        ),
        (
            {"fees": (Fee("Lệ phí", 8000, paid_by=PaymentMethod.WALLET),)},
            Fact.FEE_LISTED | Fact.FEE_DUE | Fact.PAID_ONLINE,
        ),
        ({"results": (Result("Giấy khai sinh"),)}, Fact.NONE),
        ({"results": (Result("Giấy khai sinh", link="https://h44.example/1"),)}, Fact.RESULT_FILE),
        ({"components": (Component("Tờ khai"),)}, Fact.NONE),
        ({"components": (Component("Tờ khai", digitised=True),)}, Fact.DIGITISED),
        (
            {"components": (Component("Tờ khai", from_national_store=True),)},
            Fact.NATIONAL_STORE | Fact.POPULATION_DATA,
        ),
    ],
)
def test_facts_are_read_as_the_portal_would(changes: dict[str, object], fact: Fact) -> None:
    assert facts_of(bare(**changes)) == fact


def test_a_verified_account_is_population_data() -> None:
    verified = replace(BODY.applicant, verified_by_vneid=True)

    assert facts_of(bare(applicant=verified)) == Fact.POPULATION_DATA


def bare(**changes: object) -> DossierBody:
    """Give a body that says yes to nothing but what is changed."""
    plain: dict[str, object] = {
        "channel": Channel.DIRECT,
        "applicant": replace(BODY.applicant, verified_by_vneid=False),
        "components": (),
        "fees": (),
        "results": (),
    }
    return replace(BODY, **(plain | changes))  # type: ignore[arg-type]  # names and types of the body's own fields


def test_months_change_at_midnight_in_viet_nam() -> None:
    assert (month_of(RECEIVED), month_of(ENDED)) == (date(2026, 1, 1), date(2026, 2, 1))


def standing(ended_at: datetime | None) -> Standing:
    return Standing(UUID(int=1), 1, 1, 1, on_portal=True, flagged_at=None, ended_at=ended_at, accepted=False)


@pytest.mark.parametrize(
    ("received_at", "ended_at", "months"),
    [
        (None, None, []),
        (None, ENDED, []),
        (RECEIVED, None, [(1, True)]),
        (RECEIVED, RECEIVED, [(1, True)]),
        (RECEIVED, ENDED, [(1, True), (2, False)]),
    ],
)
def test_a_dossier_counts_where_it_was_received_and_where_it_ended(
    received_at: datetime | None, ended_at: datetime | None, months: list[tuple[int, bool]]
) -> None:
    body = replace(BODY, received_at=received_at, status=Status.RECEIVED)

    entries = month_entries(body, standing(ended_at))

    assert [(one.month.month, one.received_here) for one in entries] == months


def test_differences_name_what_both_show_and_do_not_agree_on() -> None:
    report = index_of(DossierCounts(received=4, late=1), CatalogueCounts(), is_province=True)
    groups = {group: total.points for group, total in report.groups.items()}
    progress = INDICATORS["PROGRESS"].group
    published = Published(
        shares={"PROGRESS": Share(2, 4), "DOSSIER_SYNC": Share(0, 0)},
        points={"DOSSIER_SYNC": Decimal(0)},
        groups=groups | {progress: Decimal(10)},
    )

    found = {one.code: (one.ours, one.theirs) for one in differences(report, published)}

    assert found == {
        "DOSSIER_SYNC": (Side(0, 0, None), Side(0, 0, Decimal(0))),
        "PROGRESS": (Side(3, 4, Decimal(15)), Side(2, 4, Decimal(15))),
        progress.value: (Side(None, None, Decimal(15)), Side(None, None, Decimal(10))),
        "TOTAL": (
            Side(None, None, report.total.points),
            Side(None, None, report.total.points - 5),
        ),
    }
