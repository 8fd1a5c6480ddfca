"""Index 766 (766/QĐ-TTg): scores as they reproduce captured answers of the portal.

A ratio without a denominator is `None`, which differs from 0: it scores nothing, and its maximum stays
in the total.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Metric:
    """One indicator as the portal shows it."""

    code: str
    name: str
    numerator: int | None
    denominator: int | None
    ratio: float | None
    """Per cent, two decimals."""
    score: float | None
    max_score: float

    def shown(self) -> dict[str, object]:
        return {
            "code": self.code,
            "name": self.name,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "ratio": self.ratio,
            "score": self.score,
            "maxScore": self.max_score,
        }


@dataclass(frozen=True, slots=True)
class Share:
    """A count out of another; both come from the portal's own store."""

    part: int
    whole: int

    @property
    def exact(self) -> float:
        """Zero without a denominator."""
        return self.part / self.whole if self.whole else 0.0

    @property
    def per_cent(self) -> float | None:
        return rounded(100 * self.exact) if self.whole else None


def rounded(number: float) -> float:
    """Two decimals, half up, as the portal shows every ratio and score."""
    return float(Decimal(repr(number)).quantize(_CENT, ROUND_HALF_UP))


def linear(share: Share, maximum: float) -> float:
    return maximum * share.exact


def full_at(share: Share, maximum: float, *, target: float) -> float:
    """Proportional up to the target share, the maximum from there on."""
    return min(maximum, maximum * share.exact / target)


def metric(
    code: str, name: str, share: Share, maximum: float, *, target: float = 1.0, when_none: float | None = None
) -> Metric:
    """Score one indicator; `when_none` is its score when there is nothing to count."""
    score = full_at(share, maximum, target=target) if share.whole else when_none
    return Metric(
        code=code,
        name=name,
        numerator=share.part,
        denominator=share.whole,
        ratio=share.per_cent,
        score=None if score is None else rounded(score),
        max_score=maximum,
    )


def progress_score(on_time: Share) -> float:
    return rounded(linear(on_time, 20))


def online_score(*, offered: Share, used: Share, filed: Share) -> float:
    """Score a province, 12 points: procedures offered, services with dossiers, dossiers filed online."""
    return _sum(full_at(offered, 2, target=0.80), linear(used, 4), full_at(filed, 6, target=0.50))


def lower_unit_online_score(used: Share) -> float:
    """Fits the captured scores of lower units, whose answers carry no numerators."""
    return rounded(linear(used, 4) + 6)


def payment_score(*, paid: Share, procedures_paid: Share, procedures_synced: Share) -> float:
    """Score payment, 10 points: dossiers paid online, procedures so paid, procedures with fee data."""
    return _sum(
        linear(paid, 6),
        full_at(procedures_paid, 2, target=0.80),
        full_at(procedures_synced, 2, target=0.80),
    )


def _sum(*parts: float) -> float:
    """Round each part first: a captured payment score of 6.75 comes out so, and 6.76 otherwise."""
    return rounded(sum(rounded(part) for part in parts))
