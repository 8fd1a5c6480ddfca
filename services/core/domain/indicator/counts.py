"""What is counted for the index, and which share of it each indicator takes."""

from dataclasses import dataclass

from services.core.domain.indicator.catalogue import OF_LOWER_UNIT, OF_PROVINCE
from services.core.domain.indicator.formula import Share
from services.core.domain.indicator.report import IndexReport, score

#: Nothing is known of any case, which is not the same as nothing done.
_NO_CASE = Share(0, 0)
_NO_COUNTS = Share(None, None)


@dataclass(frozen=True, slots=True)
class DossierCounts:
    """Dossiers of a unit and those below it that were received or ended in a month.

    The last four count procedures by what their dossiers show; `paid` and `with_fees` those that have a fee.
    """

    received: int = 0
    received_here: int = 0  #: in this very month
    sent: int = 0  #: of these, those that the portal holds
    late: int = 0
    online: int = 0
    fee_due: int = 0
    paid_of_due: int = 0
    result_file: int = 0
    digitised: int = 0
    digitised_with_result: int = 0
    national_store: int = 0
    population_data: int = 0
    procedures: int = 0
    procedures_population_data: int = 0
    procedures_online: int = 0
    procedures_paid: int = 0
    procedures_with_fees: int = 0


@dataclass(frozen=True, slots=True)
class CatalogueCounts:
    """The catalogue as it stands: all procedures, those offered online, with a fee, with all known parts."""

    procedures: int = 0
    offered_online: int = 0
    with_fee: int = 0
    complete: int = 0


def index_of(counts: DossierCounts, catalogue: CatalogueCounts, *, is_province: bool) -> IndexReport:
    """Score a unit's month."""
    return score(OF_PROVINCE if is_province else OF_LOWER_UNIT, _shares(counts, catalogue))


def _shares(counts: DossierCounts, catalogue: CatalogueCounts) -> dict[str, Share]:
    on_time = Share(counts.received - counts.late, counts.received)
    return {
        "PUBLISH_ON_TIME": _NO_CASE,
        "PUBLIC_UPDATE_ON_TIME": _NO_CASE,
        "PUBLIC_CONTENT_FULL": Share(catalogue.complete, catalogue.procedures),
        "DOSSIER_SYNC": Share(counts.sent, counts.received_here),
        "PROGRESS": on_time,
        # Who disliked what is known to the portal alone, so this is the most that can be won.
        "DOSSIER_RECEIVING_SATISFACTION": on_time,
        "ONLINE_OFFERED": Share(catalogue.offered_online, catalogue.procedures),
        "ONLINE_USED": Share(counts.procedures_online, catalogue.offered_online),
        "ONLINE_FILED": Share(counts.online, counts.received),
        "ONLINE_OTHER": _NO_COUNTS,
        "PAYMENT_DOSSIERS": Share(counts.paid_of_due, counts.fee_due),
        "PAYMENT_PROCEDURES": Share(counts.procedures_paid, catalogue.with_fee),
        "PAYMENT_FEES": Share(counts.procedures_with_fees, catalogue.with_fee),
        **_digitisation(counts),
        "PETITION_PROCESSING_ON_TIME": _NO_CASE,
        "PETITION_HANDLING_SATISFACTION": _NO_CASE,
        "PETITION_CLASSIFICATION_TTHC": _NO_CASE,
        "PETITION_CLASSIFICATION_STAFF": _NO_CASE,
    }


def _digitisation(counts: DossierCounts) -> dict[str, Share]:
    whole = counts.received
    return {
        "ORIGINAL_RESULT_AVAILABLE": Share(counts.result_file, whole),
        "SO_HOA_GIAY_TO_GIAI_QUYET": Share(counts.digitised_with_result, whole),
        "REUSED_DIGITIZED_DATA": Share(counts.digitised, whole),
        "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": Share(counts.national_store, whole),
        "CITIZEN_DATA_CONNECTED_DOSSIER": Share(counts.population_data, whole),
        "CITIZEN_DATA_CONNECTED_FORMALITY": Share(counts.procedures_population_data, counts.procedures),
        "ELECTRONIC_CERTIFIED_COPY": _NO_COUNTS,
    }
