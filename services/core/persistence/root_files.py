"""Signed roots as files, a line each, in a folder that somebody carries off the machine."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from services.core.domain.audit_chain import NO_SIGNATURE, Root, SignedRoot, sign

_KEY_BYTES: Final = 32


class RootFileUnreadable(Exception):
    """A line is no root; `path` and `line` say where."""

    def __init__(self, path: Path, line: int) -> None:
        super().__init__(f"{path}:{line}")
        self.path = path
        self.line = line


class AuditKeyUnfit(Exception):
    """The key file holds less than 32 bytes."""


@dataclass(frozen=True, slots=True)
class RootFiles:
    """A file for each month in which roots were exported; within a file the signatures form a chain."""

    folder: Path
    key: bytes

    def last_id(self) -> int:
        """Give the id of the newest exported root, 0 if there is none; raises `RootFileUnreadable`."""
        return max((signed.root.id for path in self._paths() for signed in _read(path)[-1:]), default=0)

    def append(self, roots: Sequence[Root]) -> None:
        """Sign roots and write them down for good, each in the file of the month in which it was made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        months = sorted({f"{root.sealed_at:%Y-%m}" for root in roots})
        for month in months:
            path = self.folder / f"roots-{month}.jsonl"
            made = [root for root in roots if f"{root.sealed_at:%Y-%m}" == month]
            before = _read(path)[-1:] if path.exists() else []
            after = before[0].signature if before else NO_SIGNATURE
            _write(path, sign(made, self.key, after=after))

    def read(self) -> Iterator[tuple[SignedRoot, bool]]:
        """Give all roots, and whether each was signed with our key right behind the one before it."""
        for path in self._paths():
            previous = NO_SIGNATURE
            for signed in _read(path):
                yield signed, signed.holds(self.key, previous)
                previous = signed.signature

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("roots-*.jsonl"))


def signed_roots(folder: Path | None, key_file: Path | None) -> RootFiles | None:
    """Give the files of a folder with the key that signs them; raises `AuditKeyUnfit` or `OSError`."""
    if folder is None or key_file is None:
        return None
    key = key_file.read_bytes().strip()
    if len(key) < _KEY_BYTES:
        raise AuditKeyUnfit(
            f"{key_file}: khóa phải dài ít nhất {_KEY_BYTES} byte / must hold at least {_KEY_BYTES} bytes"
        )
    return RootFiles(folder, key)


def _write(path: Path, signed: Sequence[SignedRoot]) -> None:
    _drop_torn_line(path)
    with path.open("a", encoding="utf-8") as out:
        out.writelines(f"{json.dumps(_document(one))}\n" for one in signed)
        out.flush()
        os.fsync(out.fileno())


def _drop_torn_line(path: Path) -> None:
    """Take back what a crash left of a line; its root is exported again."""
    if path.exists() and not (content := path.read_bytes()).endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _document(signed: SignedRoot) -> dict[str, Any]:
    root = signed.root
    return {
        "id": root.id,
        "month": root.month.isoformat(),
        "position": root.position,
        "hash": root.hash.hex(),
        "sealed_at": root.sealed_at.isoformat(),
        "previous": signed.previous,
        "signature": signed.signature,
    }


def _read(path: Path) -> list[SignedRoot]:
    lines = path.read_text(encoding="utf-8").split("\n")[
        :-1
    ]  # behind the last line end stands nothing, or a torn line
    return [_signed(path, number, line) for number, line in enumerate(lines, start=1)]


def _signed(path: Path, number: int, line: str) -> SignedRoot:
    try:
        said = json.loads(line)
        root = Root(
            id=int(said["id"]),
            month=date.fromisoformat(said["month"]),
            position=int(said["position"]),
            hash=bytes.fromhex(said["hash"]),
            sealed_at=datetime.fromisoformat(said["sealed_at"]),
        )
        return SignedRoot(root, str(said["previous"]), str(said["signature"]))
    except (ValueError, KeyError, TypeError) as exc:
        raise RootFileUnreadable(path, number) from exc
