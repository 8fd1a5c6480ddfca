"""Scenario files (TOML): those that are shipped, by name, and anybody's, by path."""

import tomllib
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Final

from services.core.domain.delivery import RetryPolicy
from services.core.domain.verdict import Comparison
from services.simulation.case import Case
from services.simulation.errors import InvalidScenario
from services.simulation.portal import PortalTraits
from services.simulation.recorded import recorded_case
from services.simulation.round import WorkerTraits
from services.simulation.scenario import Scenario
from services.simulation.table import Table
from services.simulation.traffic import Band, Traffic
from services.simulation.weather import Climate, State, Window

SUFFIX: Final = ".toml"
#: As the worker does.
CLAIMED_AT_LEAST: Final = 20
_HOURS: Final = 24
_STATES: Final = tuple(state.value for state in State if state is not State.UP)


def shipped_scenarios() -> list[str]:
    """Name the scenarios that come with the system."""
    folder = files("services.simulation").joinpath("scenarios")
    return sorted(
        entry.name.removesuffix(SUFFIX) for entry in folder.iterdir() if entry.name.endswith(SUFFIX)
    )


def load_scenario(name: str) -> Scenario:
    """Read a scenario by its name, or by the path of a file. Raises `InvalidScenario`."""
    if name in shipped_scenarios():
        text = files("services.simulation").joinpath("scenarios", name + SUFFIX).read_text(encoding="utf-8")
        return read_scenario(text, name)
    path = Path(name)
    if not path.is_file():
        known = ", ".join(shipped_scenarios())
        raise InvalidScenario(
            name, f"không có kịch bản này; có sẵn: {known}", f"no such scenario or file; shipped: {known}"
        )
    return read_scenario(path.read_text(encoding="utf-8"), path.stem)


def read_scenario(text: str, name: str) -> Scenario:
    """Read a scenario from its text. Raises `InvalidScenario`, which names the place in the file."""
    try:
        top = Table(tomllib.loads(text))
    except tomllib.TOMLDecodeError as fault:
        raise InvalidScenario(name, f"không đọc được: {fault}", f"cannot be read: {fault}") from fault
    dossiers = top.table("dossiers")
    recorded = _recorded(dossiers)
    scenario = Scenario(
        name=name,
        about=top.text("about", "").strip(),
        portal=_portal(top.table("portal")),
        worker=_worker(top.table("worker")),
        correction_seconds=3600 * dossiers.number("correction_hours", 4),
        traffic=None if recorded else _traffic(dossiers),
        recorded=recorded,
        outages=[_window(table) for table in top.tables("outages")],
        climate=_climate(top.table("weather")) if "weather" in top else None,
    )
    dossiers.end()
    top.end()
    return scenario


def _recorded(table: Table) -> list[Case]:
    return [recorded_case(n, row) for n, row in enumerate(table.rows("recorded"))]


def _traffic(table: Table) -> Traffic:
    by_hour = table.numbers("by_hour")
    if len(by_hour) != _HOURS or sum(by_hour) <= 0:
        raise InvalidScenario("dossiers.by_hour", "cần 24 trọng số", "wants 24 weights")
    least, most = table.range("steps", (1, 3))
    return Traffic(
        start=table.day("start"),
        days=table.whole("days", least=1),
        dossiers=table.whole("count", least=1),
        by_hour=by_hour,
        processing=_bands(table.tables("processing"), "dossiers.processing"),
        slack=_bands(table.tables("slack"), "dossiers.slack"),
        steps=(int(least), int(most)),
        returned_share=table.share("returned_share", 0),
        refused_share=table.share("refused_share", 0),
        units=table.whole("units", 1, least=1),
        unit_weight=table.number("unit_weight", 0),
    )


def _bands(tables: Sequence[Table], name: str) -> tuple[Band, ...]:
    bands = []
    for table in tables:
        bands.append(Band(table.share("share"), *table.range("working_minutes")))
        table.end()
    if not bands:
        raise InvalidScenario(name, "thiếu", "is missing")
    return tuple(bands)


def _portal(table: Table) -> PortalTraits:
    traits = PortalTraits(
        seconds_per_call=1 / table.number("calls_per_second", 100, least=1e-6),
        seconds_per_dossier=1 / table.number("dossiers_per_second", 100, least=1e-6),
        latency=table.number("latency_seconds", 0.2),
        slow_factor=table.number("slow_factor", 20, least=1),
        answer_loss=table.share("answer_loss", 0),
        comparison=Comparison(table.text("comparison", Comparison.INSTANT)),
    )
    table.end()
    return traits


def _worker(table: Table) -> WorkerTraits:
    call_seconds = table.number("call_seconds", 20, least=0.1)
    dossiers_per_call = table.whole("dossiers_per_call", 50, least=1)
    traits = WorkerTraits(
        calls_in_flight=table.whole("calls_in_flight", 8, least=1),
        dossiers_per_call=dossiers_per_call,
        dossiers_per_claim=max(dossiers_per_call, CLAIMED_AT_LEAST),
        entries_per_call=table.whole("entries_per_call", 200, least=1),
        look_ups_at_once=table.whole("look_ups_at_once", 8, least=1),
        call_seconds=call_seconds,
        probe_seconds=table.number("probe_seconds", 5, least=0.1),
        probe_cap_seconds=table.number("probe_cap_seconds", 15, least=0.1),
        retry=RetryPolicy(
            base=table.number("retry_base_seconds", 1, least=0.01),
            cap=table.number("retry_cap_seconds", 900, least=0.01),
            ask_after=table.number("ask_after_seconds", 5),
            linger=2 * call_seconds,
        ),
    )
    table.end()
    return traits


def _climate(table: Table) -> Climate:
    states = table.table("states")
    climate = Climate(
        up_seconds=60 * table.number("up_minutes", least=0.01),
        bad_seconds=60 * table.number("bad_minutes", least=0.01),
        states={_state(key, states.path(key)): states.number(key) for key in states},
        regularity=table.number("regularity", 1, least=0.1),
    )
    if sum(climate.states.values()) <= 0:
        raise InvalidScenario("weather.states", "thiếu", "is missing")
    table.end()
    return climate


def _window(table: Table) -> Window:
    state = _state(table.text("state", State.DOWN), table.path("state"))
    window = Window(table.moment("begins_at"), table.moment("ends_at"), state)
    if window.ends_at <= window.begins_at:
        raise InvalidScenario(table.path("ends_at"), "phải sau lúc bắt đầu", "must be after the beginning")
    table.end()
    return window


def _state(value: str, path: str) -> State:
    if value not in _STATES:
        allowed = ", ".join(_STATES)
        raise InvalidScenario(path, f"phải là một trong: {allowed}", f"must be one of: {allowed}")
    return State(value)
