"""F14, F15, F19, F22: answers that drip, never end, explode, are cut, are HTML, or say something new."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from services.embedded.ports import choose_port
from tests.fault.machines import Machines
from tests.fault.rig import SCALED, Rig, running_rig
from tests.fault.score import Score
from tests.fault.strange_portal import (
    Strange,
    StrangePortal,
    byte_by_byte,
    drip,
    endless_headers,
    gigabyte,
    gzip_bomb,
    strange_portal,
)
from tests.integration.raw_portal import Answer, answer, raw

PUSHES: Final = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC")
LOOK_UP: Final = "TraCuuHoSo"
CALL_SECONDS: Final = float(SCALED["LIENTHONG_PORTAL_CALL_SECONDS"])
MOST_MEMORY_KB: Final = 10 * 1024
CASES: Final = 150

_RECEIPTS: Final = "SELECT count(*) FROM delivery_attempts WHERE outcome = 'accepted'"
_LONGEST: Final = (
    "SELECT max(extract(epoch FROM finished_at - started_at))::float AS s FROM delivery_attempts"
)


@asynccontextmanager
async def strange_rig(
    folder: Path, machines: Machines, score: Score, seed: int, **more: Any
) -> AsyncIterator[tuple[Rig, StrangePortal]]:
    port = choose_port(None)
    async with (
        strange_portal(port) as strange,
        running_rig(
            folder, machines, score, seed=seed, portal_port=port, portal_url=strange.url, **more
        ) as rig,
    ):
        yield rig, strange


def memory_kb(pid: int, what: str) -> int:
    """Read `VmRSS` (now) or `VmHWM` (the most ever) of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what))


@pytest.mark.fault
@pytest.mark.parametrize(
    "form", [drip, endless_headers, gigabyte, gzip_bomb, byte_by_byte], ids=lambda f: f.__name__
)
async def test_an_answer_without_end_or_measure_costs_neither_time_nor_memory_and_is_no_receipt(
    form: Answer, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        (worker,) = rig.workers
        await rig.desk.create_many(60)
        await rig.at_rest()
        before, receipts = memory_kb(worker.pid, "VmRSS"), await rig.count(_RECEIPTS)
        portal.strange = dict.fromkeys((*PUSHES, LOOK_UP), Strange(form))
        await rig.desk.create_many(60)
        await asyncio.sleep(6)
        assert await rig.count(_RECEIPTS) == receipts
        assert (await rig.sql(_LONGEST))[0]["s"] <= CALL_SECONDS + 0.5
        grown = memory_kb(worker.pid, "VmHWM") - before
        score.note("worker_memory_grown_by_strange_answers_kb", grown)
        assert grown <= MOST_MEMORY_KB
        portal.strange = {}
        await rig.at_rest(within=30)
        assert worker.is_running
        await rig.judge()


HTML: Final = b"<html><body>OK</body></html>"
NO_RECEIPT: Final[dict[str, Answer]] = {
    "half of a promised length": raw(b'HTTP/1.1 200 X\r\nContent-Length: 40\r\n\r\n{"error_code":0,"mes'),
    "half without a length": raw(b'HTTP/1.1 200 X\r\nConnection: close\r\n\r\n{"error_code":0,"mes'),
    "half of a chunk": raw(b'HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n1e\r\n{"error_code":0'),
    "a page under 200": answer(200, HTML, "Content-Type: text/html"),
    "nothing under 204": answer(204, b""),
    "nothing under 200": answer(200, b""),
    "a redirect": answer(302, b"", "Location: http://127.0.0.1:9/"),
    "no code": answer(200, {"message": "Thành công"}),
    "a code without a meaning": answer(200, {"error_code": None, "message": "Thành công"}),
    "another envelope": answer(200, {"status": "OK", "data": []}),
    "a list": answer(200, [{"error_code": 0}]),
    "a code that its words deny": answer(200, {"error_code": 0, "message": "Cập nhật không thành công"}),
}


@pytest.mark.fault
@pytest.mark.parametrize("what", NO_RECEIPT)
async def test_what_is_no_receipt_never_counts_as_one(
    what: str, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Stored or not, the answer does not tell; so the portal is asked before anything is sent again."""
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        portal.strange = {
            "DongBoHoSoMC": Strange(NO_RECEIPT[what], stored=True),
            "CapNhatTienDoHoSoMC": Strange(NO_RECEIPT[what]),
        }
        await rig.desk.create_batch(CASES)
        await asyncio.sleep(4)
        assert await rig.count(_RECEIPTS) == 0
        assert await rig.count("SELECT count(*) FROM deliveries WHERE state = 'synced'") == 0
        assert await rig.count("SELECT count(*) FROM delivery_attempts WHERE outcome = 'unknown'") > 0
        portal.strange = {}
        await rig.at_rest(within=30)
        await rig.judge()


@pytest.mark.fault
async def test_a_look_up_that_speaks_of_another_dossier_decides_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        another = answer(200, {"error_code": 0, "message": "Thành công", "result": [{"MaHoSo": "H01-1"}]})
        portal.strange = {
            "DongBoHoSoMC": Strange(answer(204, b""), stored=True),
            LOOK_UP: Strange(another),
        }
        await rig.desk.create_batch(50)
        await asyncio.sleep(4)
        assert await rig.count("SELECT count(*) FROM deliveries WHERE state IN ('unknown', 'leased')") == 50
        portal.strange = {}
        await rig.at_rest(within=30)
        await rig.judge()


@pytest.mark.fault
async def test_a_portal_that_shows_less_than_it_acknowledged_moves_no_cursor_back(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        dossier = await rig.desk.create()
        assert dossier is not None
        dossier.ahead = [4, 9]
        while dossier.ahead:
            await rig.desk.advance(dossier)
        await rig.at_rest()
        stale = {"MaHoSo": await _code(rig), "DanhSachTienDo": []}
        portal.strange = {
            LOOK_UP: Strange(answer(200, {"error_code": 0, "message": "Thành công", "result": [stale]}))
        }
        await rig.sql("UPDATE deliveries SET state = 'unknown'")
        await rig.at_rest()
        evidence = await rig.judge(all_synced=False)
        delivery = evidence.dossiers[0].delivery
        assert delivery is not None
        assert (delivery.state, delivery.park_cause, delivery.acked_seq) == ("parked", "conflict", 3)


async def _code(rig: Rig) -> str:
    code: str = (await rig.sql("SELECT code FROM dossiers"))[0]["code"]
    return code


HARMLESS_DRIFT: Final[dict[str, dict[str, Any]]] = {
    "a number for a text": {"error_code": 0, "message": "Thành công"},
    "a text for a number": {"error_code": "00", "message": "Thành công"},
    "fields that are new": {
        "error_code": "0",
        "message": "Thành công",
        "traceId": "x",
        "result": [],
        "v": {"a": 1},
    },
}


@pytest.mark.fault
@pytest.mark.parametrize("what", HARMLESS_DRIFT)
async def test_drift_that_leaves_the_meaning_alone_is_passed_over(
    what: str, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        portal.strange = dict.fromkeys(PUSHES, Strange(answer(200, HARMLESS_DRIFT[what]), stored=True))
        await rig.desk.create_many(40)
        await rig.at_rest(within=20)
        assert portal.calls.get(LOOK_UP, 0) == 0
        await rig.judge()


@pytest.mark.fault
@pytest.mark.parametrize(
    "drifted",
    [
        {"errorCode": 0, "msg": "Thành công"},
        {"message": "Thành công"},
        {"error_code": {"value": 0}, "message": "Thành công"},
    ],
    ids=["renamed", "missing", "another type"],
)
async def test_drift_in_one_service_stops_that_service_and_no_other(
    drifted: dict[str, Any], tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Updates and creates drift; entries of dossiers that need no update go on at their usual pace."""
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        waiting = [dossier for _ in range(60) if (dossier := await rig.desk.create()) is not None]
        await rig.at_rest()
        usual = await _entries_only(rig, waiting[:30])
        portal.strange = {"DongBoHoSoMC": Strange(answer(200, drifted))}
        await rig.desk.create_many(20)
        drifting = await _entries_only(rig, waiting[30:])
        score.note("entries_while_bodies_drift_seconds", drifting)
        assert drifting <= usual + 3
        assert (
            await rig.count("SELECT count(*) FROM deliveries WHERE acked_version = 0 AND state = 'synced'")
            == 0
        )
        portal.strange = {}
        await rig.at_rest(within=30)
        await rig.judge()


async def _entries_only(rig: Rig, dossiers: list[Any]) -> float:
    """Let each dossier have an entry more and no newer body; give the seconds until all are delivered.

    Every step of the desk's changes the body, too; so the body counts as sent here.
    """
    for dossier in dossiers:
        await rig.desk.advance(dossier)
    ids = [dossier.id for dossier in dossiers]
    await rig.sql(
        "UPDATE deliveries SET acked_version = target_version WHERE dossier_id = ANY($1::uuid[])", ids
    )
    joined = ",".join(f"'{one}'" for one in ids)
    open_rows = f"SELECT count(*) FROM deliveries WHERE state <> 'synced' AND dossier_id IN ({joined})"  # noqa: S608 - our own ids
    return await rig.until(open_rows, 0, within=30)
