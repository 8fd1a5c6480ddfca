"""The portal as a process of its own: start, weight, stop; and its answers to nonsense."""

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.mock_portal.mapi import SERVICES, MapiEndpoint
from services.mock_portal.portal import Portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import Desk, dossier, entry
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PROGRAM = "import sys; from services.mock_portal.main import run; run(port=int(sys.argv[1]))"


def wait_until_up(address: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            httpx.get(f"{address}/_control/health").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture
def process() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with subprocess.Popen([sys.executable, "-c", PROGRAM, str(port)], cwd=ROOT) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def resident_mebibytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_ten_thousand_dossiers_with_five_entries_weigh_less_than_200_mib(
    process: tuple[str, "subprocess.Popen[bytes]"],
) -> None:
    address, portal = process
    codes = [f"000.00.01.H22-260105-{number:05d}" for number in range(10_000)]
    with Desk(address) as desk:
        for start in range(0, len(codes), 200):
            part = codes[start : start + 200]
            desk.create(*(dossier(code) for code in part))
            desk.progress(
                *(
                    entry(code, status, f"2026010{step + 5}080000", NoiDungXuLy=f"Bước {step} của {code}")
                    for code in part
                    for step, status in enumerate((2, 4, 4, 9, 10))
                )
            )
        summary = desk.control("GET", "/ledger/summary")

    assert (summary["dossiers"], summary["entries"]) == (10_000, 50_000)
    assert resident_mebibytes(portal.pid) < 200


def test_a_stop_lets_go_of_hanging_clients_and_of_waiting_testers(
    process: tuple[str, "subprocess.Popen[bytes]"],
) -> None:
    address, portal = process
    ended: list[str] = []

    def hang() -> None:
        with Desk(address, timeout_seconds=20) as other, pytest.raises(httpx.TransportError):
            other.create(dossier("H22-1"))
        ended.append("hang")

    def wait() -> None:
        with Desk(address, timeout_seconds=20) as other:
            other.control("GET", "/ledger/wait?dossiers=1&timeout=20")
        ended.append("wait")

    with Desk(address) as desk:
        desk.control("POST", "/outages", {"kind": "hang", "seconds": 60})
        held = [threading.Thread(target=hang), threading.Thread(target=wait)]
        for thread in held:
            thread.start()
        while desk.control("GET", "/ledger/summary")["struck"] != {"hang": 1}:
            time.sleep(0.01)
        while desk.control("GET", "/state")["waits"] != 1:
            time.sleep(0.01)
        portal.send_signal(signal.SIGTERM)
        portal.wait(10)
    for thread in held:
        thread.join(5)

    assert sorted(ended) == ["hang", "wait"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ITEMS = st.builds(
    lambda base, field, value: {**base, field: value},
    st.sampled_from([dossier("H22-1"), entry("H22-1", 4, "20260105080000")]),
    st.sampled_from(sorted({*dossier("H22-1"), *entry("H22-1", 4, "20260105080000")})),
    JSON,
)
CALLS = st.fixed_dictionaries(
    {"service": st.sampled_from(sorted(SERVICES)) | JSON, "data": st.lists(ITEMS, max_size=3) | JSON},
    optional={
        "isUpdating": st.sampled_from(["True", "False"]) | JSON,
        "mahoso": JSON,
        "maTTHC": JSON,
        "session": JSON,
        "madonvi": JSON,
    },
)


def answer_of(portal: Portal, body: bytes, *, login: bool) -> tuple[int, dict[str, object]]:
    """The endpoint's answer without a server between; it may neither raise nor stay silent."""
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: "dict[str, object]") -> None:
        sent.append(message)

    dstcode = (b"dstcode", portal.settings.dstcode.encode())
    scope = {"type": "http", "headers": [dstcode], "query_string": b""}
    asyncio.run(MapiEndpoint(portal, login=login)(scope, receive, send))  # type: ignore[arg-type]  # plain dicts
    start, content = sent
    return int(str(start["status"])), json.loads(bytes(content["body"]))  # type: ignore[call-overload]  # is bytes


# Nonsense takes its time to make on a busy machine; how fast it comes is not what is tested.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(body=st.binary(max_size=50) | CALLS.map(lambda call: json.dumps(call).encode()), login=st.booleans())
def test_any_body_gets_an_answer_in_the_portals_form(body: bytes, login: bool) -> None:
    portal = Portal(PortalSettings())

    status, answer = answer_of(portal, body, login=login)

    assert status == 200
    assert {"error_code", "message", "result"} <= set(answer)


@patient
@given(call=CALLS)
def test_any_call_under_a_good_session_is_answered_and_can_be_read_back(call: dict[str, object]) -> None:
    portal = Portal(PortalSettings())
    session = portal.sessions.open(portal.clock.now())
    body = json.dumps(call | {"session": session, "madonvi": "H22"}).encode()

    status, answer = answer_of(portal, body, login=False)

    assert status == 200
    assert isinstance(answer["message"], str)
    for received in portal.ledger.items_of("H22-1"):
        assert isinstance(received.item, dict)
        assert received.item["MaHoSo"] == "H22-1"
