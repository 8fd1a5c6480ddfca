"""`lienthong simulate`: months of traffic and a failing portal, in seconds."""

import json
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.cli.recorded_day import read_dossiers, read_outages
from services.cli.rehearsal_page import check_page, write_page
from services.simulation.errors import InvalidScenario
from services.simulation.picture import draw
from services.simulation.recorded import write_scenario
from services.simulation.rehearse import Policy, rehearse
from services.simulation.result import Result
from services.simulation.scenario import Scenario
from services.simulation.scenario_file import load_scenario, shipped_scenarios
from services.simulation.trial import Trial, trial_table, try_out

ALL: Final = "all"
_POLICIES: Final = [*(policy.value for policy in Policy), ALL]

app = typer.Typer(
    invoke_without_command=True,
    help="Diễn tập nhiều tháng trong vài giây / rehearses months of traffic in seconds",
)


@app.callback(invoke_without_command=True)
def simulate(
    context: typer.Context,
    *,
    scenario: Annotated[
        str, typer.Option(help="Tên kịch bản hoặc tệp TOML / name of a scenario, or a TOML file")
    ] = "hoa-binh-2024",
    policy: Annotated[str, typer.Option(help=" | ".join(_POLICIES))] = ALL,
    seed: Annotated[int, typer.Option(help="Lần gieo ngẫu nhiên / seed of the chance")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Mỗi chính sách một dòng JSON / one JSON object a line per policy")
    ] = False,
    picture: Annotated[Path | None, typer.Option(help="Vẽ ra tệp SVG / draw a picture (SVG)")] = None,
) -> None:
    """Diễn tập một kịch bản / play one scenario, for one policy or all."""
    if context.invoked_subcommand is not None:
        return
    if policy not in _POLICIES:
        raise typer.BadParameter(" | ".join(_POLICIES), param_hint="--policy")
    chosen = list(Policy) if policy == ALL else [Policy(policy)]
    results = _play(_load(scenario), chosen, seed)
    if as_json:
        for result in results:
            typer.echo(json.dumps(result.summary(), ensure_ascii=False))
    else:
        Console().print(_table(scenario, seed, results))
    if picture is not None:
        picture.write_text(draw(results, title=f"{scenario}, seed {seed}"), encoding="utf-8")


@app.command("scenarios")
def list_scenarios() -> None:
    """Liệt kê kịch bản có sẵn / list the scenarios that come with the system."""
    for name in shipped_scenarios():
        typer.echo(f"{name}\n    {' '.join(load_scenario(name).about.split())}")


@app.command("table")
def write_table(
    *,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Mặc định mọi kịch bản / by default all that are shipped")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Số lần gieo, từ 1 / seeds from 1 to this")] = 20,
    processes: Annotated[int, typer.Option(min=1, help="Số tiến trình / processes")] = 2,
    page: Annotated[
        Path | None,
        typer.Option(
            "--write", help="Ghi bảng và hình vào trang này / put table and pictures into this page"
        ),
    ] = None,
) -> None:
    """Bảng Markdown qua nhiều lần gieo / a Markdown table over seeds; fails where ours owes something."""
    if page is not None:
        check_page(page)
    names = scenario or shipped_scenarios()
    for name in names:
        _load(name)
    tasks = [(name, seed) for name in names for seed in range(1, seeds + 1)]
    screen = Console(stderr=True)
    with (
        ProcessPoolExecutor(processes) as pool,
        Progress(console=screen, disable=not screen.is_terminal) as progress,
    ):
        trials = list(progress.track(pool.map(_try_out, tasks), total=len(tasks)))
    for line in trial_table(trials):
        typer.echo(line)
    if page is not None:
        write_page(page, trials)
    faults = [fault for trial in trials for fault in trial.faults()]
    for fault in faults:
        typer.echo(fault, err=True)
    raise typer.Exit(1 if faults else 0)


@app.command("record")
def record(
    *,
    dossiers: Annotated[
        Path, typer.Option(help="CSV: received_at, finished_at, due_at, unit (tùy chọn / optional)")
    ],
    outages: Annotated[Path | None, typer.Option(help="CSV: begins_at, ends_at, state")] = None,
    about: Annotated[str, typer.Option(help="Mô tả / what it is")] = "",
) -> None:
    """Lập kịch bản từ một ngày đã qua / build a scenario from a recorded day, and print it."""
    try:
        windows = [] if outages is None else read_outages(outages)
        typer.echo(write_scenario(read_dossiers(dossiers), windows, about=about), nl=False)
    except InvalidScenario as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault


def _try_out(task: tuple[str, int]) -> Trial:
    name, seed = task
    return try_out(load_scenario(name), seed)


def _load(name: str) -> Scenario:
    try:
        return load_scenario(name)
    except InvalidScenario as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(2) from fault


def _play(scenario: Scenario, policies: Iterable[Policy], seed: int) -> list[Result]:
    results = []
    screen = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress:
        for policy in policies:
            task = progress.add_task(f"{scenario.name}: {policy.value}")
            results.append(rehearse(scenario, policy, seed))
            progress.remove_task(task)
    return results


def _table(scenario: str, seed: int, results: Iterable[Result]) -> Table:
    table = Table(title=f"{scenario}, seed {seed}")
    table.add_column("Chính sách / policy")
    for column in (
        "Hồ sơ / dossiers",
        "Đồng bộ / synced",
        "Báo trễ / shown late",
        "Trễ oan / false late",
        "Chậm trung bình / mean lag",
        "Lượt gọi Cổng / portal calls",
    ):
        table.add_column(column, justify="right")
    for result in results:
        table.add_row(
            result.policy,
            f"{result.dossiers:,}".replace(",", "."),
            _percent(result.synced_share),
            _percent(result.flagged_late_share),
            f"{result.false_late:,}".replace(",", "."),
            f"{result.mean_lag_seconds:,.0f} s".replace(",", "."),
            f"{result.portal_calls:,}".replace(",", "."),
        )
    return table


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %".replace(".", ",")
