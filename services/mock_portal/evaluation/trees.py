"""The reports that come as a parent and its children: progress, online services, payment."""

from services.mock_portal import body_facts as facts
from services.mock_portal.catalogue import Catalogue
from services.mock_portal.evaluation import scoring
from services.mock_portal.evaluation.scoring import Share
from services.mock_portal.evaluation.tally import Tally


def progress(tally: Tally) -> dict[str, object]:
    """20 points: what is on time, of what was received or finished; nothing received scores 0."""
    on_time = tally.on_time
    return {
        "totalReceived": tally.received,
        "totalOnTime": on_time.part,
        "totalOverdue": tally.late,
        "totalCompleted": tally.completed,
        "avgProcessingDays": scoring.rounded(tally.mean_days),
        "ratio": on_time.per_cent,
        "score": scoring.progress_score(on_time),
        "maxScore": 20,
    }


def online(tally: Tally, catalogue: Catalogue, procedure: str | None) -> dict[str, object]:
    """Show a province's 12 points; which procedures are offered online does not follow the filter."""
    levels = [p.service_level for p in catalogue.procedures]
    partial, full = levels.count("partial"), levels.count("full")
    services, used = _online_services(tally, catalogue, procedure)
    filed, late = tally.with_fact(facts.ONLINE), tally.online_late
    postal = tally.with_fact(facts.POSTAL)
    score = scoring.online_score(
        offered=Share(partial + full, len(levels)),
        used=Share(used, services),
        filed=Share(filed, tally.received),
    )
    return {
        "partialCount": partial,
        "fullCount": full,
        "authorityCount": len(levels),
        "onlineDossierCount": used,
        "onlineServiceTotal": services,
        "channelOnlineSum": filed,
        "channelDirectSum": tally.received - filed - postal,
        "channelPostalSum": postal,
        "channelTotalSum": tally.received,
        "onlineOnTime": filed - late,
        "onlineOverdue": late,
        **_total(score, 12),
    }


def lower_unit_online(tally: Tally, catalogue: Catalogue, procedure: str | None) -> dict[str, object]:
    """Score a lower unit; its answer shows no numerator and no denominator."""
    services, used = _online_services(tally, catalogue, procedure)
    return _total(scoring.lower_unit_online_score(Share(used, services)), 12)


def payment(tally: Tally, catalogue: Catalogue) -> dict[str, object]:
    """Show 10 points; the two shares of procedures follow no filter, and count against all with a fee."""
    with_fee = {p.code for p in catalogue.procedures if p.fee_vnd}
    due = tally.with_fact(facts.FEE_DUE)
    paid = len(tally.procedures_with(facts.PAID_ONLINE) & with_fee)
    synced = len(tally.procedures_with(facts.FEE_LISTED) & with_fee)
    score = scoring.payment_score(
        paid=Share(tally.paid_of_due, due),
        procedures_paid=Share(paid, len(with_fee)),
        procedures_synced=Share(synced, len(with_fee)),
    )
    return {
        "totalDossierOnlinePaymentSuccess": tally.paid_of_due,
        "totalDossierFinancialObligation": due,
        "totalDossierOnlineFormalityPaymentSuccess": paid,
        "totalFeeDossierFormalityDistinct": len(with_fee),
        "totalFeeDossierFormality": synced,
        "totalFeeFormality": len(with_fee),
        **_total(score, 10),
    }


def _online_services(tally: Tally, catalogue: Catalogue, procedure: str | None) -> tuple[int, int]:
    """How many services stand online, and how many of them had a dossier filed online."""
    services = {p.code for p in catalogue.procedures if p.service_level in ("partial", "full")}
    if procedure is not None:
        services &= {procedure}
    return len(services), len(tally.procedures_with(facts.ONLINE) & services)


def _total(score: float, maximum: int) -> dict[str, object]:
    return {
        "totalScore": score,
        "totalMaxScore": maximum,
        "ratio": scoring.rounded(100 * score / maximum),
    }
