"""A file of keys that may be changed while processes run."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from services.core.tokens.keys import InvalidKey, Key, read_keys

log = structlog.get_logger()


class KeyFile:
    """A JWK set, looked at again after some seconds. A file that cannot be read leaves the keys as they were.

    Raises `InvalidKey` or `OSError` if it cannot be read in the beginning.
    """

    def __init__(self, path: Path, *, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        """Believe what was read for `seconds`; `now` is a clock that never goes back."""
        self._path = path
        self._seconds = seconds
        self._now = now
        self._keys = self._read()
        self._until = now() + seconds

    def keys(self) -> Mapping[str, Key]:
        """Give the keys by id, in the order of the file."""
        if self._now() >= self._until:
            self._until = self._now() + self._seconds
            try:
                self._keys = self._read()
            except (OSError, InvalidKey) as fault:
                log.error("keys.unreadable", file=str(self._path), error=type(fault).__name__)  # noqa: TRY400 - the texts could show a key
        return self._keys

    def _read(self) -> dict[str, Key]:
        return read_keys(self._path.read_text(encoding="utf-8"))


def write_key_file(path: Path, keys: Iterable[Key]) -> None:
    """Put keys in the place of what the file held, at once and readable for the owner only."""
    text = json.dumps({"keys": [dict(key.document) for key in keys]}, indent=2)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as new:
        new.write(text + "\n")
        new.flush()
        os.fsync(new.fileno())
    Path(new.name).replace(path)
