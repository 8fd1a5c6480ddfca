"""What a failed statement says about its cause."""

import asyncio
from typing import Final

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

#: The server, the way to it, or a lock was not to be had; the same call may succeed in a moment.
_PASSING: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.OutOfMemoryError,
    asyncpg.DiskFullError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncio.TimeoutError,
    OSError,
)


def is_passing(exc: Exception) -> bool:
    """Tell whether the database could not be reached or was too busy, which is nobody's fault upstream."""
    if isinstance(exc, PoolTimeoutError):
        return True
    if isinstance(exc, DBAPIError):
        return exc.connection_invalidated or isinstance(_driver_error(exc), _PASSING)
    return isinstance(exc, _PASSING)


def constraint_of(exc: IntegrityError) -> str | None:
    """Name the constraint that was violated."""
    name: str | None = getattr(_driver_error(exc), "constraint_name", None)
    return name


def _driver_error(exc: DBAPIError) -> BaseException | None:
    """Reach through SQLAlchemy's own DBAPI layer to what asyncpg said."""
    return None if exc.orig is None else exc.orig.__cause__
