"""The connection to PostgreSQL."""

import json
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from services.core.persistence.idle_check import check_after_idle
from services.core.persistence.reach import ReachConnection, ReachSession, forget_reach
from services.core.persistence.roles import DatabaseRole

Sessions = async_sessionmaker[AsyncSession]

_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """Connections and waiting times (seconds) of one process."""

    size: int = 10
    #: Connections beyond `size` would be opened and closed all the time under load: 168 for 2,628 creates.
    overflow: int = 0
    wait: float = 2.0
    connect: float = 3.0
    command: float = 5.0
    lock: float = 2.0
    #: How long a transaction may do nothing before the server ends it, and with it whatever it has locked.
    idle: float = 15.0


def create_engine(
    url: str, *, application: str, role: DatabaseRole | None = None, limits: PoolLimits | None = None
) -> AsyncEngine:
    """Build an engine whose statements all end by themselves and whose errors show no parameters.

    `application` is the name under which PostgreSQL lists the connections. Without a `role` they have the
    rights of the login; with one that the login may not take, none can be opened.
    """
    limits = limits or PoolLimits()
    # Part of the message that opens the connection, so it costs nothing.
    taken = {} if role is None else {"role": role.value}
    engine = create_async_engine(
        url,
        hide_parameters=True,
        json_serializer=_dumps,
        pool_size=limits.size,
        max_overflow=limits.overflow,
        pool_timeout=limits.wait,
        pool_recycle=300,
        connect_args={
            "connection_class": ReachConnection,
            "timeout": limits.connect,
            "command_timeout": limits.command,
            "server_settings": {
                "application_name": application,
                "timezone": "UTC",
                "statement_timeout": _milliseconds(limits.command),
                "lock_timeout": _milliseconds(limits.lock),
                "idle_in_transaction_session_timeout": _milliseconds(limits.idle),
                **taken,
            },
        },
    )
    check_after_idle(engine)
    forget_reach(engine)
    return engine


def create_sessions(engine: AsyncEngine) -> Sessions:
    """Build the factory whose `begin()` is the only place where anything is committed."""
    return async_sessionmaker(
        engine, sync_session_class=ReachSession, expire_on_commit=False, autoflush=False
    )


def self_committing(sessions: Sessions) -> Sessions:
    """Give sessions on the same pool whose every statement is a transaction of its own.

    For what is written by a single statement: two of three round trips are saved.
    """
    engine: AsyncEngine = sessions.kw["bind"]
    return create_sessions(engine.execution_options(isolation_level="AUTOCOMMIT"))


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
