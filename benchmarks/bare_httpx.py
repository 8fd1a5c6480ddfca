"""The ceiling for delivery: connections that post ready-made requests, read the answers and think nothing.

    python -m benchmarks.bare_httpx PORTAL_URL CONNECTIONS DOSSIERS DOSSIERS_PER_CALL

Prints the seconds that it took from the first request to the last answer.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx
import uvloop

from benchmarks.catalogue import PROCEDURE_CODES, PROVINCE_CODE
from benchmarks.due_dossiers import ENTRIES_EACH
from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import (
    Applicant,
    ApplicantKind,
    Channel,
    Component,
    DossierBody,
    Fee,
    Origin,
    Result,
    ResultDelivery,
)
from services.core.gateways.portal import wire

_LOGIN_PATH: Final = "/XrdAdapter/RestService/forward/mapi/login"
_CALL_PATH: Final = "/XrdAdapter/RestService/forward/mapi/g"
_DSTCODE: Final = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
_STATUSES: Final = (Status.RECEIVED, Status.IN_PROCESS, Status.FINISHED)
_RECEIVED_AT: Final = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


async def post_all(url: str, *, connections: int, dossiers: int, per_call: int) -> float:
    """Post a create and a progress call for every `per_call` dossiers; give the seconds it took."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    headers = {"dstcode": _DSTCODE, "Content-Type": "application/json"}
    async with httpx.AsyncClient(
        base_url=url, headers=headers, limits=limits, trust_env=False, timeout=60
    ) as client:
        login = await client.post(_LOGIN_PATH, json={"username": "benchmark", "password": "benchmark"})
        requests = list(_requests(login.json()["session"], dossiers, per_call))
        waiting = iter(requests)
        started = time.perf_counter()
        await asyncio.gather(*(_post(client, waiting) for _ in range(connections)))
        return time.perf_counter() - started


async def _post(client: httpx.AsyncClient, waiting: Iterator[tuple[bytes, bytes]]) -> None:
    for pair in waiting:
        for content in pair:
            response = await client.post(_CALL_PATH, content=content)
            response.raise_for_status()


def _requests(session: str, dossiers: int, per_call: int) -> Iterator[tuple[bytes, bytes]]:
    envelope = {"session": session, "madonvi": PROVINCE_CODE}
    for first in range(0, dossiers, per_call):
        bodies = [_body(number) for number in range(first, min(first + per_call, dossiers))]
        create = {"service": "DongBoHoSoMC", "isUpdating": "False", "data": [wire.dossier(b) for b in bodies]}
        entries = [wire.entry(b.code, entry) for b in bodies for entry in _entries()]
        progress = {"service": "CapNhatTienDoHoSoMC", "data": entries}
        yield wire.encode(envelope | create), wire.encode(envelope | progress)


def _entries() -> list[ProgressEntry]:
    return [
        ProgressEntry(
            seq, status, _RECEIVED_AT + timedelta(hours=seq), "Trần Thị Bình", "Một cửa", "Chuyển bước"
        )
        for seq, status in enumerate(_STATUSES[:ENTRIES_EACH], start=1)
    ]


def _body(number: int) -> DossierBody:
    return DossierBody(
        code=f"{PROVINCE_CODE}.01-260105-{number:06}",
        version=ENTRIES_EACH,
        procedure_code=PROCEDURE_CODES[number % len(PROCEDURE_CODES)],
        procedure_name="Cấp bản sao trích lục hộ tịch, bản sao Giấy khai sinh",
        field_code="G15-TP02",
        field_name="Hộ tịch",
        unit_code=f"{PROVINCE_CODE}.01",
        unit_name="Ủy ban nhân dân phường Việt Trì",
        status=Status.FINISHED,
        channel=Channel.DIRECT,
        origin=Origin.DESK,
        result_delivery=ResultDelivery.AT_DESK,
        applicant=Applicant(ApplicantKind.CITIZEN, f"Nguyễn Văn {number}", f"025090{number:06}"),
        summary=f"Hồ sơ số {number} đề nghị cấp bản sao trích lục",
        submitted_at=_RECEIVED_AT,
        received_at=_RECEIVED_AT,
        due_at=_RECEIVED_AT + timedelta(days=30),
        ended_at=_RECEIVED_AT + timedelta(hours=ENTRIES_EACH),
        returned_at=None,
        components=(Component(name="Tờ khai theo mẫu", code="TP.01", digitised=True),),
        fees=(Fee(name="Lệ phí", amount_vnd=8000, code="LP.01"),),
        results=(Result(name="Bản sao trích lục", code="KQ.01"),),
        note=None,
    )


if __name__ == "__main__":
    url, *numbers = sys.argv[1:]
    many, number, size = (int(text) for text in numbers)
    print(uvloop.run(post_all(url, connections=many, dossiers=number, per_call=size)))
