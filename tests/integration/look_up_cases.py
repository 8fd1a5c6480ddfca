"""Dossiers of people whom the mock population database knows, and the worker's side of a look-up."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Row, text

from services.core.application.look_up_due import LookedUp, LookingUp, look_up_due
from services.core.application.look_up_pacing import LookUpLeave, LookUpPacing
from services.core.application.manage_look_ups import set_account
from services.core.domain.lookup import LookUpPolicy, NotFound, Outcome, Question
from services.core.domain.pace import GatePolicy
from services.core.domain.ports import PopulationGateway
from services.core.gateways.population import PlatformAccess, PopulationAddress, PopulationClient, Way
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.mock_testing.answers import Citizen
from tests.desk_api import a_filing
from tests.roles import as_role

ACCOUNT, SECRET = "lienthong-thu", "bi-mat-thu-nghiem"
OFFICER_NUMBER: Final = "001090000001"
OFFICER: Final = "Trần Văn Bình"
PATHS: Final = {
    Way.DIRECT: "/dancuquocgia",
    Way.GATEWAY: "/lgsp/json/dancuquocgia",
    Way.LGSP: "/lgsp/dancuquocgia",
}
#: Nothing waits: what is to be tried again is due at once.
AT_ONCE: Final = LookUpPolicy(base=0.0, cap=0.0)
NO_GATE: Final = GatePolicy(open_seconds=0, open_cap_seconds=0)


@dataclass
class ScriptedPopulation:
    """Gives ordered outcomes, then finds nobody; remembers what was asked."""

    script: list[Outcome] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)

    async def ask(self, question: Question) -> Outcome:
        self.asked.append(question)
        return self.script.pop(0) if self.script else NotFound()


@asynccontextmanager
async def population_at(url: str, way: Way = Way.DIRECT, **changes: Any) -> AsyncIterator[PopulationClient]:
    address = PopulationAddress(
        url=url + PATHS[way],
        way=way,
        username=ACCOUNT,
        secret=SECRET,
        client_system=None,
        api_key=None,
        call_seconds=10.0,
        reply_bytes=100_000,
        connections=10,
        platform=platform_at(url) if way is Way.LGSP else None,
    )
    client = PopulationClient(replace(address, **changes))
    try:
        yield client
    finally:
        await client.close()


def platform_at(url: str) -> PlatformAccess:
    return PlatformAccess(
        token_url=f"{url}/lgsp/token",
        client_id=ACCOUNT,
        client_secret=SECRET,
        access_key="khoa",
        secret_key="bi-mat",
        app_name="motcua",
        partner_code="H44",
        partner_code_customer="H44",
    )


def looking_up(sessions: Sessions, population: PopulationGateway, **changes: Any) -> LookingUp:
    sessions = as_role(sessions, DatabaseRole.WORKER)
    settings: dict[str, Any] = {
        "pacing": LookUpPacing(sessions, NO_GATE, lambda: 0.5),
        "policy": AT_ONCE,
        "lease": timedelta(seconds=60),
        "reuse_for": timedelta(days=30),
        "at_once": 8,
        "jitter": lambda: 0.5,
    }
    return LookingUp(sessions=sessions, population=population, **(settings | changes))


async def one_round(work: LookingUp, **options: Any) -> LookedUp:
    return await look_up_due(work, LookUpLeave(), **options)


async def give_account(sessions: Sessions, unit: str = "H44", officer: str | None = None) -> None:
    async with sessions.begin() as session:
        await set_account(session, unit_code=unit, officer=officer, number=OFFICER_NUMBER)


def filing_of(citizen: Citizen, **changes: Any) -> dict[str, Any]:
    """A filing by somebody whom the database knows."""
    birth = citizen.birth
    written = birth if len(birth) == 4 else f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
    applicant = {
        "kind": "citizen",
        "name": citizen.name,
        "identity_number": citizen.number,
        "birth": written,
        **changes.pop("applicant", {}),
    }
    return a_filing(applicant=applicant, officer=OFFICER, **changes)


async def rows(sessions: Sessions, query: str, **values: Any) -> Sequence[Row[Any]]:
    async with sessions.begin() as session:
        return (await session.execute(text(query), values)).all()


async def counts(sessions: Sessions) -> dict[str, int]:
    """The daily counts, added up, without those that are 0."""
    names = "received, needed, asked, reused, matched, mismatched, not_found, refused"
    sums = ", ".join(f"sum({name})::int AS {name}" for name in names.split(", "))
    [row] = await rows(sessions, f"SELECT {sums} FROM look_up_days")  # noqa: S608 - names of this function
    return {name: value for name, value in zip(names.split(", "), row, strict=True) if value}
