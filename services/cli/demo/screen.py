"""What the demo shows: progress bars on a terminal, plain lines otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from services.core.domain.verdict import VIETNAM

#: Without a terminal a line per tenth is enough to see that something moves.
_STEPS: Final = 10
_WIDTH: Final = 132


class Screen:
    """Bars (taken in, finished, synced, verified) and lines of what happens."""

    def __init__(self) -> None:
        terminal = Console()
        self.console = terminal if terminal.is_terminal else Console(width=_WIDTH)
        self._progress = Progress(
            TextColumn("{task.description:<34}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self._bars: dict[str, TaskID] = {}
        self._shown: dict[str, int] = {}
        self._totals: dict[str, int] = {}

    def say(self, line: str) -> None:
        """Print a line above the bars, with the local time."""
        now = datetime.now(VIETNAM)
        self.console.print(f"[dim]{now:%H:%M:%S}[/dim]  {line}", highlight=False)

    @contextmanager
    def bars(self, total: int, **descriptions: str) -> Iterator[None]:
        """Show a bar for each name while the block runs."""
        for name, description in descriptions.items():
            self._bars[name] = self._progress.add_task(description, total=total)
            self._totals[name] = total
        with self._progress:
            yield

    def show(self, name: str, done: int) -> None:
        """Set a bar."""
        self._progress.update(self._bars[name], completed=done)
        step = done * _STEPS // max(self._totals[name], 1)
        if not self.console.is_terminal and step > self._shown.get(name, 0):
            self._shown[name] = step
            self.say(f"{self._progress.tasks[self._bars[name]].description}: {done}/{self._totals[name]}")
