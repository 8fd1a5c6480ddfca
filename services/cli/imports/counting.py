"""Progress of an import: a bar on a terminal, otherwise a line per tenth. On standard error."""

from types import TracebackType
from typing import Final, Self

import typer
from rich.console import Console
from rich.progress import Progress

#: Rows between lines where the file does not tell how many it has.
_EVERY: Final = 10_000
_STEPS: Final = 10


class Counting:
    """Counts rows; `total` is `None` where the file does not tell."""

    def __init__(self, total: int | None) -> None:
        self._console = Console(stderr=True)
        self._progress = Progress(console=self._console, disable=not self._console.is_terminal)
        self._bar = self._progress.add_task("Dòng / rows", total=total)
        self._total = total
        self._done = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def advance_to(self, row: int) -> None:
        """Show that all rows up to this one are done."""
        self._progress.update(self._bar, completed=row)
        if not self._console.is_terminal and self._step(row) > self._step(self._done):
            typer.echo(f"{row}/{self._total or '?'}", err=True)
        self._done = row

    def _step(self, row: int) -> int:
        return row * _STEPS // self._total if self._total else row // _EVERY
