"""What a full ledger of the mock portal weighs, in a process of its own.

    python -m benchmarks.ledger_weight ENTRIES

The dearest way there is: every dossier body and every progress entry comes in a call of its own. Prints one
line of JSON: the mebibytes by which the process has grown, and its processor seconds.
"""

import asyncio
import json
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from starlette.types import Message

from benchmarks.mock_trial import dossier
from services.mock_portal.mapi import MapiEndpoint
from services.mock_portal.portal import Portal
from services.mock_portal.settings import PortalSettings

STATUSES: Final = (2, 4, 4, 9)


class Caller:
    """Speaks to the wire without a network between."""

    def __init__(self) -> None:
        self.portal = Portal(PortalSettings())
        self._endpoint = MapiEndpoint(self.portal, login=False)
        self._session = self.portal.sessions.open(self.portal.clock.now())
        # Filling takes longer than a session lives.
        self.portal.sessions.restore(self._session, self.portal.clock.now() + timedelta(days=1))

    async def send(self, service: str, item: dict[str, Any]) -> None:
        envelope = {"session": self._session, "madonvi": "H22.01", "service": service, "isUpdating": "False"}
        raw = json.dumps(envelope | {"data": [item]}, ensure_ascii=False).encode()

        async def receive() -> Message:
            return {"type": "http.request", "body": raw, "more_body": False}

        async def send(_message: Message) -> None:
            """Let the answer go."""

        dstcode = (b"dstcode", self.portal.settings.dstcode.encode())
        await self._endpoint({"type": "http", "headers": [dstcode], "query_string": b""}, receive, send)


async def fill(entries: int) -> dict[str, float]:
    caller = Caller()
    before, started = _resident_mebibytes(), time.process_time()
    for number in range(entries // (1 + len(STATUSES))):
        code = f"000.00.01.H22-260105-{number:07d}"
        await caller.send("DongBoHoSoMC", dossier(code))
        for step, status in enumerate(STATUSES):
            await caller.send("CapNhatTienDoHoSoMC", _entry(code, number, step, status))
    held = caller.portal.store.counts.entries + len(caller.portal.store)
    if held != len(caller.portal.ledger) or held < entries - len(STATUSES):
        raise SystemExit(f"{held} of {entries} stored")
    return {
        "entries": held,
        "mebibytes": _resident_mebibytes() - before,
        "cpu_seconds": time.process_time() - started,
    }


def _entry(code: str, number: int, step: int, status: int) -> dict[str, Any]:
    return {
        "MaHoSo": code,
        "NguoiXuLy": "Trần Thị Bình",
        "ThoiDiemXuLy": f"2026010{5 + step}08{number % 60:02d}{number % 59:02d}",
        "NoiDungXuLy": f"Bước {step} của hồ sơ {number}",
        "TrangThai": str(status),
    }


def _resident_mebibytes() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    print(json.dumps(asyncio.run(fill(int(sys.argv[1])))))
