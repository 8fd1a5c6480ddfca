"""What routes are given."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from services.api.problems import Language, wanted_language
from services.api.refusals import EditionInvalid, EditionMissing, RequestKeyMissing
from services.api.runtime import Runtime
from services.core.domain.code import DossierCode, InvalidDossierCode
from services.core.persistence.dossiers import DossierNotFound, Edition, Reference
from services.core.persistence.reach import begin_reaching, reaching
from services.core.telemetry import crash_points

#: One of our tags; shells eat its quotes, so they may be missing.
_TAG: Final = re.compile(r'"?([0-9]{1,9})-([0-9]{1,9})"?')


def reach_of(request: Request) -> str | None:
    """Give what the caller reaches, which the route's gate has found out; `None` where nobody is let in."""
    reach: str | None = getattr(request.state, "reach", None)
    return reach


async def open_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Commit what a route did, or nothing of it."""
    runtime: Runtime = request.app.state.runtime
    async with _storing(begin_reaching(runtime.sessions, reach_of(request))) as session:
        yield session


async def open_statement(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a session for a route that writes by a single statement, which is stored once it has been run."""
    runtime: Runtime = request.app.state.runtime
    async with _storing(reaching(runtime.statements, reach_of(request))) as session:
        yield session


@asynccontextmanager
async def _storing(opened: AbstractAsyncContextManager[AsyncSession]) -> AsyncIterator[AsyncSession]:
    if __debug__:
        crash_points.pass_by("A1")
    async with opened as session:
        yield session
        if __debug__:
            crash_points.pass_by("A3")
    if __debug__:
        crash_points.pass_by("A4")


# With the default scope the commit would come after the answer: a 2xx for what was never stored.
Transaction = Annotated[AsyncSession, Depends(open_transaction, scope="function")]
Statement = Annotated[AsyncSession, Depends(open_statement, scope="function")]


IfMatch = Annotated[
    str | None, Header(description='ETag of the dossier as it was read, such as `"3-2"`; required')
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=255,
        pattern=r"^[!-~]+$",
        description="New for every creation, the same when one is repeated; required",
    ),
]


def edition_of(if_match: str | None) -> Edition:
    """Read `If-Match`: one tag of ours, neither a list nor a star."""
    if if_match is None:
        raise EditionMissing
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise EditionInvalid
    return Edition(int(match[1]), int(match[2]))


def required(idempotency_key: str | None) -> str:
    """Insist on a key."""
    if idempotency_key is None:
        raise RequestKeyMissing
    return idempotency_key


DossierName = Annotated[str, Path(description="Id or number of the dossier")]


def reference_of(name: str) -> Reference:
    """Read the name of a dossier; what cannot be one names none."""
    with suppress(ValueError):
        return UUID(name)
    try:
        return DossierCode.parse(name).text
    except InvalidDossierCode as refusal:
        raise DossierNotFound from refusal


async def read_language(request: Request) -> Language:
    """Give the language that the caller asked for."""
    return wanted_language(request.headers.get("accept-language"))


LanguageDep = Annotated[Language, Depends(read_language)]
