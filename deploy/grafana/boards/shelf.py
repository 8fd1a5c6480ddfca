"""All dashboards, and the files that Grafana is provisioned with."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.boards.citizens import citizens
from deploy.grafana.boards.delivery import delivery
from deploy.grafana.boards.overview import overview
from deploy.grafana.boards.portal import portal
from deploy.grafana.boards.runbook import runbook
from deploy.grafana.boards.system import system
from deploy.grafana.boards.units import units

GRAFANA: Final = Path(__file__).resolve().parents[1]
RUNBOOK: Final = GRAFANA.parents[1] / "docs" / "runbook"
#: Where compose.yaml publishes it.
CONSOLE: Final = "http://127.0.0.1:8002"

_BOARDS: Final = (overview, delivery, portal, citizens, units, system)


def files(console: str = CONSOLE) -> Iterator[tuple[Path, str]]:
    """Give each file's path below deploy/grafana, and its text; `console` is the console's address."""
    for board in _BOARDS:
        yield Path("dashboards", f"{board.__name__}.json"), _text(board(console))
    for page in runbook(RUNBOOK):
        yield Path("runbook", f"{page.uid}.json"), _text(page)


def write(folder: Path = GRAFANA, *, console: str = CONSOLE) -> list[Path]:
    """Write all files and remove those of dashboards that are gone; gives the paths written."""
    written = []
    for path, text in files(console):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
        written.append(folder / path)
    for name in ("dashboards", "runbook"):
        for path in {*(folder / name).glob("*.json")}.difference(written):
            path.unlink()
    return written


def _text(board: Dashboard) -> str:
    return f"{json.dumps(board, cls=JSONEncoder, ensure_ascii=False, indent=2)}\n"
