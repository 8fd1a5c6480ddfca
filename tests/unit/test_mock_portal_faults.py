"""Which calls a fault rule strikes, and when it ends; time is a number here."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from services.mock_portal.fault_rule import CallTraits, FaultBoard, FaultRule, FaultShape

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
    traits = CallTraits(operation, codes=codes(*dossiers))
    return faults.strike(traits.covered_by, lambda: START).fault is not None


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

    login = CallTraits("login").covered_by
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


def test_a_rule_strikes_each_nth_call_it_covers_and_lets_others_out_of_the_count() -> None:
    faults = board(FakeTime())
    faults.add(FaultRule(shape=FaultShape.DOWN, duration_seconds=60, every_n=3, operation="login"))

    struck = [
        strikes(faults, operation) for operation in ("login", "other", "login", "other", "login", "login")
    ]

    assert struck == [False, False, False, False, True, False]


def test_a_rule_ahead_strikes_from_its_start_for_its_duration() -> None:
    time = FakeTime()
    faults = board(time)
    ahead = faults.add(FaultRule(shape=FaultShape.DOWN, duration_seconds=10, starts_after_seconds=5))

    assert not strikes(faults)
    assert ahead.started_at == START + timedelta(seconds=5)
    time.seconds += 5
    assert strikes(faults)
    time.seconds += 9.9
    assert strikes(faults)
    time.seconds += 0.1
    assert not strikes(faults)
    assert ahead.ended_at == START + timedelta(seconds=15)


def test_a_window_of_the_portals_clock_bounds_a_rule() -> None:
    faults = board(FakeTime())
    faults.add(
        FaultRule(
            shape=FaultShape.DOWN,
            duration_seconds=60,
            clock_from=START,
            clock_until=START + timedelta(hours=1),
        )
    )

    def struck_at(moment: datetime) -> bool:
        return faults.strike(CallTraits("login").covered_by, lambda: moment).fault is not None

    assert not struck_at(START - timedelta(seconds=1))
    assert struck_at(START)
    assert struck_at(START + timedelta(minutes=59))
    assert not struck_at(START + timedelta(hours=1))


def test_a_daily_window_is_vietnams_and_may_span_midnight() -> None:
    rule = FaultRule(shape=FaultShape.DOWN, duration_seconds=60, daily_from="22:00", daily_until="05:00")
    in_hanoi = {hour: rule.covers_moment(START + timedelta(hours=hour - 7)) for hour in range(7, 31)}

    assert [hour for hour, covered in in_hanoi.items() if covered] == [22, 23, 24, 25, 26, 27, 28]


def test_units_and_procedures_narrow_a_rule() -> None:
    rule = FaultRule(
        shape=FaultShape.DOWN, duration_seconds=60, unit_pattern="H22.*", procedure_pattern="1.001193*"
    )

    def covers(unit: str, *procedures: str) -> bool:
        return CallTraits("DongBoHoSoMC", unit=unit, procedures=codes(*procedures)).covered_by(rule)

    assert covers("H22.01", "2.000815", "1.001193.000.00.00.H22")
    assert not covers("H22.01", "2.000815")
    assert not covers("H29.01", "1.001193")
    assert not covers("H22.01")
