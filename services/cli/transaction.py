"""One piece of work on the database for one command."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.problems import Language, problem_document
from services.core.config import DatabaseSettings
from services.core.domain.errors import DomainError
from services.core.persistence.engine import Sessions, create_engine, create_sessions

T = TypeVar("T")


def with_sessions(work: Callable[[Sessions], Awaitable[T]]) -> T:
    """Run work that opens its own transactions, and close all connections after it.

    A refusal of the domain is told in Vietnamese and English and ends the command with code 1.
    """
    try:
        return asyncio.run(_connected(work))
    except DomainError as refusal:
        for language in Language:
            problem = problem_document(refusal.code, language, facts=refusal.facts)
            typer.echo(f"{problem['title']}: {problem['detail']}", err=True)
        raise typer.Exit(1) from refusal


def in_transaction(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run work that is done as a whole or not at all."""

    async def committed(sessions: Sessions) -> T:
        async with sessions.begin() as session:
            return await work(session)

    return with_sessions(committed)


async def _connected(work: Callable[[Sessions], Awaitable[T]]) -> T:
    engine = create_engine(DatabaseSettings().database_url.get_secret_value(), application="lienthong-cli")
    try:
        return await work(create_sessions(engine))
    finally:
        await engine.dispose()
