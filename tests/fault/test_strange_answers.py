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
HTML: Final = b"<html><body>OK</body></html>"

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


def forget_peak(pid: int) -> None:
    """Let `VmHWM` begin anew (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


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
        # What calls without a receipt cost anyhow, look-ups and all, is there before it is measured.
        portal.strange = dict.fromkeys((*PUSHES, LOOK_UP), Strange(answer(200, HTML)))
        await rig.desk.create_many(60)
        await asyncio.sleep(3)
        forget_peak(worker.pid)
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
    """Bodies drift; entries, whose bodies are there already, arrive as fast as ever."""
    async with strange_rig(tmp_path, machines, score, seed) as (rig, portal):
        usual = await _entries_arrive(rig, portal, while_bodies_drift=None)
        drifting = await _entries_arrive(rig, portal, while_bodies_drift=Strange(answer(200, drifted)))
        score.note("entries_while_bodies_drift_seconds", drifting)
        assert drifting <= usual + 3
        assert (
            await rig.count("SELECT count(*) FROM deliveries WHERE NOT on_portal AND state = 'synced'") == 0
        )
        portal.strange = {}
        await rig.at_rest(within=30)
        await rig.judge()


async def _entries_arrive(rig: Rig, portal: StrangePortal, *, while_bodies_drift: Strange | None) -> float:
    """Let only the entries of some dossiers wait, then let them go; give the seconds until all are there."""
    portal.strange = {"CapNhatTienDoHoSoMC": Strange(answer(503, b""))}
    waiting = [dossier for _ in range(30) if (dossier := await rig.desk.create()) is not None]
    ids = [dossier.id for dossier in waiting]
    open_ones = "SELECT count(*) FROM deliveries WHERE dossier_id = ANY($1::uuid[])"
    await rig.until(f"{open_ones} AND acked_version = target_version", len(ids), ids, within=20)
    portal.strange = {"DongBoHoSoMC": while_bodies_drift} if while_bodies_drift is not None else {}
    await rig.desk.create_many(20)
    return await rig.until(f"{open_ones} AND state <> 'synced'", 0, ids, within=30)
