"""The report of figures, as it is asked for and answered."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final, Self

from pydantic import Field

from services.api.schemas.answer import Answer
from services.api.schemas.reports import CountedQuery, Share
from services.core.domain.figures import Grouping
from services.core.domain.reporting import Counted, FigureLine, Section
from services.core.domain.wording import Bilingual


class FigureFormat(StrEnum):
    """What the answer is written as; it goes before `Accept`."""

    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"


class FigureGrouping(StrEnum):
    """The whole subtree together, or each unit of it for itself."""

    TOTAL = "total"
    UNIT = "unit"

    @property
    def grouping(self) -> Grouping:
        return Grouping(self.value)


class FigureQuery(CountedQuery):
    """Both days count. Without `from` the period begins with the year of `to`, which is today by default."""

    by: FigureGrouping = FigureGrouping.TOTAL
    format: FigureFormat | None = None


class WordsOut(Answer):
    """The same in both languages."""

    vi: str
    en: str

    @classmethod
    def of(cls, words: Bilingual) -> Self:
        """Show words."""
        return cls(vi=words.vi, en=words.en)


class GroupOut(Answer):
    """A unit by its code, or a level of units."""

    code: str
    name: str


class PublishedFigureOut(Answer):
    """A figure. `group` is missing where all units are counted together.

    `denominator` is missing for a plain count, `share` and `target` are in per cent. A figure without `from`
    shows how things stand on the day `to`.
    """

    section: Section
    code: str
    name: WordsOut
    group: GroupOut | None
    numerator: int
    denominator: int | None
    share: Share | None
    target: Share | None
    met: bool | None
    counted: Counted
    first: Annotated[date | None, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    source: WordsOut

    @classmethod
    def of(cls, line: FigureLine) -> Self:
        """Show a line."""
        figure, group = line.figure, line.group
        shown: dict[str, Any] = {
            "section": figure.section,
            "code": figure.code,
            "name": WordsOut.of(figure.name),
            "group": GroupOut(code=group.key, name=group.name) if group.key else None,
            "numerator": line.numerator,
            "denominator": line.denominator,
            "share": line.share,
            "target": line.target,
            "met": line.met,
            "counted": figure.counted,
            "from": line.first,
            "to": line.last,
            "source": WordsOut.of(figure.source),
        }
        return cls(**shown)


class FiguresOut(Answer):
    """All figures of a period."""

    unit: str | None
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    figures: list[PublishedFigureOut]


MEDIA_TYPES: Final = {
    FigureFormat.JSON: "application/json",
    FigureFormat.CSV: "text/csv",
    FigureFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
