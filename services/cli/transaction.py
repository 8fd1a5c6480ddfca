"""One piece of work on the database for one command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.problems import Language, problem_document
from services.cli.operator import operator
from services.core.application.record import record
from services.core.config import DatabaseSettings
from services.core.domain.audit import Act
from services.core.domain.errors import DomainError
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole

T = TypeVar("T")


def with_sessions(work: Callable[[Sessions], Awaitable[T]], *, limits: PoolLimits | None = None) -> T:
    """Run work that opens its own transactions, and close all connections after it.

    `limits` are for work that takes longer than a request may.
    A refusal of the domain is told in Vietnamese and English and ends the command with code 1.
    """
    with telling_refusals():
        database = DatabaseSettings()
        role = database.role(DatabaseRole.OPERATOR)
        return asyncio.run(_connected(database.database_url.get_secret_value(), role, work, limits))


@contextmanager
def telling_refusals() -> Iterator[None]:
    """Tell a refusal of the domain in Vietnamese and English, and end the command with code 1."""
    try:
        yield
    except DomainError as refusal:
        for language in Language:
            problem = problem_document(refusal.code, language, facts=refusal.facts)
            typer.echo(f"{problem['title']}: {problem['detail']}", err=True)
        raise typer.Exit(1) from refusal


def in_transaction(
    work: Callable[[AsyncSession], Awaitable[T]], *, limits: PoolLimits | None = None, act: Act | None = None
) -> T:
    """Run work that is done as a whole or not at all; what it is on record as goes with it."""
    done = work if act is None else partial(_recorded, work, act)
    return with_sessions(partial(_committed, done), limits=limits)


async def work_on(database_url: str, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Do a piece of work in a transaction on a database of the caller's choice; refusals are raised."""
    return await _connected(database_url, DatabaseRole.OPERATOR, partial(_committed, work))


async def _recorded(work: Callable[[AsyncSession], Awaitable[T]], act: Act, session: AsyncSession) -> T:
    result = await work(session)
    await record(session, actor=operator(), act=act)
    return result


async def _committed(work: Callable[[AsyncSession], Awaitable[T]], sessions: Sessions) -> T:
    async with sessions.begin() as session:
        return await work(session)


async def _connected(
    database_url: str,
    role: DatabaseRole | None,
    work: Callable[[Sessions], Awaitable[T]],
    limits: PoolLimits | None = None,
) -> T:
    engine = create_engine(database_url, application="lienthong-cli", role=role, limits=limits)
    try:
        return await work(create_sessions(engine))
    finally:
        await engine.dispose()
