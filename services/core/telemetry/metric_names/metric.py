"""What the two sides of a metric agree on."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Prometheus' types."""

    GAUGE = "gauge"
    COUNTER = "counter"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """A name, and the words that people read about it; `buckets` leaves out the infinite bound."""

    name: str
    kind: Kind
    vi: str
    en: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def help(self) -> str:
        """Vietnamese first, English second."""
        return f"{self.vi} | {self.en}"


def bucket_label(value: float, bounds: Sequence[float]) -> str:
    """Name the one bucket that an observation falls into, as `le` names it; `bounds` ascend."""
    place = bisect_left(bounds, value)
    return str(float(bounds[place])) if place < len(bounds) else "+Inf"
