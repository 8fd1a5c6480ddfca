"""One call as the database takes it up: what it is about, and how it is answered."""

import json
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from starlette.types import Scope

from services.mock_kit.exchange import JSON_TYPE, Reply
from services.mock_population.credentials import basic_pair
from services.mock_population.database import Database
from services.mock_population.faults import ActiveFault
from services.mock_population.ledger import TOKEN, UNKNOWN_OPERATION, Call, Outcome
from services.mock_population.look_up import answer
from services.mock_population.question import Question, Refused
from services.mock_population.ways import Way, headers_of


class Inquiry(Protocol):
    """A call that has been read, rightly or not, and can be answered."""

    way: str
    operation: str
    question: Question | None

    def answer(self, call: Call, fault: ActiveFault | None) -> Reply:
        """Answer, and note in the call what came of it."""


class LookUp:
    def __init__(self, database: Database, way: Way, scope: Scope, raw: bytes) -> None:
        self._database = database
        self._way = way
        self._read = self._attempt(scope, raw)
        self.way = way.name
        self.question = self._read if isinstance(self._read, Question) else None
        self.operation = self.question.operation if self.question else UNKNOWN_OPERATION

    def answer(self, call: Call, fault: ActiveFault | None) -> Reply:
        if isinstance(self._read, Refused):
            return self._refuse(call, self._read)
        try:
            xml, call.outcome = answer(self._database, self._read, fault.rule if fault else None)
        except Refused as refusal:
            return self._refuse(call, refusal)
        return self._way.tell(xml)

    def _attempt(self, scope: Scope, raw: bytes) -> Question | Refused:
        try:
            return self._way.ask(self._database, scope, raw)
        except Refused as refusal:
            return refusal

    def _refuse(self, call: Call, refusal: Refused) -> Reply:
        call.outcome, call.message = Outcome.REFUSED, refusal.message
        return self._way.refuse(self._database, refusal)


@dataclass(slots=True)
class TokenWish:
    """`grant_type=client_credentials` with a Basic account, as gateways take it."""

    database: Database
    scope: Scope
    raw: bytes
    way: str = "gateway"
    operation: str = TOKEN
    question: Question | None = None

    def answer(self, call: Call, fault: ActiveFault | None) -> Reply:  # noqa: ARG002 - as the protocol has it
        user, secret = basic_pair(headers_of(self.scope).get("authorization", ""))
        form = parse_qs(self.raw.decode("latin-1"))
        if form.get("grant_type") != ["client_credentials"]:
            return self._refuse(call, 400, "unsupported_grant_type")
        if not secret or self.database.settings.accounts.get(user) != secret:
            return self._refuse(call, 401, "invalid_client")
        call.outcome = Outcome.GRANTED
        tokens = self.database.tokens
        return _json(
            200,
            {
                "access_token": tokens.open(self.database.clock.now()),
                "token_type": "Bearer",
                "expires_in": int(tokens.life.total_seconds()),
            },
        )

    def _refuse(self, call: Call, status: int, error: str) -> Reply:
        call.outcome, call.message = Outcome.REFUSED, error
        return _json(status, {"error": error})


def _json(status: int, content: dict[str, object]) -> Reply:
    return Reply(status, json.dumps(content).encode(), (JSON_TYPE,))
