"""Desk software over a bad line: repeats what it got no answer to, and writes down what it was told."""

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import httpx

from tests.fault.history import Attempt, History, Kind, Told

#: The applicant of every dossier; no log may show either.
CANARY_NUMBER: Final = "017193987654"
CANARY_NAME: Final = "Canaria Thị Vàng"
CANARIES: Final = (CANARY_NUMBER, CANARY_NAME)

GOOD_PROCEDURE: Final = "1.001193"
#: In our catalogue and not in the portal's, which refuses whatever comes under it.
POISON_PROCEDURE: Final = "9.999999"

#: Statuses after the reception: at work, finished, returned, and with a supplement on the way.
LIVES: Final = ((4, 9, 10), (4, 9), (4, 5, 4, 9), (4,))
_PAUSE_SECONDS: Final = 0.05
_CALL_SECONDS: Final = 10.0


@dataclass(slots=True)
class Dossier:
    """A dossier as the desk knows it after the last acknowledged call."""

    marker: str
    id: str
    etag: str
    ahead: list[int]
    poison: bool

    @property
    def next_etag(self) -> str:
        """The ETag that one more step leaves behind."""
        version, seq = self.etag.strip('"').split("-")
        return f'"{int(version) + 1}-{int(seq) + 1}"'


@dataclass(slots=True)
class Answered:
    """How long calls took, in seconds, and what they came to."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int | None] = field(default_factory=list)


class Desk:
    """Runs on until stopped; what stays without an answer for `patience` seconds is left unknown."""

    def __init__(
        self,
        url: str,
        key: str,
        history: History,
        chance: random.Random,
        *,
        poison_share: float = 0.0,
        patience: float = 30.0,
    ) -> None:
        self.dossiers: list[Dossier] = []
        self.answered = Answered()
        self._history = history
        self._chance = chance
        self._poison_share = poison_share
        self._patience = patience
        self._stopping = asyncio.Event()
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=_CALL_SECONDS,
            trust_env=False,
        )

    async def close(self) -> None:
        await self._http.aclose()

    def stop(self) -> None:
        """Let what is under way end, and begin nothing more."""
        self._stopping.set()

    async def work(self, *, clients: int, per_second: float, at_most: int = 1_000_000) -> None:
        """Take dossiers in and move them on, so many calls a second in all, until stopped."""
        self._stopping.clear()
        await asyncio.gather(*(self._client(clients / per_second, at_most) for _ in range(clients)))

    async def create_many(self, number: int, *, clients: int = 8) -> None:
        """Take so many dossiers in, as fast as it goes."""
        left = iter(range(number))

        async def take() -> None:
            for _ in left:
                await self.create()

        await asyncio.gather(*(take() for _ in range(clients)))

    async def create(self, *, poison: bool | None = None) -> Dossier | None:
        """Take one dossier in; `None` if that was refused or its outcome is unknown."""
        poisonous = self._chance.random() < self._poison_share if poison is None else poison
        marker = self._marker()
        filing = _filing(marker, POISON_PROCEDURE if poisonous else GOOD_PROCEDURE)
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            told, standing = await self._hand_in(marker, filing, poison=poisonous)
            if told is Told.OK:
                dossier = Dossier(
                    marker, standing["id"], standing["etag"], [*self._chance.choice(LIVES)], poisonous
                )
                self.dossiers.append(dossier)
                return dossier
            if told is Told.FAILED:
                return None
            await asyncio.sleep(_PAUSE_SECONDS)
        return None

    async def repeat(self, attempt: Attempt) -> None:
        """Make the call of an acknowledged create once more; what it is told goes into the history."""
        procedure = POISON_PROCEDURE if attempt.poison else GOOD_PROCEDURE
        told, _ = await self._hand_in(
            attempt.marker, _filing(attempt.marker, procedure), poison=attempt.poison
        )
        assert told is Told.OK

    async def create_batch(self, number: int) -> list[Dossier]:
        """Take many in by one call; each line has an outcome of its own under one key."""
        key = self._marker()
        markers = [f"{key}.{line}" for line in range(1, number + 1)]
        body = "\n".join(json.dumps(_filing(marker, GOOD_PROCEDURE)) for marker in markers)
        headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            answer = await self._post("/v1/dossiers:batch", content=body.encode(), headers=headers)
            told = _told(answer)
            if told is Told.OK and answer is not None:
                rows = [json.loads(line) for line in answer.text.splitlines()]
                return [self._taken(markers[row["line"] - 1], row) for row in rows]
            for marker in markers:
                self._note(Kind.CREATE, marker, marker, told, {})
            await asyncio.sleep(_PAUSE_SECONDS)
        return []

    async def advance(self, dossier: Dossier) -> bool:
        """Take the next step of a dossier; say whether it was acknowledged.

        When the first try stayed without an answer, the ETag tells whether it had arrived.
        """
        marker = self._marker()
        body = {"status": dossier.ahead[0], "officer": "Trần Thị Bình", "text": marker}
        deadline = time.monotonic() + self._patience
        tries = 0
        while time.monotonic() < deadline:
            answer = await self._post(
                f"/v1/dossiers/{dossier.id}/progress", json=body, headers={"If-Match": dossier.etag}
            )
            tries += 1
            if tries > 1 and answer is not None and answer.status_code == HTTPStatus.PRECONDITION_FAILED:
                answer = await self._get(f"/v1/dossiers/{dossier.id}")
                if answer is not None and answer.is_success and answer.headers["ETag"] != dossier.next_etag:
                    raise AssertionError(f"{dossier.id} is at {answer.headers['ETag']}")
            told = _told(answer)
            standing = {"id": dossier.id} if told is Told.OK else {}
            self._note(Kind.PROGRESS, marker, dossier.marker, told, standing, poison=dossier.poison)
            if told is Told.OK and answer is not None:
                dossier.etag = answer.headers["ETag"]
                dossier.ahead.pop(0)
                return True
            if told is Told.FAILED:
                return False
            await asyncio.sleep(_PAUSE_SECONDS)
        return False

    async def ask(self, path: str) -> httpx.Response | None:
        """Read something; `None` without an answer."""
        return await self._get(path)

    async def _client(self, pause: float, at_most: int) -> None:
        open_dossiers: list[Dossier] = []
        while not self._stopping.is_set():
            started = time.monotonic()
            if open_dossiers and (self._chance.random() < 0.6 or len(self.dossiers) >= at_most):
                dossier = open_dossiers.pop(self._chance.randrange(len(open_dossiers)))
                if await self.advance(dossier) and dossier.ahead:
                    open_dossiers.append(dossier)
            elif len(self.dossiers) < at_most and (dossier_or_none := await self.create()) is not None:
                open_dossiers.append(dossier_or_none)
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - started)))

    async def _hand_in(
        self, marker: str, filing: dict[str, Any], *, poison: bool
    ) -> tuple[Told, dict[str, Any]]:
        answer = await self._post("/v1/dossiers", json=filing, headers={"Idempotency-Key": marker})
        told = _told(answer)
        standing: dict[str, Any] = answer.json() if told is Told.OK and answer is not None else {}
        self._note(Kind.CREATE, marker, marker, told, standing, poison=poison)
        return told, standing

    def _taken(self, marker: str, row: dict[str, Any]) -> Dossier:
        assert row["status"] == HTTPStatus.CREATED, row
        self._note(Kind.CREATE, marker, marker, Told.OK, row)
        dossier = Dossier(marker, row["id"], row["etag"], [*self._chance.choice(LIVES)], poison=False)
        self.dossiers.append(dossier)
        return dossier

    def _note(
        self,
        kind: Kind,
        marker: str,
        dossier: str,
        told: Told,
        standing: dict[str, Any],
        *,
        poison: bool = False,
    ) -> None:
        self._history.note(
            Attempt(
                marker,
                kind,
                dossier,
                told,
                id=standing.get("id"),
                code=standing.get("code"),
                etag=standing.get("etag"),
                poison=poison,
            )
        )

    async def _post(self, path: str, **parts: Any) -> httpx.Response | None:
        return await self._call("POST", path, **parts)

    async def _get(self, path: str) -> httpx.Response | None:
        return await self._call("GET", path)

    async def _call(self, method: str, path: str, **parts: Any) -> httpx.Response | None:
        started = time.monotonic()
        try:
            answer = await self._http.request(method, path, **parts)
        except httpx.TransportError:
            answer = None
        self.answered.seconds.append(time.monotonic() - started)
        self.answered.statuses.append(None if answer is None else answer.status_code)
        return answer

    def _marker(self) -> str:
        return f"m-{UUID(int=self._chance.getrandbits(128), version=4)}"


def _told(answer: httpx.Response | None) -> Told:
    """Only a refusal in clear words is certain to have done nothing: a 503 can follow a lost commit."""
    if answer is None or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Told.UNKNOWN
    if answer.status_code == HTTPStatus.CONFLICT:
        return Told.UNKNOWN
    return Told.OK if answer.is_success else Told.FAILED


def _filing(marker: str, procedure: str) -> dict[str, Any]:
    return {
        "procedure_code": procedure,
        "unit_code": "H44.101",
        "channel": "direct",
        "filing_mode": "assisted",
        "applicant": {"kind": "citizen", "name": CANARY_NAME, "identity_number": CANARY_NUMBER},
        "summary": marker,
        "officer": "Trần Văn Bình",
    }


def codes_of(answers: Sequence[int | None]) -> dict[int | None, int]:
    """Count answers by status; `None` is a broken line."""
    return {status: answers.count(status) for status in set(answers)}
