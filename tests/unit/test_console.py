"""What the console says about figures, without a database."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.console import advice, concerns, words, writing
from services.console.concerns import Level, answer_of, concerns_of
from services.console.failures import NoSuchPlace
from services.console.figures import CauseFigure, Figures, StateFigure
from services.console.language import Language
from services.console.places import read_id, read_number, read_place, write_place
from services.core.domain import outcome, wording
from services.core.domain.delivery import DeliveryState, Operation, ParkCause
from services.core.domain.dossier import EntryKind, Status
from services.core.domain.false_late import FalseLateCause, OutageKind
from services.core.domain.filing import Applicant
from services.core.domain.forecast import Forecast
from services.core.domain.intervention import Action
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.receipt import AcknowledgedBy
from services.core.domain.reconciliation import Direction
from services.core.domain.verdict import Rule, Verdict
from services.core.persistence.measurements.values import AtRisk, OperationHealth, Outages
from services.core.persistence.reconciliations import Effect
from services.core.persistence.struck_words import PERSONAL_FIELDS

NOW = datetime(2026, 11, 21, 3, 48, 29, tzinfo=UTC)
RULES = Path(__file__).parents[2] / "deploy" / "prometheus"

QUIET = Figures(
    taken_at=NOW,
    states=[StateFigure(state, 0, 0.0) for state in DeliveryState],
    oldest_unsynced_seconds=0.0,
    received=10,
    synced_share=1.0,
    causes=[CauseFigure(cause, 0, 0) for cause in FalseLateCause],
    at_risk=AtRisk(0, 0, 0, None),
    forecast=Forecast(0.0, 0.0, 0.0),
    operations=[OperationHealth(operation.value, NOW, None, 0) for operation in Operation],
    outages=Outages(0, 0, 0.0),
    unmeasured=[],
)


def falsely_late(**standing: int | None) -> list[CauseFigure]:
    return [CauseFigure(cause, standing.get(cause.value, 0), 0) for cause in FalseLateCause]


def waiting(state: DeliveryState, count: int, seconds: float) -> list[StateFigure]:
    return [StateFigure(s, count, seconds) if s is state else StateFigure(s, 0, 0.0) for s in DeliveryState]


def test_when_nothing_is_wrong_the_answer_is_no_and_nothing_is_to_be_done() -> None:
    assert answer_of(QUIET).level is Level.GOOD
    assert answer_of(QUIET).says.vi == "Không"
    assert concerns_of(QUIET) == []


def test_a_falsely_late_dossier_of_our_own_cause_is_a_yes_with_its_number() -> None:
    answer = answer_of(replace(QUIET, causes=falsely_late(not_yet_sent=3, rejected=1_200, portal_down=7)))

    assert answer.level is Level.ACT
    assert "1.203 hồ sơ" in answer.says.vi


def test_a_dossier_that_is_late_through_the_portal_or_the_desk_is_told_but_is_no_yes() -> None:
    figures = replace(QUIET, causes=falsely_late(portal_down=2, sent_after_due=1))

    assert answer_of(figures).level is Level.GOOD
    assert [concern.level for concern in concerns_of(figures)] == [Level.WATCH, Level.WATCH]


@pytest.mark.parametrize(
    ("at_risk", "level"),
    [(AtRisk(0, 0, 1, 80_000.0), Level.WATCH), (AtRisk(1, 1, 1, 600.0), Level.ACT)],
)
def test_a_dossier_at_risk_is_a_maybe_that_grows_urgent_in_its_last_hour(
    at_risk: AtRisk, level: Level
) -> None:
    figures = replace(QUIET, at_risk=at_risk)

    assert answer_of(figures).level is level
    assert [concern.level for concern in concerns_of(figures)] == [level]


@given(
    missing_cause=st.sampled_from([None, *FalseLateCause]),
    at_risk=st.sampled_from([None, AtRisk(0, 0, 0, None)]),
)
def test_what_could_not_be_measured_is_never_a_no(
    missing_cause: FalseLateCause | None, at_risk: AtRisk | None
) -> None:
    causes = [
        CauseFigure(cause, None if cause is missing_cause else 0, None if cause is missing_cause else 0)
        for cause in FalseLateCause
    ]
    level = answer_of(replace(QUIET, causes=causes, at_risk=at_risk)).level

    ours_known = missing_cause is None or missing_cause in advice.NOT_OURS
    assert (level is Level.GOOD) == (ours_known and at_risk is not None)


def test_a_query_that_failed_is_named() -> None:
    (concern,) = concerns_of(replace(QUIET, unmeasured=["outages", "false_late"]))

    assert concern.level is Level.UNMEASURED
    assert "outages, false_late" in concern.what.vi


def test_an_open_outage_explains_the_backlog_and_the_failures() -> None:
    failing = [OperationHealth("create", NOW, NOW, 40)]
    figures = replace(
        QUIET, operations=failing, states=waiting(DeliveryState.DUE, 5, 7200.0), outages=Outages(4, 1, 900.0)
    )

    (concern,) = concerns_of(figures)

    assert concern.page == "/outages"


def test_a_backlog_and_a_failing_operation_are_told_while_the_portal_is_up() -> None:
    failing = [OperationHealth("update", NOW, NOW, 3), OperationHealth("create", NOW, NOW, 2)]
    figures = replace(QUIET, operations=failing, states=waiting(DeliveryState.DUE, 5, 901.0))

    told = [concern.what.en for concern in concerns_of(figures)]

    assert told == [
        "update: 3 failures in a row since 21/11/2026 10:48:29",
        "A dossier has waited for 15 min 1 s although the portal is up",
    ]


def test_a_bad_forecast_is_told_with_both_numbers_and_whom_to_tell() -> None:
    (concern,) = concerns_of(replace(QUIET, forecast=Forecast(3.0, 45.4, 1_203.6)))

    assert concern.level is Level.WATCH
    assert "45 hồ sơ sẽ bị báo trễ oan trong 4 giờ, 1.204 trong 24" in concern.what.vi
    assert (concern.next_step, concern.page) == (advice.FORECAST_SLOW, None)


def test_a_bad_forecast_leads_to_parked_dossiers_where_there_are_some() -> None:
    figures = replace(
        QUIET, forecast=Forecast(3.0, 45.0, 90.0), states=waiting(DeliveryState.PARKED, 30, 9.0)
    )

    told = concerns_of(figures)

    assert [concern.page for concern in told] == ["/parked", "/parked"]
    assert told[0].next_step == advice.FORECAST_PARKED


@pytest.mark.parametrize(
    "figures",
    [
        replace(QUIET, forecast=Forecast(20.0, 20.0, 900.0)),
        replace(QUIET, forecast=Forecast(90.0, 90.0, 90.0), outages=None),
        replace(QUIET, forecast=None),
    ],
    ids=["few within four hours", "nobody knows of outages", "not measured"],
)
def test_a_forecast_that_the_alert_would_not_tell_is_not_told(figures: Figures) -> None:
    assert concerns_of(figures) == []


def test_a_forecast_is_no_concern_during_an_outage() -> None:
    figures = replace(QUIET, forecast=Forecast(90.0, 90.0, 90.0), outages=Outages(1, 1, 60.0))

    assert [concern.page for concern in concerns_of(figures)] == ["/outages"]


def test_an_old_parked_dossier_is_no_backlog() -> None:
    (concern,) = concerns_of(replace(QUIET, states=waiting(DeliveryState.PARKED, 2, 90_000.0)))

    assert concern.page == "/parked"


def test_the_worst_concern_comes_first_and_every_one_says_what_to_do() -> None:
    found = concerns_of(
        replace(
            QUIET,
            causes=falsely_late(portal_down=1, rejected=1),
            at_risk=AtRisk(1, 2, 3, 60.0),
            outages=Outages(1, 1, 5.0),
            states=waiting(DeliveryState.PARKED, 1, 5.0),
            unmeasured=["portal"],
        )
    )

    order = [list(Level).index(concern.level) for concern in found]
    assert order == sorted(order)
    assert len(found) == 6
    assert all(concern.next_step.vi and concern.next_step.en for concern in found)


def test_a_backlog_is_old_when_the_alert_says_so() -> None:
    (seconds,) = re.findall(
        r'age_seconds\{state!="parked"\}\) > ([0-9]+)', (RULES / "alerts.yml").read_text("utf-8")
    )

    assert int(seconds) == concerns.BACKLOG_OLD_SECONDS


def test_a_forecast_is_bad_when_the_alert_says_so() -> None:
    (number,) = re.findall(r'within="4h"\} > ([0-9]+)', (RULES / "alerts.yml").read_text("utf-8"))

    assert int(number) == concerns.FORECAST_LATE


def test_the_causes_that_are_not_ours_are_those_of_the_recorded_rule() -> None:
    (causes,) = re.findall(r'by_cause\{cause!~"([a-z_|]+)"\}', (RULES / "rules.yml").read_text("utf-8"))

    assert set(causes.split("|")) == advice.NOT_OURS


def test_everything_that_can_happen_has_a_word() -> None:
    assert set(wording.STATUSES) == set(Status)
    assert set(wording.KINDS) == set(EntryKind)
    assert set(wording.STATES) == set(DeliveryState)
    assert set(words.PARK_CAUSES) == set(ParkCause) == set(advice.PARK_STEPS)
    assert set(wording.FALSE_LATE_CAUSES) == set(FalseLateCause) == set(advice.FALSE_LATE_STEPS)
    assert set(wording.OPERATIONS) == set(Operation)
    assert set(words.VERDICTS) == set(Verdict)
    assert set(words.RULES) == set(Rule)
    assert set(concerns.LEVELS) == set(Level)
    assert set(words.ACTIONS) == set(Action)
    assert set(words.OUTAGE_KINDS) == set(OutageKind)
    assert set(words.PROOFS) == set(AcknowledgedBy)
    assert set(words.DIRECTIONS) == set(Direction)
    assert set(words.EFFECTS) == set(Effect)
    assert set(words.ATTEMPT_STATES) == set(AttemptState)


def test_every_outcome_has_a_word() -> None:
    kinds = {*get_args(outcome.Outcome), *get_args(outcome.LookUpOutcome)}
    names = {outcome.outcome_name(kind(*(None for _ in fields(kind)))) for kind in kinds}

    assert set(words.OUTCOMES) == names


def test_a_word_that_is_missing_is_shown_as_it_is() -> None:
    assert words.word_for(words.PARK_CAUSES, "brand_new") == ("brand_new", "brand_new")


def test_every_field_that_tells_who_an_applicant_is_gets_struck_out() -> None:
    assert set(PERSONAL_FIELDS) == {f.name for f in fields(Applicant)} - {"kind", "verified_by_vneid"}


@pytest.mark.parametrize(
    ("seconds", "vi", "en"),
    [
        (-3, "0 giây", "0 s"),
        (59.9, "59 giây", "59 s"),
        (60, "1 phút", "1 min"),
        (3_599, "59 phút 59 giây", "59 min 59 s"),
        (3_600, "1 giờ", "1 h"),
        (7_500, "2 giờ 5 phút", "2 h 5 min"),
        (86_400 * 3 + 3_600 * 4 + 59, "3 ngày 4 giờ", "3 d 4 h"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(seconds: float, vi: str, en: str) -> None:
    assert writing.write_span(seconds) == (vi, en)


def test_numbers_are_written_as_the_language_has_them() -> None:
    assert writing.write_number(10_071) == "10.071"
    assert writing.write_number(10_071, Language.ENGLISH) == "10,071"
    assert writing.write_points(Decimal("1234.5"), Language.ENGLISH) == "1234.50"
    assert writing.write_call_time(0.25, Language.ENGLISH) == "0.25 s"
    assert writing.write_share(0.5555, Language.ENGLISH) == "55.5 %"


@pytest.mark.parametrize(
    ("share", "written"),
    [(1.0, "100 %"), (0.9999, "99,9 %"), (0.17, "17 %"), (0.29, "29 %"), (0.0, "0 %"), (0.5555, "55,5 %")],
)
def test_a_share_is_rounded_down_so_that_only_all_is_a_hundred(share: float, written: str) -> None:
    assert writing.write_share(share) == written


def test_an_instant_is_written_in_vietnamese_time_whatever_its_zone() -> None:
    assert writing.write_moment(NOW) == "21/11/2026 10:48:29"
    assert writing.write_moment(NOW.astimezone(timezone(timedelta(hours=-8)))) == "21/11/2026 10:48:29"


@given(st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)), st.uuids())  # noqa: DTZ001 - hypothesis wants it naive
def test_the_place_in_a_list_survives_the_way_through_an_address(at: datetime, dossier_id: UUID) -> None:
    place = write_place(at, dossier_id)

    assert read_place(place) == (at, dossier_id)
    assert re.fullmatch(r"[A-Za-z0-9_.~]+", place)


def test_a_place_at_the_edge_of_time_is_refused() -> None:
    with pytest.raises(NoSuchPlace):
        read_place(f"00010101T000000.000000_2359~{UUID(int=1).hex}")


@given(st.text(max_size=80))
def test_a_place_that_is_none_of_ours_is_refused_and_nothing_else(text: str) -> None:
    for read in (read_place, read_number, read_id):
        try:
            read(text)
        except NoSuchPlace:
            continue
        assert read is read_number
        assert text.isdecimal()
