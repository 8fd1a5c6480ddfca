"""Which parked dossiers a command means."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.dependencies import reference_of
from services.core.application.catalogue import Catalogue
from services.core.domain.deadline import VIETNAM
from services.core.domain.delivery import ParkCause
from services.core.persistence.parked import ParkedFilter

_MOMENTS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The options as they were typed; times are on the clock on the wall."""

    dossier: Annotated[str | None, typer.Option(help="Một hồ sơ: số hoặc id / one dossier, by code or id")]
    cause: Annotated[ParkCause | None, typer.Option(help="Nguyên nhân / cause")]
    group: Annotated[
        str | None, typer.Option(help="Nhóm, đúng như lệnh groups in ra / group, as groups prints it")
    ]
    procedure: Annotated[str | None, typer.Option(help="Mã thủ tục / code of a procedure")]
    unit: Annotated[str | None, typer.Option(help="Đơn vị, kể cả cấp dưới / a unit with its subtree")]
    parked_from: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=_MOMENTS, help="Chờ từ lúc, giờ Việt Nam / parked from, Vietnamese time"
        ),
    ]
    parked_to: Annotated[
        datetime | None, typer.Option("--to", formats=_MOMENTS, help="Chờ trước lúc / parked before")
    ]

    @property
    def narrows(self) -> bool:
        """Tell whether anything is left out."""
        return any(getattr(self, name) is not None for name in self.__slots__)

    async def resolve(self, session: AsyncSession) -> ParkedFilter:
        """Give the filter; raises `UnknownUnit` and `DossierNotFound`."""
        return ParkedFilter(
            unit_path="/" if self.unit is None else await _path(session, self.unit),
            dossier=None if self.dossier is None else reference_of(self.dossier),
            cause=self.cause,
            group=self.group,
            procedure_code=self.procedure,
            parked_from=_instant(self.parked_from),
            parked_to=_instant(self.parked_to),
        )


def selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a `Selection` first the options of all its fields."""
    taken, *others = inspect.signature(command, eval_str=True).parameters.values()
    options = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Selection.__annotations__[name]
        )
        for name in Selection.__slots__
    ]

    def typed(**given: Any) -> None:
        command(Selection(**{name: given.pop(name) for name in Selection.__slots__}), **given)

    typed.__name__, typed.__doc__ = command.__name__, command.__doc__
    # What Typer reads of a command.
    typed.__signature__ = inspect.Signature([*options, *others])  # type: ignore[attr-defined]  # as the library does
    typed.__annotations__ = {one.name: one.annotation for one in (*options, *others)}
    assert taken.annotation is Selection  # noqa: S101 - a command that was written otherwise
    return typed


async def _path(session: AsyncSession, unit: str) -> str:
    catalogue = Catalogue(seconds=0)
    await catalogue.load(session, units={unit}, procedures=())
    return catalogue.unit(unit, within="/").path


def _instant(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=VIETNAM)
