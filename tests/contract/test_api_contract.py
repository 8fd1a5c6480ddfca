"""The service does what its OpenAPI document says, whatever is thrown at it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from services.api.key_ring import Believed
from services.api.main import create_app
from services.api.runtime import Runtime, RuntimeOptions, open_runtime
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from tests.conftest import empty
from tests.desk_api import BODY_BYTES, CountingBell, Desk, SettableClock, client_of, seed, serve

#: A filing that fits the document may still be refused: its unit may have ended, its due time be too late.
BEYOND_THE_DOCUMENT: Final = (positive_data_acceptance,)


class Stage:
    """Where the service runs; the tool reads the document before there is a database."""

    def __init__(self) -> None:
        self.database_url = ""
        self.key = ""
        self.dossier: dict[str, Any] = {}

    def open(self) -> AbstractAsyncContextManager[Runtime]:
        options = RuntimeOptions(self.database_url, None, 4, Believed(30.0), 30.0, Comparison.INSTANT)
        return open_runtime(options, clock=SettableClock())

    async def set(self, database_url: str) -> None:
        self.database_url = database_url
        engine = create_engine(database_url, application="contract")
        await empty(engine)
        self.key = (await seed(create_sessions(engine)))["province"]
        await engine.dispose()
        self.dossier = await self.created()

    async def created(self) -> dict[str, Any]:
        """Take a dossier in by another server, because this one belongs to the tool's thread."""
        engine = create_engine(self.database_url, application="contract", role=DatabaseRole.API)
        async with (
            serve(create_sessions(engine), clock=SettableClock(), bell=CountingBell()) as (app, _),
            client_of(app, self.key) as http,
        ):
            dossier = await Desk(http).created()
        await engine.dispose()
        return dossier


STAGE = Stage()
APP = create_app(STAGE.open, body_bytes=BODY_BYTES)

schema: Any = schemathesis.openapi.from_dict(APP.openapi())
schema.app = APP

Test = TypeVar("Test", bound=Callable[..., None])
each_operation: Callable[[Test], Test] = schema.parametrize()
each_operation_on_a_dossier: Callable[[Test], Test] = schema.include(path_regex="dossier}").parametrize()


@pytest.fixture(scope="module", autouse=True)
def _stage_set(database_url: str) -> None:
    asyncio.run(STAGE.set(database_url))


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode("utf-8", "replace")


@each_operation
@settings(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck))
def test_no_call_breaks_the_contract(case: schemathesis.Case[Any]) -> None:
    validate(case)


@each_operation_on_a_dossier
@settings(max_examples=5, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
def test_no_call_for_a_dossier_that_is_there_breaks_the_contract(case: schemathesis.Case[Any]) -> None:
    case.path_parameters["dossier"] = STAGE.dossier["id"]
    case.headers["If-Match"] = STAGE.dossier["etag"]

    validate(case)


def validate(case: schemathesis.Case[Any]) -> None:
    # What is wrong with a line of a batch is told in a line of the answer.
    lines = [negative_data_rejection] if case.path.endswith(":batch") else []
    case.call_and_validate(
        headers={"Authorization": f"Bearer {STAGE.key}"}, excluded_checks=[*BEYOND_THE_DOCUMENT, *lines]
    )
