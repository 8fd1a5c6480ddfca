"""What routes are given."""

import re
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Header, Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from services.api.problems import Language, wanted_language
from services.api.refusals import EditionInvalid, EditionMissing, RequestKeyMissing
from services.api.runtime import Runtime
from services.core.application.desk import Desk
from services.core.domain.access import Caller
from services.core.domain.code import DossierCode, InvalidDossierCode
from services.core.persistence.dossiers import DossierNotFound, Edition, Reference

#: One of our tags: strong, in its quotes.
_TAG: Final = re.compile(r'"([0-9]{1,9})-([0-9]{1,9})"')


async def the_runtime(request: Request) -> Runtime:
    """Give what was built at the start."""
    runtime: Runtime = request.app.state.runtime
    return runtime


RuntimeDep = Annotated[Runtime, Depends(the_runtime)]


async def open_transaction(runtime: RuntimeDep) -> AsyncIterator[AsyncSession]:
    """Commit what a route did, or nothing of it."""
    async with runtime.sessions.begin() as session:
        yield session


# With the default scope the commit would come after the answer: a 2xx for what was never stored.
Transaction = Annotated[AsyncSession, Depends(open_transaction, scope="function")]


async def read_edition(
    if_match: Annotated[
        str | None, Header(description='ETag of the dossier as it was read, such as `"3-2"`')
    ] = None,
) -> Edition:
    """Read `If-Match`: one tag of ours, nothing looser."""
    if if_match is None:
        raise EditionMissing
    match = _TAG.fullmatch(if_match.strip())
    if match is None:
        raise EditionInvalid
    return Edition(int(match[1]), int(match[2]))


ExpectedEdition = Annotated[Edition, Depends(read_edition)]


async def read_request_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=255,
            pattern=r"^[!-~]+$",
            description="New for every creation, the same when a creation is repeated",
        ),
    ] = None,
) -> str:
    """Read `Idempotency-Key`."""
    if idempotency_key is None:
        raise RequestKeyMissing
    return idempotency_key


RequestKeyText = Annotated[str, Depends(read_request_key)]


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


def desk_of(caller: Caller, runtime: Runtime) -> Desk:
    """Put a caller behind our rules."""
    return Desk(caller, runtime.catalogue, runtime.comparison, runtime.clock)
