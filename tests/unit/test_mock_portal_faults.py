"""Which calls a fault rule strikes, and when it ends; time is a number here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.mock_portal.fault_rule import CallTraits, FaultRule, FaultShape
from services.mock_portal.faults import FaultBoard

START = datetime(2026, 1, 5, tzinfo=UTC)


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds - 1000)


def board(time: FakeTime) -> FaultBoard:
    return FaultBoard(monotonic=time.monotonic, now=time.now)


def codes(*given: str) -> Callable[[], list[str]]:
    return lambda: list(given)


def down(
    *,
    duration_seconds: float = 60,
    operation: str | None = None,
    dossier_pattern: str | None = None,
    probability: float = 1.0,
    seed: int = 0,
    first_n: int | None = None,
) -> FaultRule:
    return FaultRule(
        shape=FaultShape.DOWN,
        duration_seconds=duration_seconds,
        operation=operation,
        dossier_pattern=dossier_pattern,
        probability=probability,
        seed=seed,
        first_n=first_n,
    )


def strikes(faults: FaultBoard, operation: str = "TraCuuHoSo", *dossiers: str) -> bool:
    return faults.strike(CallTraits(operation, codes=codes(*dossiers)), lambda: START).fault is not None


def test_a_rule_ends_by_itself_at_its_time() -> None:
    time = FakeTime()
    faults = board(time)
    faults.add(down(duration_seconds=60))

    time.seconds += 59.9
    assert strikes(faults)
    time.seconds += 0.1
    assert not strikes(faults)
    assert faults.active() == []


def test_a_rule_for_one_operation_spares_the_others() -> None:
    faults = board(FakeTime())
    faults.add(down(operation="login"))

    assert strikes(faults, "login")
    assert not strikes(faults, "TraCuuHoSo")


def test_a_pattern_strikes_a_call_with_any_matching_dossier() -> None:
    faults = board(FakeTime())
    faults.add(down(dossier_pattern="H22-*-0007"))

    assert strikes(faults, "DongBoHoSoMC", "H22-260105-0001", "H22-260105-0007")
    assert not strikes(faults, "DongBoHoSoMC", "H22-260105-0001")
    assert not strikes(faults, "LayDanhSachTTHC")


def test_first_n_counts_only_calls_it_covers() -> None:
    faults = board(FakeTime())
    faults.add(down(operation="login", first_n=2))

    struck = [strikes(faults, operation) for operation in ("login", "TraCuuHoSo", "login", "login")]

    assert struck == [True, False, True, False]


def test_probability_with_a_seed_repeats_exactly_and_hits_about_that_share() -> None:
    runs = []
    for _ in range(2):
        faults = board(FakeTime())
        faults.add(down(probability=0.3, seed=7))
        runs.append([strikes(faults) for _ in range(1000)])

    assert runs[0] == runs[1]
    assert 250 < sum(runs[0]) < 350


def test_the_oldest_of_several_rules_strikes_and_a_slow_down_strikes_besides() -> None:
    faults = board(FakeTime())
    first = faults.add(down(first_n=1))
    slow = faults.add(FaultRule(shape=FaultShape.SLOW, duration_seconds=60, min_delay_ms=20, max_delay_ms=30))
    second = faults.add(FaultRule(shape=FaultShape.HANG, duration_seconds=60))

    login = CallTraits("login")
    strike, next_strike = faults.strike(login, lambda: START), faults.strike(login, lambda: START)

    assert (strike.fault, strike.slow) == (first, slow)
    assert next_strike.fault is second
    assert 0.020 <= slow.delay_seconds() <= 0.030


def test_ending_a_rule_lets_go_of_those_it_holds() -> None:
    faults = board(FakeTime())
    fault = faults.add(FaultRule(shape=FaultShape.HANG, duration_seconds=60))

    assert faults.end(fault.number)
    assert fault.over.is_set()
    assert not faults.end(fault.number)


def test_outages_keep_their_real_start_and_end() -> None:
    time = FakeTime()
    faults = board(time)
    ended_early = faults.add(down(duration_seconds=60), outage=True)
    faults.add(down(duration_seconds=30), outage=True)
    faults.add(down(duration_seconds=30))
    time.seconds += 10
    faults.end(ended_early.number)
    time.seconds += 25

    first, second = faults.outages()

    assert (first.started_at, first.ended_at) == (START, START + timedelta(seconds=10))
    assert (second.started_at, second.ended_at) == (START, START + timedelta(seconds=30))
