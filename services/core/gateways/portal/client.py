"""The portal's services as the domain knows them."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

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
from services.core.domain.portal_catalogue import Listing, ProcedureDetail, listed_code
from services.core.domain.ports import EntriesOf, Sent
from services.core.gateways.portal import catalogue_wire, wire
from services.core.gateways.portal.exchange import Exchange, PortalAddress
from services.core.gateways.portal.reply import Answer, outcome_of_push
from services.core.gateways.portal.session import PortalSession

Content = TypeVar("Content")


class _Encoded:
    """The items of a push, as they travel. A dossier that cannot be written is left out with all of its."""

    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}
        self._written: list[tuple[str, list[wire.Wire]]] = []

    def add(self, code: str, write: Callable[[Content], list[wire.Wire]], content: Content) -> None:
        """Take in what there is to send of one dossier, or why it cannot be sent."""
        try:
            self._written.append((code, write(content)))
        except wire.MissingValue as exc:
            self.left_out[code] = f"{exc} is missing"
        except (TypeError, ValueError, AttributeError) as exc:
            # Stored values are not checked for their types on the way here.
            self.left_out[code] = type(exc).__name__

    def data(self) -> bytes | None:
        """Give a JSON array of all items, or `None` if there are none.

        They are encoded together, which takes half the time; one by one only to find out which cannot be.
        """
        try:
            return self._together()
        except (TypeError, ValueError):
            self._written = [(code, items) for code, items in self._written if self._fits(code, items)]
            return self._together()

    def _together(self) -> bytes | None:
        items = [item for _, items in self._written for item in items]
        return wire.encode(items) if items else None

    def _fits(self, code: str, items: list[wire.Wire]) -> bool:
        try:
            wire.encode(items)
        except (TypeError, ValueError) as exc:
            self.left_out[code] = type(exc).__name__
            return False
        return True


def _items_of_body(body: DossierBody) -> list[wire.Wire]:
    return [wire.dossier(body)]


def _items_of_entries(of: EntriesOf) -> list[wire.Wire]:
    return [wire.entry(of.code, entry) for entry in of.entries]


class PortalClient:
    """A `PortalGateway` and `PortalCatalogue` over HTTP. One instance per process; close it at the end."""

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
        """Send bodies; one that cannot be encoded is left out before anything leaves."""
        encoded = _Encoded()
        for body in bodies:
            encoded.add(body.code, _items_of_body, body)
        updating = "False" if create else "True"
        return await self._push("DongBoHoSoMC", {"isUpdating": updating}, encoded, may_exist=create)

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        """Append entries; a dossier whose entries cannot be encoded is left out with all of them."""
        encoded = _Encoded()
        for of in batch:
            encoded.add(of.code, _items_of_entries, of)
        return await self._push("CapNhatTienDoHoSoMC", {}, encoded, may_exist=True)

    async def look_up(self, code: str) -> LookUpOutcome:
        """Ask what is there; an answer about another dossier proves nothing."""
        result = await self.enquire("TraCuuHoSo", {"mahoso": code})
        return _found(code, result) if isinstance(result, list) else result

    async def list_procedures(self) -> Listing | Failure:
        """Ask for all procedures."""
        result = await self.enquire("LayDanhSachTTHC", {}, long=True)
        return catalogue_wire.listing(result) if isinstance(result, list) else result

    async def procedure(self, code: str) -> ProcedureDetail | Failure | None:
        """Ask for one procedure; an answer about another one proves nothing."""
        result = await self.enquire("LayThuTuc", {"maTTHC": code}, long=True)
        if not isinstance(result, list):
            return result
        if not result:
            return None
        try:
            detail = catalogue_wire.detail(result[0])
        except ValueError:
            return Unknown("unreadable procedure")
        return detail if listed_code(code, {detail.code}) else Unknown("answer about another procedure")

    async def enquire(
        self, service: str, parameters: dict[str, str], *, long: bool = False
    ) -> list[Any] | Failure:
        """Call a service that only reads; give the items of its result.

        A `long` answer, such as a list of megabytes, has limits of its own.
        """
        answer = await self._call(service, parameters, long=long)
        if not isinstance(answer, Answer):
            return answer
        if answer.blames_itself:
            return Unknown(f"{answer.code}: {answer.message}")
        if not answer.succeeded:
            return Rejected(answer.code, answer.message)
        if answer.result is None:
            return Unknown("answer without a result")
        return answer.result

    async def _push(
        self, service: str, parameters: dict[str, str], encoded: _Encoded, *, may_exist: bool
    ) -> Sent:
        data = encoded.data()
        if data is None:
            return Sent(Unsendable("nothing is left to send"), b"", encoded.left_out)
        answer = await self._call(service, parameters, data)
        outcome = outcome_of_push(answer, may_exist=may_exist) if isinstance(answer, Answer) else answer
        return Sent(outcome, hashlib.sha256(data).digest(), encoded.left_out)

    async def _call(
        self, service: str, parameters: dict[str, str], data: bytes | None = None, *, long: bool = False
    ) -> Answer | Failure:
        """Call with the present session, all logins included within the time of one call.

        A call with a refused session was not worked on, so one repeat is safe. A `long` call may take the
        time, and bring the bytes, of a whole dictionary.
        """
        address = self._address
        seconds = address.catalogue_seconds if long else address.call_seconds
        until = asyncio.get_running_loop().time() + seconds
        refused: str | None = None
        for _ in range(2):
            session = await self._session.get(refused=refused, until=until)
            if not isinstance(session, str):
                return session
            answer = await self._exchange.send(
                address.call_path,
                self._envelope(session, service, parameters, data),
                until=until,
                reply_bytes=address.catalogue_bytes if long else None,
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
