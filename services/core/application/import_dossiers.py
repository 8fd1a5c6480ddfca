"""Bring in dossiers that have a number already: new ones are stored, others compared and left as they are."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.check_filing import check_filing
from services.core.application.desk import Desk
from services.core.application.record import recording
from services.core.domain.audit import Action
from services.core.domain.deadline import VIETNAM
from services.core.domain.errors import DomainError
from services.core.domain.kept import Kept, differences
from services.core.domain.reception import CodeNeeded, Filing
from services.core.domain.request import RequestInProgress, RequestKey
from services.core.persistence.kept_dossiers import find_kept
from services.core.persistence.receptions import Accepted, DossierCodeTaken, ReceptionRepository


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """What became of a row: `stored`, there before, there and different (by pointer), or refused."""

    stored: bool = False
    differs: tuple[str, ...] = ()
    refusal: DomainError | None = None


async def import_dossiers(
    session: AsyncSession, *, filings: Mapping[int, Filing], desk: Desk, dry_run: bool
) -> dict[int, ImportedRow]:
    """Store the filings that are new, by row; with `dry_run` tell only what would become of them.

    The number of a dossier is its key: bringing the same rows again stores nothing, and a row that says
    something else than what is stored changes nothing. Raises `RequestInProgress` where another import
    brings the same rows at this moment.
    """
    accepted, rows = await _check(session, filings, desk)
    kept = await find_kept(session, _codes(accepted), within=desk.caller.unit_path)
    new = _first_of_each([item for item in accepted if _code(item) not in kept])
    stored = {item.line for item in new} if dry_run else await _store(session, new, desk)
    others = [item for item in accepted if item.line not in stored]
    if not dry_run:
        unknown = {code for code in _codes(others) if code not in kept}
        kept |= await find_kept(session, sorted(unknown), within=desk.caller.unit_path)
    rows |= dict.fromkeys(stored, ImportedRow(stored=True))
    firsts = {_code(item): item for item in new}
    rows |= {item.line: _compared(item, kept, firsts) for item in others}
    return dict(sorted(rows.items()))


async def _check(
    session: AsyncSession, filings: Mapping[int, Filing], desk: Desk
) -> tuple[list[Accepted], dict[int, ImportedRow]]:
    await desk.catalogue.load(
        session,
        units={filing.unit_code for filing in filings.values()},
        procedures={filing.procedure_code for filing in filings.values()},
    )
    now = desk.clock.now()
    accepted, refused = [], {}
    for line, filing in filings.items():
        try:
            accepted.append(_numbered(check_filing(filing, line=line, desk=desk, now=now)))
        except DomainError as refusal:
            refused[line] = ImportedRow(refusal=refusal)
    return accepted, refused


def _numbered(item: Accepted) -> Accepted:
    if item.reception.code is None:
        raise CodeNeeded(pointer="/code")
    return item


def _first_of_each(items: Sequence[Accepted]) -> list[Accepted]:
    """Give one of those that bear the same number."""
    return list({_code(item): item for item in reversed(items)}.values())[::-1]


async def _store(session: AsyncSession, new: Sequence[Accepted], desk: Desk) -> set[int]:
    if not new:
        return set()
    digest = hashlib.sha256("\n".join(sorted(_codes(new))).encode()).digest()
    request = RequestKey("import-rows", digest.hex(), digest, HTTPStatus.OK)
    answer = await ReceptionRepository(session).add(
        new,
        refused=(),
        client_id=desk.caller.client_id,
        request=request,
        today=desk.clock.now().astimezone(VIETNAM).date(),
        recorded=recording(desk.caller, Action.DOSSIER_IMPORT, officer=None),
    )
    if not answer.is_new:
        # The same rows were stored between our look and our statement, by somebody else.
        raise RequestInProgress
    return {row["line"] for row in answer.document["received"] if row["id"] is not None}


def _compared(item: Accepted, kept: Mapping[str, Kept | None], firsts: Mapping[str, Accepted]) -> ImportedRow:
    code = _code(item)
    if code in kept:
        there = kept[code]
        if there is None:
            return ImportedRow(refusal=DossierCodeTaken(pointer="/code"))
        return ImportedRow(differs=tuple(differences(there, item.reception)))
    # Only a dry run has not stored the first of two rows with one number.
    same = firsts[code].reception.filing == item.reception.filing
    return ImportedRow(differs=() if same else ("/code",))


def _codes(items: Collection[Accepted]) -> list[str]:
    return [_code(item) for item in items]


def _code(item: Accepted) -> str:
    return item.reception.code or ""
