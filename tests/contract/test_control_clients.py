"""The typed control clients against the mocks that they steer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from services.mock_portal.instance import running_portal
from services.mock_testing.control import Control, ControlRefused
from services.mock_testing.population import PopulationControl
from services.mock_testing.portal import PortalControl
from tests.contract.mock_portal_desk import Desk, accepted, dossier, entry
from tests.contract.population_caller import Caller

MOMENT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
CODES = [f"H22-{number}" for number in range(3)]


@pytest.fixture(scope="module")
def portal_address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture(scope="module")
def population_address() -> Iterator[str]:
    with running_population(PopulationSettings(citizens=120)) as address:
        yield address


@pytest.fixture
def portal(portal_address: str) -> Iterator[PortalControl]:
    with PortalControl(portal_address) as control:
        control.reset()
        yield control


@pytest.fixture
def population(population_address: str) -> Iterator[PopulationControl]:
    with PopulationControl(population_address) as control:
        control.reset()
        yield control


@pytest.fixture(params=["portal", "population"])
def either(request: pytest.FixtureRequest) -> Control:
    control: Control = request.getfixturevalue(request.param)
    return control


def test_both_clocks_can_be_stopped_and_moved(either: Control) -> None:
    assert either.clock().mode == "real"
    assert either.freeze(MOMENT).now == MOMENT
    assert either.advance(timedelta(hours=2)).now == MOMENT + timedelta(hours=2)
    assert either.run_real().mode == "real"


def test_a_fault_runs_for_the_length_of_a_block(either: Control) -> None:
    with either.struck_by("http_5xx", status=502, first_n=3) as fault:
        assert [running.id for running in either.faults()] == [fault.id]

    assert either.faults() == []


def test_a_block_may_end_its_fault_itself(either: Control) -> None:
    with either.struck_by("down"):
        either.end_all_faults()

    assert either.faults() == []


def test_an_outage_stays_on_record(either: Control) -> None:
    started = either.start_outage("html", 30)
    either.end_fault(started.id)

    (ended,) = either.outages()
    assert (ended.kind, ended.calls_struck) == ("html", 0)
    assert ended.ended_at is not None


def test_an_order_that_makes_no_sense_is_refused_with_the_fields_name(either: Control) -> None:
    with pytest.raises(ControlRefused, match="min_ms"):
        either.set_latency(5, 1)
    with pytest.raises(ControlRefused, match="shape"):
        either.order_fault("earthquake")


def test_the_ledger_of_a_portal_is_read_as_it_is(portal: PortalControl) -> None:
    portal.freeze(MOMENT)
    with Desk(portal.address) as desk:
        assert accepted(desk.create(*(dossier(code) for code in CODES)))
        desk.progress(entry(CODES[0], 2, "20260105080000"), entry(CODES[0], 4, "20260105090000"))
        desk.create(dossier(CODES[1]))

    ledger = portal.ledger_of(CODES[1])
    assert portal.wait(dossiers=3, entries=2, timeout_seconds=5).reached
    assert list(portal.codes()) == CODES
    assert portal.statuses_of(CODES[0]) == [2, 4]
    assert ledger is not None
    assert [item.outcome for item in ledger.received] == ["accepted", "refused"]
    assert ledger.received[0].arrived_at == MOMENT
    assert portal.ledger_of("H22-9") is None
    assert portal.statuses_of("H22-9") == []
    assert portal.summary().calls["DongBoHoSoMC"] == {"accepted": 1, "refused": 1}


def test_a_wait_that_is_not_reached_says_so(portal: PortalControl) -> None:
    arrivals = portal.wait(dossiers=1, timeout_seconds=0.05)

    assert (arrivals.reached, arrivals.dossiers) == (False, 0)


def test_verdicts_of_a_portal_are_read_as_they_are(portal: PortalControl) -> None:
    portal.freeze(MOMENT)
    with Desk(portal.address) as desk:
        desk.create(dossier(CODES[0]), dossier(CODES[1], NgayHenTra="20260104080000"))

    late = portal.verdict_of(CODES[1])
    assert late is not None
    assert late.standing == "late"
    assert portal.verdict_of("H22/9") is None
    after = portal.verdict_of(CODES[0], as_of=datetime(2026, 2, 1, tzinfo=UTC))
    assert after is not None
    assert after.standing == "late"
    assert [verdict.mahoso for verdict in portal.verdicts(standing="late")] == [CODES[1]]


def test_people_and_ledger_of_a_population_database_are_read_as_they_are(
    population: PopulationControl,
) -> None:
    mine = population.put_citizen(
        number="001204999999",
        name="TRẦN GIẢ LẬP RIÊNG",
        sex="1",
        birth_year=2004,
        residence={"province": "01", "ward": "90001"},
    )
    with Caller(population.address) as caller:
        assert len(caller.look_up(mine.model_dump())) == 1

    (call,) = population.calls()
    assert call.asked is not None
    assert (call.outcome, call.asked.number) == ("found", mine.number)
    assert population.wait(questions=1, timeout_seconds=5).reached
    assert population.summary().calls == {"TraCuuThongTinCongDan": {"found": 1}}
    assert population.citizen(trait="added") == mine
    assert len(population.citizens(limit=130)) == 130
    assert len({person.number for person in population.citizens(limit=130)}) == 130


def test_a_trait_that_nobody_has_is_an_error(population: PopulationControl) -> None:
    with pytest.raises(LookupError, match="added"):
        population.citizen(trait="added")
