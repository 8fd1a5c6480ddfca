"""A period in few pieces: counts are kept by day, and added up for spans of days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from services.core.domain.figures import Period

#: Lengths of spans in days. Each begins on a multiple of its length, counted from the first day of year 1.
SPANS: Final = (1, 4, 16, 64)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days that begin and end where spans of `span` days do; both ends are included."""

    span: int
    first: date
    last: date


def stretches(period: Period) -> list[Stretch]:
    """Cover each day of a period once, with the longest spans that fit: at most two stretches a length."""
    return [
        Stretch(span, _day(begin), _day(end - 1))
        for span, begin, end in _cut(_place(period.first), _place(period.last) + 1)
    ]


def _cut(begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Give length, begin and end of each; what lies between the outer ones is left to longer spans."""
    for span, longer in pairwise(SPANS):
        inner_begin, inner_end = -(-begin // longer) * longer, end // longer * longer
        if inner_begin >= inner_end:
            yield span, begin, end
            return
        if begin < inner_begin:
            yield span, begin, inner_begin
        if inner_end < end:
            yield span, inner_end, end
        begin, end = inner_begin, inner_end
    yield SPANS[-1], begin, end


def _place(day: date) -> int:
    return day.toordinal() - date.min.toordinal()


def _day(place: int) -> date:
    return date.fromordinal(place + date.min.toordinal())
