"""The portal's services as the domain knows them."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from services.core.domain.filing import DossierBody
from services.core.domain.outcome import (
    AuthRefused,
    Failure,
    Found,
    LookUpOutcome,
    Rejected,
    Unknown,
    Unsendable,
)
from services.core.domain.ports import EntriesOf, Sent
from services.core.gateways.portal import wire
from services.core.gateways.portal.exchange import Exchange, PortalAddress
from services.core.gateways.portal.reply import Answer, outcome_of_push
from services.core.gateways.portal.session import PortalSession


class PortalClient:
    """A `PortalGateway` over HTTP. One instance per process; close it at the end."""

    def __init__(
        self, address: PortalAddress, *, on_login: Callable[[str], None] = lambda _outcome: None
    ) -> None:
        self._address = address
        self._exchange = Exchange(address)
        self._session = PortalSession(self._exchange, address, on_login)

    async def close(self) -> None:
        """Give the connections back."""
        await self._exchange.close()

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        """Send bodies; one that cannot be encoded is refused here, before anything leaves."""
        try:
            data = wire.encode([wire.dossier(body) for body in bodies])
        except wire.MissingValue as exc:
            return Sent(Unsendable(f"{exc} is missing"), b"")
        except (TypeError, ValueError, AttributeError) as exc:
            # Stored values are not checked for their types on the way here.
            return Sent(Unsendable(type(exc).__name__), b"")
        updating = "False" if create else "True"
        return await self._push("DongBoHoSoMC", {"isUpdating": updating}, data, may_exist=create)

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        """Append entries."""
        data = wire.encode([wire.entry(of.code, entry) for of in batch for entry in of.entries])
        return await self._push("CapNhatTienDoHoSoMC", {}, data, may_exist=True)

    async def look_up(self, code: str) -> LookUpOutcome:
        """Ask what is there; an answer about another dossier proves nothing."""
        result = await self.enquire("TraCuuHoSo", {"mahoso": code})
        return _found(code, result) if isinstance(result, list) else result

    async def enquire(self, service: str, parameters: dict[str, str]) -> list[Any] | Failure:
        """Call a service that only reads; give the items of its result."""
        answer = await self._call(service, parameters)
        if not isinstance(answer, Answer):
            return answer
        if answer.blames_itself:
            return Unknown(f"{answer.code}: {answer.message}")
        if not answer.succeeded:
            return Rejected(answer.code, answer.message)
        if answer.result is None:
            return Unknown("answer without a result")
        return answer.result

    async def _push(self, service: str, parameters: dict[str, str], data: bytes, *, may_exist: bool) -> Sent:
        answer = await self._call(service, parameters, data)
        if isinstance(answer, Answer):
            return Sent(outcome_of_push(answer, may_exist=may_exist), hashlib.sha256(data).digest())
        return Sent(answer, hashlib.sha256(data).digest())

    async def _call(
        self, service: str, parameters: dict[str, str], data: bytes | None = None
    ) -> Answer | Failure:
        """Call with the present session, all logins included within the time of one call.

        A call with a refused session was not worked on, so one repeat is safe.
        """
        until = asyncio.get_running_loop().time() + self._address.call_seconds
        refused: str | None = None
        for _ in range(2):
            session = await self._session.get(refused=refused, until=until)
            if not isinstance(session, str):
                return session
            answer = await self._exchange.send(
                self._address.call_path, self._envelope(session, service, parameters, data), until=until
            )
            if not _wants_login(answer):
                return answer
            refused = session
        return AuthRefused("session refused twice")

    def _envelope(self, session: str, service: str, parameters: dict[str, str], data: bytes | None) -> bytes:
        head: dict[str, Any] = {
            "session": session,
            "madonvi": self._address.organisation_code,
            "service": service,
            **parameters,
        }
        content = wire.encode(head)
        return content if data is None else content[:-1] + b',"data":' + data + b"}"


def _wants_login(answer: Answer | Failure) -> bool:
    return answer.session_refused if isinstance(answer, Answer) else isinstance(answer, AuthRefused)


def _found(code: str, result: list[Any]) -> LookUpOutcome:
    if not result:
        return Found(None)
    try:
        records = [wire.record(item) for item in result]
    except (ValueError, TypeError, AttributeError):
        return Unknown("unreadable record")
    if len(records) != 1 or records[0].code != code:
        return Unknown("answer about another dossier")
    return Found(records[0])
