"""Published figures over all time."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client.metrics_core import Metric as Family

from services.core.domain.figures import DossierCounts, Group, Report, figures_of
from services.core.domain.lookup import Result
from services.core.domain.onboarding.reported import ReportedFigure
from services.core.domain.onboarding.tally import Measure
from services.core.domain.payout import CASH_CHANNELS
from services.core.persistence.measurements import Snapshot, Tallies
from services.core.persistence.measurements.values import Flagged, Unsynced
from services.core.persistence.service_counts import ServiceCounts
from services.core.telemetry.metric_names import figures
from services.metrics.collectors.families import labelled, single

#: Numerator and denominator by report and figure; a count that is no part of anything has no denominator.
Fractions = dict[tuple[str, str], tuple[float, float | None]]


def collect(snapshot: Snapshot) -> Iterator[Family]:
    """Give what the snapshot has the queries for."""
    fractions: Fractions = {}
    if snapshot.dossier_counts is not None:
        for report in Report:
            fractions |= _of_dossiers(snapshot.dossier_counts, report)
    if snapshot.tallies is not None:
        fractions |= _of_payouts(snapshot.tallies)
        fractions |= _of_look_ups(snapshot.tallies)
        fractions |= _reported(snapshot.tallies)
    if snapshot.tallies is not None and snapshot.unsynced is not None and snapshot.flagged is not None:
        fractions |= _of_deliveries(snapshot.tallies, snapshot.unsynced, snapshot.flagged)
    if snapshot.services is not None:
        fractions |= _of_services(snapshot.services)
    if snapshot.onboarding is not None:
        helped = sum(row.count for row in snapshot.onboarding if row.measure == Measure.HELPED)
        fractions["onboarding", "helped"] = helped, None
    yield labelled(figures.NUMERATOR, {key: part for key, (part, _) in fractions.items()})
    wholes = {key: whole for key, (_, whole) in fractions.items() if whole is not None}
    yield labelled(figures.DENOMINATOR, wholes)
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


def _of_look_ups(tallies: Tallies) -> Fractions:
    verified = tallies.by_label("lookups_settled")[Result.MATCH.value]
    return {
        ("look-ups", "look_ups"): (tallies.total("lookups"), tallies.total("received")),
        ("look-ups", "verified"): (verified, tallies.total("lookups_needed")),
    }


def _reported(tallies: Tallies) -> Fractions:
    """Give what others report; a sum of which one report has no whole is part of nothing known."""
    parts, wholes = tallies.by_label("reported"), tallies.by_label("reported_whole")
    open_ended = tallies.by_label("reported_without_whole")
    return {
        ("reported", figure.value): (
            parts[figure],
            wholes[figure] if figure in wholes and not open_ended[figure] else None,
        )
        for figure in ReportedFigure
    }


def _of_deliveries(tallies: Tallies, unsynced: Sequence[Unsynced], flagged: Sequence[Flagged]) -> Fractions:
    received = tallies.total("received")
    late = sum(unit.count for unit in flagged) + tallies.total("accepted_late")
    falsely = sum(unit.falsely for unit in flagged) + tallies.total("false_late")
    return {
        ("deliveries", "received"): (received, None),
        ("deliveries", "synced"): (received - sum(group.count for group in unsynced), received),
        ("deliveries", "falsely_late"): (falsely, received),
        ("deliveries", "really_late"): (late - falsely, late),
    }


def _of_services(services: ServiceCounts) -> Fractions:
    online = services.full + services.partial
    return {
        ("services", "services_on_portal"): (services.on_portal, services.offered),
        ("services", "services_full"): (services.full, online),
        ("services", "services_partial"): (services.partial, online),
        ("services", "services_online_on_portal"): (services.online_on_portal, online),
    }


def _without_cash(by_channel: Mapping[str, float]) -> tuple[float, float]:
    whole = sum(by_channel.values())
    return whole - sum(by_channel.get(channel.value, 0.0) for channel in CASH_CHANNELS), whole
