"""The report: a document for programs and a page for people."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.conformance.run import Result
from services.conformance.task import VIETNAM


@dataclass(frozen=True, slots=True)
class Report:
    """Of one desk system, by the name its tester gave it."""

    name: str
    made_at: datetime
    results: Sequence[Result]

    @property
    def handled(self) -> int:
        return sum(result.handled for result in self.results)

    def document(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "made_at": self.made_at.isoformat(timespec="seconds"),
            "handled": self.handled,
            "situations": len(self.results),
            "results": [_result(result) for result in self.results],
        }


def write_report(report: Report, folder: Path) -> None:
    """Write `report.json` and `report.html`; raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    document = report.document()
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(text + "\n", encoding="utf-8")
    (folder / "report.html").write_text(render(report), encoding="utf-8")


def render(report: Report) -> str:
    """Write the page, which needs nothing from elsewhere."""
    pages = Environment(
        loader=PackageLoader("services.conformance"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made_at = f"{report.made_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return pages.get_template("report.html").render(report=report, made_at=made_at)


def _result(result: Result) -> dict[str, Any]:
    return {
        "situation": result.situation.name,
        "vi": result.situation.vi,
        "en": result.situation.en,
        "handled": result.handled,
        "seconds": round(result.seconds, 1),
        "findings": [asdict(finding) for finding in result.findings],
        "evidence": [evidence.document() for evidence in result.evidence],
    }
