"""The rehearsal of a demo run: the same dossiers and outages, stretched to the two months it stands for."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cli.demo.desk import Dossier
from services.cli.demo.plan import Offer, Phase, PlannedDossier
from services.cli.demo.rehearsal import TOLD, rehearse_run, stretched
from services.cli.demo.weather import Storm
from services.core.domain.deadline import ProcessingTime
from services.simulation.weather import State

START = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
PHASE = Phase(START, START + timedelta(seconds=90))
OFFER = Offer("1.001193", "Đăng ký khai sinh", 0, ProcessingTime.parse("1", "working_day"))


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def dossier(number: int, *, finished: float, due: float) -> Dossier:
    planned = PlannedDossier(number, "H44.01", OFFER, at(-3600), at(due), at(finished), None)
    return Dossier(planned, "", f"D-{number}", "", 2, at(due), at(-3), at(finished))


def storm(begins: float, ends: float, shape: str) -> Storm:
    return Storm(at(begins), at(ends), {"shape": shape}, "", "")


def test_the_run_becomes_as_long_as_the_two_months_and_its_outages_with_it() -> None:
    scenario = stretched([dossier(1, finished=80, due=85)], [storm(30, 60, "down")], PHASE)
    assert [window.state for window in scenario.outages] == [State.DOWN]
    window = scenario.outages[0]
    assert window.ends_at - window.begins_at == pytest.approx(TOLD.total_seconds() / 3)


def test_what_gets_through_in_a_storm_is_no_outage_and_what_says_nothing_is_an_error() -> None:
    storms = [storm(5, 10, "answer_lost"), storm(20, 25, "html"), storm(40, 45, "hang")]
    states = [window.state for window in stretched([], storms, PHASE).outages]
    assert states == [State.ERROR, State.HANG]


def test_only_what_was_finished_in_an_outage_and_due_in_it_is_beyond_our_saving() -> None:
    lost = [dossier(n, finished=31, due=35) for n in range(3)]
    saved = [dossier(10 + n, finished=31, due=50) for n in range(5)]
    late = [dossier(20, finished=10, due=-86_400)]
    results = rehearse_run([*lost, *saved, *late], [storm(30, 36, "down")], PHASE)
    naive, fifo, ours = results
    assert (ours.dossiers, ours.synced, ours.false_late, ours.flagged_late) == (9, 9, 3, 4)
    assert fifo.false_late == 3
    assert (naive.synced, naive.false_late) == (1, 8)
