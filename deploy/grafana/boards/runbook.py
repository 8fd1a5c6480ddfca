"""The runbook as dashboards: whoever is woken reads it where the figures are, also without the Internet."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grafana_foundation_sdk.builders.text import Panel
from grafana_foundation_sdk.models.dashboard import Dashboard
from grafana_foundation_sdk.models.text import TextMode

from deploy.grafana.boards.board import framed, numbered
from deploy.grafana.boards.link import TITLES, to_board

CONTENTS: Final = "lienthong-runbook"
_HEIGHT: Final = 30
_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def runbook(folder: Path) -> Iterator[Dashboard]:
    """Make the table of contents and a dashboard of each alert's page; its uid is the alert's name."""
    yield _page(CONTENTS, folder / "README.md", title=TITLES[CONTENTS])
    for page in sorted(folder.glob("LienThong*.md")):
        yield _page(page.stem, page)


def _page(uid: str, path: Path, *, title: str | None = None) -> Dashboard:
    heading, _, text = path.read_text(encoding="utf-8").partition("\n")
    built = framed(uid, title or heading.removeprefix("# "), f"docs/runbook/{path.name}")
    built.links([to_board(other) for other in TITLES if other != uid])
    panel = Panel().mode(TextMode.MARKDOWN).content(_within_grafana(text.strip())).span(24).height(_HEIGHT)
    return numbered(built.with_panel(panel.title(heading.removeprefix("# ")).description(_ABOUT)))


_ABOUT: Final = "Từ docs/runbook của phiên bản này. / From docs/runbook of this version."


def _within_grafana(markdown: str) -> str:
    """Let links between pages lead to their dashboards; of other documents say where they are."""
    return _LINK.sub(_linked, markdown)


def _linked(match: re.Match[str]) -> str:
    name, address = match.groups()
    if address.startswith("LienThong"):
        return f"[{name}](/d/{address.removesuffix('.md')})"
    if address == "README.md":
        return f"[{name}](/d/{CONTENTS})"
    return name if address.startswith("http") else f"{name} (`docs/{address.removeprefix('../')}`)"
