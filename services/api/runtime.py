"""What the service works with, built once when it starts."""

import hashlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from services.api.key_ring import KeyRing
from services.core.application.catalogue import Catalogue
from services.core.domain.ports import Clock, Doorbell
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Runtime:
    """Shared by all requests of a process."""

    sessions: Sessions
    keys: KeyRing
    catalogue: Catalogue
    doorbell: Doorbell
    clock: Clock
    comparison: Comparison
    schema_revision: str


OpenRuntime = Callable[[], AbstractAsyncContextManager[Runtime]]
