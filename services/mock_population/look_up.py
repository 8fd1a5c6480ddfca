"""Answering a question that was asked properly, also when the tester ordered a wrong answer."""

from services.mock_population.answer_xml import Style, citizens_xml, confirmation_xml, nameless_citizen_xml
from services.mock_population.citizen import Citizen, as_known_before
from services.mock_population.database import Database
from services.mock_population.faults import FaultRule, FaultShape
from services.mock_population.ledger import Outcome
from services.mock_population.question import CONFIRM, Question, Refused


def answer(database: Database, question: Question, rule: FaultRule | None) -> tuple[str, Outcome]:
    """Answer as XML. Whoever is not found is so without a reason; raises `Refused`."""
    settings = database.settings
    if settings.refuse_repeated_request_ids and database.ledger.knows_request(question.request_id):
        raise Refused("MaYeuCau đã được dùng")
    citizens = _chosen(database, question, rule)
    outcome = Outcome.FOUND if citizens else Outcome.NOT_FOUND
    prefixes = database.prefixes.pick()
    if question.operation == CONFIRM:
        return confirmation_xml(exists=bool(citizens), prefixes=prefixes), outcome
    style = Style(settings.name_in_one_part, database.clock.now() if settings.wrapper_details else None)
    if not citizens and _not_found_manner(database, rule) == "nameless_citizen":
        return nameless_citizen_xml(prefixes, style), outcome
    return citizens_xml(citizens, prefixes, style), outcome


def _chosen(database: Database, question: Question, rule: FaultRule | None) -> list[Citizen]:
    match rule.shape if rule else None:
        case FaultShape.NOT_FOUND:
            return []
        case FaultShape.WRONG_PERSON:
            someone = database.register.someone_else(question.claim)
            return [someone] if someone else []
        case FaultShape.STALE_DATA:
            return [as_known_before(citizen) for citizen in database.register.match(question.claim)]
        case _:
            return database.register.match(question.claim)


def _not_found_manner(database: Database, rule: FaultRule | None) -> str:
    ordered = rule is not None and rule.shape is FaultShape.NOT_FOUND and rule.manner
    return ordered or database.settings.not_found_as
