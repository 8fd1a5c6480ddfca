"""The count at the end: what desk, database, portal and metrics each say, and whether they agree."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from prometheus_client.parser import text_string_to_metric_families

from services.cli.demo.ledger import PortalCount
from services.cli.demo.weather import Storm, nobody_can_save
from services.core.persistence.census import Census, FalselyLate
from services.core.telemetry.metric_names.deliveries import DELIVERIES, RECEIVED
from services.core.telemetry.metric_names.lateness import FALSE_LATE
from services.core.telemetry.metric_names.lookups import LOOKUPS, SETTLED


@dataclass(frozen=True, slots=True)
class DeskCount:
    """What the desk was told: numbers of dossiers that got a 2xx, and how many entries went with them."""

    codes: tuple[str, ...]
    entries: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run reached; every number is counted in it. Shares are from 0 to 1.

    `false_late_beyond_saving` are those whose due time fell into an outage that had begun before they were
    finished, by the portal's calendar of outages and not by the cause that we put on record.
    """

    dossiers: int
    progress_entries: int
    synced: int
    synced_share: float
    flagged_late: int
    false_late: int
    duplicates: int
    lost: int
    rejected: int
    lookups: int
    lookup_rate: float
    verified_share: float
    seconds: float
    false_late_by_cause: dict[str, int]
    false_late_beyond_saving: int
    disagreements: list[str]

    @property
    def kept(self) -> bool:
        """Tell whether the promises were kept and all counts agree."""
        unexcused = self.false_late - self.false_late_beyond_saving
        failures = (
            (self.verified_share < 1)
            + self.dossiers
            - self.synced
            + self.duplicates
            + self.lost
            + self.rejected
            + unexcused
        )
        return failures == 0 and not self.disagreements

    def summary(self) -> dict[str, object]:
        """Give the object that `--summary` writes."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """All sources of one run. `api_dossiers` and `api_synced` come from paging through the API."""

    desk: DeskCount
    api_dossiers: int
    api_synced: int
    census: Census
    not_in_database: Sequence[str]
    falsely_late: Sequence[FalselyLate]
    portal: PortalCount
    entries_on_portal: dict[str, int]
    metrics_text: str
    storms: Sequence[Storm]
    seconds: float


def work_out(evidence: Evidence) -> Figures:
    """Turn the sources into figures, and name whatever does not agree."""
    census, portal = evidence.census, evidence.portal
    missing_on_portal = sum(code not in evidence.entries_on_portal for code in evidence.desk.codes)
    causes: dict[str, int] = {}
    for dossier in evidence.falsely_late:
        causes[dossier.cause] = causes.get(dossier.cause, 0) + 1
    return Figures(
        dossiers=census.dossiers,
        progress_entries=census.progress_entries,
        synced=census.synced,
        synced_share=census.synced / max(census.dossiers, 1),
        flagged_late=portal.flagged,
        false_late=census.false_late,
        duplicates=portal.duplicates,
        lost=len(evidence.not_in_database) + missing_on_portal,
        rejected=census.rejected_attempts,
        lookups=census.lookups,
        lookup_rate=census.lookups / max(census.dossiers, 1),
        verified_share=census.verified / max(census.lookups_needed, 1),
        seconds=round(evidence.seconds, 1),
        false_late_by_cause=causes,
        false_late_beyond_saving=sum(
            nobody_can_save(evidence.storms, finished_at=dossier.ended_at, due_at=dossier.due_at)
            for dossier in evidence.falsely_late
        ),
        disagreements=_disagreements(evidence),
    )


def _disagreements(evidence: Evidence) -> list[str]:
    census, portal = evidence.census, evidence.portal
    metrics = read_metrics(evidence.metrics_text)
    compared: dict[str, dict[str, float]] = {
        "dossiers": {
            "desk": len(evidence.desk.codes),
            "API": evidence.api_dossiers,
            "database": census.dossiers,
            "portal": portal.dossiers,
            "metrics": metrics[RECEIVED.name],
        },
        "entries": {
            "desk": evidence.desk.entries,
            "database": census.progress_entries,
            "portal": portal.entries,
        },
        "synced": {
            "API": evidence.api_synced,
            "database": census.synced,
            "metrics": metrics[f"{DELIVERIES.name}/synced"],
        },
        "look-ups": {"database": census.lookups, "metrics": metrics[LOOKUPS.name]},
        "verified": {"database": census.verified, "metrics": metrics[f"{SETTLED.name}/match"]},
        "false late": {
            "database": census.false_late,
            "listed": len(evidence.falsely_late),
            "with the cause on record": sum(d.cause == "portal_down" for d in evidence.falsely_late),
            "metrics": metrics[FALSE_LATE.name],
        },
        "late": {"database": census.late_at_desk, "portal": portal.flagged},
        "out of order": {"portal": portal.out_of_order, "promised": 0},
    }
    return [
        f"{what}: " + ", ".join(f"{source} {count:g}" for source, count in counts.items())
        for what, counts in compared.items()
        if len(set(counts.values())) > 1
    ]


def read_metrics(text: str) -> dict[str, float]:
    """Add up samples by name; those with a `state` or `outcome` also stand for themselves: `name/state`."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
            for label in {"state", "outcome"} & sample.labels.keys():
                found[f"{sample.name}/{sample.labels[label]}"] = sample.value
    return found
