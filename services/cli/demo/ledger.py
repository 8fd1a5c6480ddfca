"""What the mock portal says of the run, read from its control."""

from dataclasses import dataclass
from typing import Any, Final

import httpx

_PAGE: Final = 10_000


@dataclass(frozen=True, slots=True)
class PortalCount:
    """The portal's own figures. `flagged` stand as late now; `once_flagged` did for a while."""

    dossiers: int
    entries: int
    duplicates: int
    out_of_order: int
    flagged: int
    once_flagged: int


class PortalControl:
    """The tester's side of the mock portal."""

    def __init__(self, address: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{address}/_control", timeout=60, trust_env=False)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def order(self, fault: dict[str, object], *, seconds: float) -> None:
        """Let calls fail in some way for a time."""
        await self._post("/faults", {**fault, "duration_seconds": seconds})

    async def calm(self) -> None:
        """End all faults."""
        (await self._http.delete("/faults")).raise_for_status()

    async def count(self) -> PortalCount:
        """Read ledger and verdicts."""
        ledger, verdicts = await self._get("/ledger/summary"), await self._get("/verdicts/summary")
        return PortalCount(
            dossiers=ledger["dossiers"],
            entries=ledger["entries"],
            duplicates=ledger["duplicate_dossiers"] + ledger["duplicate_entries"],
            out_of_order=ledger["out_of_order_entries"],
            flagged=verdicts["flagged"],
            once_flagged=verdicts["once_flagged"],
        )

    async def entries_by_code(self) -> dict[str, int]:
        """Give the number of entries of every dossier that the portal holds."""
        found: dict[str, int] = {}
        offset: int | None = 0
        while offset is not None:
            page = await self._get("/ledger/codes", offset=offset, limit=_PAGE)
            found.update({row["code"]: row["entries"] for row in page["rows"]})
            offset = page["next_offset"]
        return found

    async def _get(self, path: str, **parameters: int) -> dict[str, Any]:
        answer = await self._http.get(path, params=parameters)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json()
        return content

    async def _post(self, path: str, body: dict[str, object]) -> None:
        (await self._http.post(path, json=body)).raise_for_status()
