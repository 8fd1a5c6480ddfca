"""Keeps a Markdown page at what the rehearsal last showed: its table, and the pictures that it shows."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typer

from services.simulation.picture import draw
from services.simulation.trial import Trial, trial_table

BEGIN: Final = "<!-- lienthong simulate table: begin -->"
END: Final = "<!-- lienthong simulate table: end -->"
_PICTURE: Final = re.compile(r"!\[([\w-]+)\]\((\S+\.svg)\)")


def check_page(page: Path) -> None:
    """Raise `typer.BadParameter` where the page has no place for the table."""
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    if BEGIN not in text or END not in text:
        raise typer.BadParameter(f"cần hai dấu / wants the marks {BEGIN} {END}", param_hint="--write")


def write_page(page: Path, trials: Sequence[Trial]) -> None:
    """Put the table between the marks, and draw the pictures `![scenario](path.svg)` of the first seed."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    table = "\n".join(trial_table(trials))
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
    for name, path in _PICTURE.findall(text):
        first = min((trial for trial in trials if trial.scenario == name), key=lambda t: t.seed, default=None)
        if first is not None:
            title = f"{name}, seed {first.seed}"
            (page.parent / path).write_text(draw(list(first.results.values()), title=title), encoding="utf-8")
