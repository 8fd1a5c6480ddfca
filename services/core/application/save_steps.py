"""Add steps to the catalogue, or change those that are there."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.import_catalogue import CatalogueRowInvalid, Cells
from services.core.application.verify_onboarding import rebuild_onboarding
from services.core.domain.onboarding.step import Step, SubjectKind, funnel_of
from services.core.persistence.onboarding.gate import enter
from services.core.persistence.onboarding.steps import StepRepository

_NEEDED: Final = ("code", "name_vi", "name_en", "subject", "population")


async def save_steps(session: AsyncSession, rows: Iterable[Cells]) -> int:
    """Save steps from rows of a file; gives how many. Raises `CatalogueRowInvalid`.

    Where the way from step to step changes, all counts are made anew in the same transaction.
    """
    steps = [_step(line, cells) for line, cells in enumerate(rows, start=2)]
    await enter(session, alone=True)
    catalogue = StepRepository(session)
    before = funnel_of(await catalogue.load())
    await catalogue.save_all(steps)
    if funnel_of(await catalogue.load()) != before:
        await rebuild_onboarding(session)
    return len(steps)


def _step(line: int, cells: Mapping[str, str | None]) -> Step:
    said = {name: (value or "").strip() for name, value in cells.items()}
    for column in _NEEDED:
        if not said.get(column):
            raise CatalogueRowInvalid(line=line, column=column, fault="missing")
    if said["subject"] not in set(SubjectKind):
        raise CatalogueRowInvalid(line=line, column="subject", fault="not-allowed")
    return Step(
        code=said["code"],
        name_vi=said["name_vi"],
        name_en=said["name_en"],
        subject=SubjectKind(said["subject"]),
        population=said["population"],
        target=_target(line, said.get("target", "")),
        funnel=_place(line, said.get("funnel", "")),
    )


def _target(line: int, text: str) -> Decimal | None:
    try:
        target = Decimal(text) if text else None
    except InvalidOperation as exc:
        raise CatalogueRowInvalid(line=line, column="target", fault="unreadable") from exc
    if target is not None and not 0 <= target <= 1:
        raise CatalogueRowInvalid(line=line, column="target", fault="not-allowed")
    return target


def _place(line: int, text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError as exc:
        raise CatalogueRowInvalid(line=line, column="funnel", fault="unreadable") from exc
