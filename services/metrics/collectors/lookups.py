"""How far applicants are verified in the population database."""

from collections.abc import Iterator
from typing import Final

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.lookup import Result
from services.core.persistence.measurements import Snapshot
from services.core.telemetry.metric_names import lookups
from services.metrics.collectors.families import by, share, single

#: How a look-up can end; failures are tried again.
ENDS: Final = [r.value for r in (Result.MATCH, Result.MISMATCH, Result.NOT_FOUND, Result.REFUSED)]
BUDGETS: Final = ["officer", "unit"]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    tallies = snapshot.tallies
    if tallies is None:
        return
    asked, received = tallies.total("lookups"), tallies.total("received")
    needed, settled = tallies.total("lookups_needed"), tallies.by_label("lookups_settled")
    yield single(lookups.LOOKUPS, asked)
    yield single(lookups.LOOKUP_RATE, share(asked, received) if asked else 0.0)
    yield single(lookups.REUSED, tallies.total("lookups_reused"))
    yield by(lookups.OVER_BUDGET, tallies.by_label("lookups_over_budget"), known=BUDGETS)
    yield single(lookups.NEEDED, needed)
    yield by(lookups.SETTLED, settled, known=ENDS)
    yield single(lookups.PENDING, needed - sum(settled.values()))
    yield single(lookups.VERIFIED_SHARE, share(settled[Result.MATCH.value], needed))
