"""Citizens, and what is known of them."""

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.citizen import (
    CitizenFacts,
    CitizenField,
    CitizenNotFound,
    KeptPaper,
    KnownValue,
    Source,
)
from services.core.domain.lookup import same_name
from services.core.persistence.citizen_marks import MERGE
from services.core.persistence.papers import Document

_REMEMBER: Final = text(f"""
INSERT INTO citizens AS c (identity_number, name_key, facts) VALUES (:identity_number, :name_key, :facts)
{MERGE}
""").bindparams(bindparam("facts", type_=JSONB))  # noqa: S608 - joins constants

_FORGET: Final = text("""
UPDATE citizens SET
    facts = (SELECT coalesce(jsonb_object_agg(key, value), '{}') FROM jsonb_each(facts)
        WHERE value ->> 'dossier' IS DISTINCT FROM :dossier_code),
    name_key = CASE WHEN facts #>> '{name,dossier}' = :dossier_code THEN NULL ELSE name_key END
WHERE identity_number = :identity_number
""")

_FIND: Final = text("SELECT id FROM citizens WHERE identity_number = :identity_number")

_GET: Final = text("SELECT id, identity_number, facts, contradictions FROM citizens WHERE id = :id")

#: The newest dossiers of an owner, and of a procedure, that are gone through, wherever they were filed: the
#: functions (migration 0022) reach them by an index, and behind the wall.
_LATEST: Final = 50

_PAPERS: Final = text(f"""
WITH usual AS MATERIALIZED (
    SELECT code FROM usual_components(CAST(:procedure_code AS text), {_LATEST}) code
), own AS MATERIALIZED (
    SELECT * FROM dossiers_of_owner(CAST(:identity_number AS text), {_LATEST})
)
SELECT k.paper, k.is_result, o.code AS dossier_code, u.code AS unit_code,
    o.applicant ->> 'name' AS owner_name,
    coalesce(CASE WHEN k.is_result THEN o.ended_at END, o.received_at, o.submitted_at) AS digitised_at,
    k.paper ->> 'code' IN (SELECT code FROM usual) AS usual
FROM own o JOIN units u ON u.id = o.unit_id, LATERAL (
    SELECT paper, false AS is_result FROM jsonb_array_elements(o.components) paper
    WHERE (paper ->> 'digitised')::boolean
    UNION ALL SELECT paper, true FROM jsonb_array_elements(o.results) paper
) k
WHERE k.paper ? 'link' ORDER BY o.id DESC
""")  # noqa: S608 - joins constants of this file


class CitizenRepository:
    """Reads and writes what is known of citizens; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def remember(self, facts: CitizenFacts) -> None:
        """Merge what a source says into the record, by the rules of `citizen_marks`."""
        await self._session.execute(
            _REMEMBER,
            {
                "identity_number": facts.identity_number,
                "name_key": facts.name_key,
                "facts": facts_document(facts),
            },
        )

    async def present(self) -> datetime:
        """Give the database's time."""
        now: datetime = (await self._session.execute(text("SELECT now()"))).scalar_one()
        return now

    async def forget_dossier(self, identity_number: str, dossier_code: str) -> None:
        """Take back what a dossier said under a number that turned out to be somebody else's."""
        await self._session.execute(
            _FORGET, {"identity_number": identity_number, "dossier_code": dossier_code}
        )

    async def find(self, identity_number: str) -> UUID:
        """Give the id of a citizen; raises `CitizenNotFound`."""
        found: UUID | None = await self._session.scalar(_FIND, {"identity_number": identity_number})
        if found is None:
            raise CitizenNotFound
        return found

    async def get(self, citizen_id: UUID) -> tuple[str, tuple[KnownValue, ...], int]:
        """Give number, known values and contradictions; raises `CitizenNotFound`."""
        row = (await self._session.execute(_GET, {"id": citizen_id})).first()
        if row is None:
            raise CitizenNotFound
        known = [_value(CitizenField(name), fact) for name, fact in row.facts.items()]
        order = list(CitizenField)
        values = sorted(known, key=lambda value: order.index(value.field))
        return row.identity_number, tuple(values), row.contradictions

    async def papers(self, identity_number: str, *, name: str, procedure_code: str | None) -> list[KeptPaper]:
        """Give the digitised papers of an owner, newest first: those that were filed under the same name."""
        rows = await self._session.execute(
            _PAPERS, {"identity_number": identity_number, "procedure_code": procedure_code}
        )
        return [_paper(row) for row in rows if same_name(row.owner_name, name)]


def facts_document(facts: CitizenFacts) -> Document:
    """Give the stored form: by field the value with its source and time."""
    origin: Document = {"source": facts.source.value, "as_of": facts.as_of.astimezone(UTC).isoformat()}
    if facts.dossier_code is not None:
        origin["dossier"] = facts.dossier_code
    return {name.value: {"value": value, **origin} for name, value in facts.values.items()}


def _value(name: CitizenField, fact: Document) -> KnownValue:
    return KnownValue(name, fact["value"], Source(fact["source"]), datetime.fromisoformat(fact["as_of"]))


def _paper(row: Row[Any]) -> KeptPaper:
    paper: Document = row.paper
    valid_until = paper.get("valid_until")
    return KeptPaper(
        name=paper["name"],
        code=paper.get("code"),
        link=paper["link"],
        is_result=row.is_result,
        dossier_code=row.dossier_code,
        unit_code=row.unit_code,
        digitised_at=row.digitised_at,
        valid_until=None if valid_until is None else date.fromisoformat(valid_until),
        usual=bool(row.usual),
    )
