"""Progress of a run in stages: bars on a terminal, otherwise a line per tenth. Both on standard error."""

from types import TracebackType
from typing import Final, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from services.core.application.reconcile import Stage

_NAMES: Final = {
    Stage.SUMS: "So tổng theo ngày / comparing sums",
    Stage.BUCKETS: "So từng hồ sơ / comparing dossiers",
    Stage.REPAIRS: "Ghi nhận chênh lệch / recording differences",
}
_STEPS: Final = 10


class Stages:
    """A bar for each stage, from its first step on."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description:<44}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._bars: dict[Stage, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, stage: Stage, done: int, total: int) -> None:
        """Show how far a stage is."""
        if stage not in self._bars:
            self._bars[stage] = self._progress.add_task(_NAMES[stage], total=total)
        before = int(self._progress.tasks[self._bars[stage]].completed)
        self._progress.update(self._bars[stage], completed=done)
        if not self._console.is_terminal and done * _STEPS // total > before * _STEPS // total:
            typer.echo(f"{_NAMES[stage]}: {done}/{total}", err=True)
