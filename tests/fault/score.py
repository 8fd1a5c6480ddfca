"""What the fault suite has done in all, for people who want to quote it."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.fault.checker import Violation
from tests.fault.evidence import Evidence


class Score:
    """Totals over all tests of one session; `seed` repeats the random ones."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.kills: Counter[str] = Counter()
        self.crash_points: Counter[str] = Counter()
        self.answers_lost = 0
        self.dossiers = 0
        self.entries = 0
        self.violations: Counter[str] = Counter()
        self.figures: dict[str, float] = {}

    def kill(self, what: str) -> None:
        self.kills[what] += 1

    def crashed(self, what: str, point: str) -> None:
        """Count a process that ended itself at a crash point."""
        self.kills[what] += 1
        self.crash_points[point] += 1

    def judged(self, evidence: Evidence, violations: Sequence[Violation]) -> None:
        self.dossiers += len(evidence.dossiers)
        self.entries += sum(dossier.last_seq for dossier in evidence.dossiers)
        self.violations.update(violation.promise for violation in violations)

    def note(self, name: str, value: float) -> None:
        """Keep a measured figure, the worst of several."""
        self.figures[name] = max(round(value, 3), self.figures.get(name, 0.0))

    def summary(self) -> dict[str, Any]:
        return {
            "seed": self.seed,
            "kills": self.kills.total(),
            "kills_by_part": dict(sorted(self.kills.items())),
            "kills_by_crash_point": dict(sorted(self.crash_points.items())),
            "answers_lost": self.answers_lost,
            "dossiers": self.dossiers,
            "progress_entries": self.entries,
            "lost": self.violations["lost"] + self.violations["half-written"],
            "duplicates": self.violations["doubled on portal"] + self.violations["doubled at desk"],
            "violations": dict(sorted(self.violations.items())),
            "figures": dict(sorted(self.figures.items())),
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.summary(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
