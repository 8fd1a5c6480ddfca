"""What clients were told, attempt by attempt, in a file that outlives whatever is killed."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Kind(StrEnum):
    CREATE = "create"
    PROGRESS = "progress"


class Told(StrEnum):
    """What an attempt came to, as its caller can know it."""

    OK = "ok"
    FAILED = "failed"  #: certainly nothing was done
    UNKNOWN = "unknown"  #: no answer, or one that does not tell


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call. `marker` is the operation's own and stands in what it writes; `dossier` is the create's.

    `poison` marks what the portal will refuse.
    """

    marker: str
    kind: Kind
    dossier: str
    told: Told
    id: str | None = None
    code: str | None = None
    etag: str | None = None
    poison: bool = False


class History:
    """Grows while a run lasts."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8", buffering=1)
        self._path = path
        self.counts: Counter[tuple[Kind, Told]] = Counter()

    def note(self, attempt: Attempt) -> None:
        self._file.write(json.dumps(asdict(attempt)) + "\n")
        self.counts[attempt.kind, attempt.told] += 1

    def attempts(self) -> Iterator[Attempt]:
        for line in self._path.read_text(encoding="utf-8").splitlines():
            fields = json.loads(line)
            yield Attempt(**fields | {"kind": Kind(fields["kind"]), "told": Told(fields["told"])})

    def close(self) -> None:
        self._file.close()
