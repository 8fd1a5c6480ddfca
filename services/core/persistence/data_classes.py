"""What each table holds: whose its rows are, and which columns tell of a person.

Row security and the grants of migrations 0021 and 0022 are held to this by `tests/integration/test_wall.py`;
a table that is not named here stops the tests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class RowsOf(StrEnum):
    """To whom a row belongs, which decides what the API sees of it."""

    UNIT = "unit"  #: `unit_id` says to which one
    UNIT_OR_ABOVE = "unit_or_above"  #: the same; units below use it where they have none
    UNIT_OR_HEIR = "unit_or_heir"  #: the same; a unit has those of the units that were merged into it
    UNIT_AND_BELOW = "unit_and_below"  #: the same; the figure of a unit is made of those below it
    DOSSIER = "dossier"  #: `dossier_id` says to which one, and so to which unit
    CITIZEN = "citizen"  #: the province knows a person once; any caller's units may have to do with them
    CALLER = "caller"  #: who may call; asked for one by one, before anybody's reach is known
    RECORD = "record"  #: written for others to read
    NOBODY = "nobody"  #: catalogue, portal and machinery


@dataclass(frozen=True, slots=True)
class Holding:
    """What a table holds. `personal` are columns that name a person or say something of one."""

    rows: RowsOf
    personal: frozenset[str] = frozenset()


def _holding(rows: RowsOf, *personal: str) -> Holding:
    return Holding(rows, frozenset(personal))


HOLDINGS: Final[Mapping[str, Holding]] = MappingProxyType(
    {
        "audit_links": _holding(RowsOf.RECORD),
        "audit_log": _holding(RowsOf.RECORD, "actor", "officer", "purpose"),
        "audit_roots": _holding(RowsOf.RECORD),
        "citizens": _holding(RowsOf.CITIZEN, "identity_number", "name_key", "facts"),
        "client_keys": _holding(RowsOf.CALLER),
        "decreed_days": _holding(RowsOf.NOBODY),
        "deliveries": _holding(RowsOf.UNIT),
        "delivery_days": _holding(RowsOf.UNIT),
        "delivery_attempts": _holding(RowsOf.DOSSIER, "detail"),
        "desk_clients": _holding(RowsOf.CALLER),
        "disclosures": _holding(RowsOf.DOSSIER, "reason"),
        "dossier_days": _holding(RowsOf.UNIT),
        "dossier_months": _holding(RowsOf.UNIT),
        "dossier_numbers": _holding(RowsOf.UNIT),
        "dossier_totals": _holding(RowsOf.UNIT),
        "dossiers": _holding(
            RowsOf.UNIT, "summary", "note", "applicant", "agent", "components", "fees", "results", "apology"
        ),
        "idempotency_keys": _holding(RowsOf.RECORD, "answer"),
        "index766_counts": _holding(RowsOf.UNIT_AND_BELOW),
        "index766_dossiers": _holding(RowsOf.UNIT),
        "index766_points": _holding(RowsOf.UNIT),
        "index766_refreshes": _holding(RowsOf.NOBODY),
        "intervention_dossiers": _holding(RowsOf.DOSSIER),
        "interventions": _holding(RowsOf.DOSSIER, "done_by", "reason"),
        "look_up_accounts": _holding(RowsOf.UNIT_OR_ABOVE, "officer", "identity_number"),
        "look_up_answers": _holding(RowsOf.RECORD, "detail"),
        "look_up_days": _holding(RowsOf.UNIT),
        "look_up_questions": _holding(RowsOf.RECORD, "officer", "reason"),
        "look_ups": _holding(RowsOf.UNIT, "officer", "reason", "subject_key", "subject", "found"),
        "officers": _holding(RowsOf.CALLER, "issuer", "subject", "name"),
        "onboarding_attempts": _holding(RowsOf.UNIT_OR_HEIR, "provider_reference", "hamlet"),
        "onboarding_events": _holding(RowsOf.UNIT_OR_HEIR, "provider_reference", "hamlet", "helper"),
        "onboarding_spans": _holding(RowsOf.UNIT_OR_HEIR),
        "onboarding_standings": _holding(RowsOf.UNIT_OR_HEIR, "providers"),
        "onboarding_steps": _holding(RowsOf.NOBODY),
        "onboarding_subjects": _holding(RowsOf.UNIT_OR_HEIR, "reference", "identity_number"),
        "onboarding_tallies": _holding(RowsOf.UNIT_OR_HEIR),
        "onboarding_targets": _holding(RowsOf.UNIT_OR_ABOVE),
        "onboarding_totals": _holding(RowsOf.UNIT_OR_HEIR),
        "outage_dossiers": _holding(RowsOf.DOSSIER),
        "payment_differences": _holding(RowsOf.UNIT),
        "payments": _holding(RowsOf.UNIT, "reference"),
        "payout_days": _holding(RowsOf.UNIT),
        "payouts": _holding(RowsOf.UNIT, "reference", "recipient", "identity_number"),
        "population_counts": _holding(RowsOf.UNIT_OR_HEIR),
        "portal_gates": _holding(RowsOf.NOBODY),
        "portal_minutes": _holding(RowsOf.NOBODY),
        "portal_operations": _holding(RowsOf.NOBODY),
        "portal_outages": _holding(RowsOf.NOBODY),
        "portal_procedures": _holding(RowsOf.NOBODY),
        "portal_refusals": _holding(RowsOf.NOBODY),
        "procedures": _holding(RowsOf.NOBODY),
        "progress_entries": _holding(RowsOf.DOSSIER, "officer", "department", "text", "facts"),
        "reconciliation_findings": _holding(RowsOf.DOSSIER),
        "reconciliation_runs": _holding(RowsOf.NOBODY),
        "reported_counts": _holding(RowsOf.UNIT_OR_HEIR),
        "sightings": _holding(RowsOf.UNIT),
        "tallies": _holding(RowsOf.UNIT),
        "unit_accounts": _holding(RowsOf.UNIT_OR_ABOVE),
        "units": _holding(RowsOf.NOBODY),
        "used_assertions": _holding(RowsOf.NOBODY),
    }
)
