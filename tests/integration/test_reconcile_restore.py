"""Our database comes back from a copy that was taken earlier (F29), and the portal knows more than we do."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.application.reconcile import Ending
from services.core.persistence.reconciliations import Effect
from tests.integration.delivery_cases import states
from tests.integration.holdings_cases import Sides, effects
from tests.roles import dispose_roles
from tests.servers import run_sql

if TYPE_CHECKING:
    from tests.servers import WorkerServers


async def test_after_a_restore_the_whole_gap_is_found_and_the_replay_doubles_nothing(
    sides: Sides, engine: AsyncEngine, servers: "WorkerServers"
) -> None:
    copy = Copy(engine, servers)
    await sides.file(1, 40)
    await sides.file(41, 60, steps=2)
    await sides.deliver()
    two_steps = [code for code in await sides.codes() if int(code[-4:]) > 40]
    await sides.file(61, 80)
    # Half of the third steps are in the copy, but not yet delivered.
    await sides.finish(two_steps[:10])
    await copy.take()

    await sides.finish(two_steps[10:])
    await sides.file(81, 110)
    await sides.deliver()
    await copy.restore()
    await sides.age()
    # Some desks enter what they miss at once, the others when they are told.
    await sides.finish(two_steps[10:14])

    result = await sides.reconcile(repair=True)

    numbers = {int(finding.difference.code[-4:]) for finding in result.findings}
    assert result.ending is Ending.COMPLETE
    assert numbers == {*(int(code[-4:]) for code in two_steps), *range(61, 111)}
    assert effects(result) == {Effect.ASKED: 20 + 10 + 4, Effect.PARKED: 6, Effect.LEFT_TO_PERSON: 30}

    await sides.hurry()
    await sides.finish(two_steps[14:])
    await sides.file(81, 110)
    await sides.deliver()
    assert await sides.doubled() == 0
    assert await states(sides.sessions) == {"synced": 110}
    assert (await sides.reconcile()).findings == []


class Copy:
    """A copy of the test's database, as a base backup would give it."""

    def __init__(self, engine: AsyncEngine, servers: "WorkerServers") -> None:
        self._engine = engine
        self._admin = servers.admin_url
        self._name = urlsplit(servers.database_url).path.strip("/")

    async def take(self) -> None:
        await dispose_roles(self._engine)
        await self._engine.dispose()
        await run_sql(self._admin, f'CREATE DATABASE "{self._name}_copy" TEMPLATE "{self._name}"')

    async def restore(self) -> None:
        """Put the copy in the place of the present database."""
        await dispose_roles(self._engine)
        await self._engine.dispose()
        await run_sql(self._admin, f'DROP DATABASE "{self._name}" WITH (FORCE)')
        await run_sql(self._admin, f'ALTER DATABASE "{self._name}_copy" RENAME TO "{self._name}"')
