"""Published figures over all time."""

from collections.abc import Iterator, Mapping

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.figures import DossierCounts, Group, Report, figures_of
from services.core.domain.payout import CASH_CHANNELS
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.telemetry.metric_names import figures
from services.metrics.collectors.families import labelled, single

#: Numerator and denominator by report and figure.
Fractions = dict[tuple[str, str], tuple[float, float]]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    fractions: Fractions = {}
    if snapshot.dossier_counts is not None:
        for report in Report:
            fractions |= _of_dossiers(snapshot.dossier_counts, report)
    if snapshot.tallies is not None:
        fractions |= _of_payouts(snapshot.tallies)
    yield labelled(figures.NUMERATOR, {key: part for key, (part, _) in fractions.items()})
    yield labelled(figures.DENOMINATOR, {key: whole for key, (_, whole) in fractions.items()})
    if snapshot.acceptance_overdue is not None:
        yield single(figures.ACCEPTANCE_OVERDUE, snapshot.acceptance_overdue)


def _of_dossiers(counts: DossierCounts, report: Report) -> Fractions:
    rows = figures_of(report, Group(), counts)
    return {(report.value, row.figure): (row.numerator, row.denominator) for row in rows}


def _of_payouts(tallies: Tallies) -> Fractions:
    return {
        ("payouts", "paid_out_without_cash"): _without_cash(tallies.by_label("payouts")),
        ("payouts", "paid_out_without_cash_vnd"): _without_cash(tallies.by_label("payouts_vnd")),
    }


def _without_cash(by_channel: Mapping[str, float]) -> tuple[float, float]:
    whole = sum(by_channel.values())
    return whole - sum(by_channel.get(channel.value, 0.0) for channel in CASH_CHANNELS), whole
