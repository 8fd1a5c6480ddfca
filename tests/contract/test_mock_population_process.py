"""The population database as a process of its own, its switches, and its answers to nonsense."""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from services.mock_population.citizen import Citizen
from services.mock_population.control.ledger import call_out
from services.mock_population.database import Database
from services.mock_population.inquiry import LookUp, TokenWish
from services.mock_population.instance import running_population
from services.mock_population.main import create_app
from services.mock_population.settings import PopulationSettings
from services.mock_population.ways import PATHS
from services.mock_population.wire import Read, WireEndpoint
from tests.contract.population_caller import (
    JSON_GATEWAY,
    Caller,
    basic,
    citizens_in,
    elements,
    hashed,
    soap,
    text_of,
)
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "services.cli.main", "mock-population", "--seed", "3"]
START_SECONDS = 2.0


def wait_until_up(address: str) -> None:
    """Bounded for the busiest machine; what the start costs is measured by processor time."""
    deadline = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{address}/_control/health").raise_for_status()
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def process() -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    port = free_port()
    with subprocess.Popen([*COMMAND, "--port", str(port)], cwd=ROOT) as process:
        try:
            wait_until_up(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()


def processor_seconds(pid: int) -> float:
    """Its own time, which does not depend on who else uses the machine."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_five_thousand_people_are_there_within_two_seconds(
    process: tuple[str, "subprocess.Popen[bytes]"],
) -> None:
    address, database = process

    assert processor_seconds(database.pid) < START_SECONDS
    with Caller(address) as caller:
        state = caller.control("GET", "/state")
    assert state["citizens"] >= 5000
    assert state["switches"]["seed"] == 3


def test_a_stop_lets_go_of_hanging_callers(process: tuple[str, "subprocess.Popen[bytes]"]) -> None:
    address, database = process
    with Caller(address) as caller:
        caller.control("POST", "/outages", {"kind": "hang", "seconds": 60})
    with httpx.Client(base_url=address, timeout=0.2) as hasty, pytest.raises(httpx.ReadTimeout):
        hasty.post(JSON_GATEWAY, json={})

    started = time.monotonic()
    database.send_signal(signal.SIGTERM)

    assert database.wait(10) == 0 or database.returncode == -signal.SIGTERM
    assert time.monotonic() - started < 10


@contextmanager
def switched(**switches: Any) -> Iterator[tuple[Caller, dict[str, Any]]]:
    with (
        running_population(PopulationSettings(citizens=50, **switches)) as address,
        Caller(address) as caller,
    ):
        yield caller, next(row for row in caller.people() if len(row["birth"]) == 8)


def test_switches_change_what_the_facts_leave_open() -> None:
    with switched(
        enforce_order=False,
        refuse_repeated_request_ids=True,
        accept_dashed_birth_dates=True,
        not_found_as="nameless_citizen",
        name_in_one_part=False,
        prefix_drift=False,
        wrapper_details=True,
        officers=frozenset({"001090000001"}),
        service_url="https://truc.example/dancu",
        api_key="k",
        client_system="VN/GOV",
    ) as (caller, person):
        birth = person["birth"]
        dashed = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
        platform = {"ApiKey": "k", "X-Road-Client": "VN/GOV"}
        ask = partial(ask_there, caller, platform)

        swapped = dict(reversed(elements(person).items()))
        answer = ask(swapped)
        (citizen,) = citizens_in(answer.text)
        assert text_of(citizen, "HoVaTen/Ten") == person["name"].split()[-1]
        assert "SoCongDan" in answer.text
        assert answer.text.split("<", 3)[2].startswith("soapenv:")
        assert "MaYeuCau đã được dùng" in ask(swapped).text
        found = ask(elements(person, MaYeuCau="2", NgayThangNamSinh=f"<NgayThangNam>{dashed}</NgayThangNam>"))
        assert len(citizens_in(found.text)) == 1
        (nobody,) = citizens_in(ask(elements(person, MaYeuCau="3", HoVaTen="X")).text)
        assert text_of(nobody, "HoVaTen/Ten") == ""
        assert "MaCanBo" in ask(elements(person, MaYeuCau="4", MaCanBo="001090000002")).text
        assert ask_there(caller, {}, elements(person)).status_code == 401
        assert ask_there(caller, {"ApiKey": "k"}, elements(person)).status_code == 401


def ask_there(caller: Caller, headers: dict[str, str], parts: dict[str, str]) -> httpx.Response:
    """Ask with the hash of the address that the settings give."""
    stamp = str(int(time.time() * 1000))
    return caller.post(soap(parts), headers | hashed("https://truc.example/dancu", stamp))


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer_of(database: Database, read: Read, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """The endpoint's answer without a server between; it may neither raise nor stay silent."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "scheme": "http", "path": "/dancuquocgia", "query_string": b"", "headers": raw}
    asyncio.run(WireEndpoint(database, read)(scope, receive, send))
    start, content = sent
    return int(start["status"]), bytes(content["body"])


NAMES = st.sampled_from([*elements({"number": "1", "name": "A", "birth": "2000"}), "Nam", "SoCMND", "LaLam"])
VALUES = st.text(max_size=12) | st.sampled_from(["037", "<Nam>2000</Nam>", "<a/>", "&amp;", "<Nam/><Nam/>"])
CALLS = st.builds(
    lambda pairs, operation: soap(pairs, operation=operation),
    st.lists(st.tuples(NAMES, VALUES), max_size=12),
    st.sampled_from(["TraCuuThongTinCongDan", "XacThucThongTinCongDan", "KhacHan"]),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=9)
    ),
    max_leaves=12,
)
BODIES = (
    st.binary(max_size=60)
    | CALLS.map(lambda call: call.encode("utf-8", "replace"))
    | JSON.map(lambda value: json.dumps(value).encode())
)
DATABASE = Database(PopulationSettings(citizens=20, timestamp_tolerance_seconds=10**9))


@settings(patient, max_examples=120)
@given(body=BODIES, way=st.sampled_from(sorted(PATHS)), token=st.booleans())
def test_any_body_gets_an_answer_in_the_ways_own_form(body: bytes, way: str, token: bool) -> None:
    read: Read = partial(TokenWish, DATABASE) if token else partial(LookUp, DATABASE, PATHS[way])
    headers = hashed("http://h/dancuquocgia", "1767600000") | {"Host": "h"}

    status, answer = answer_of(DATABASE, read, body, headers)

    assert status in {200, 400, 401, 500}
    assert answer.startswith((b"<?xml", b"{"))


@settings(patient, max_examples=50)
@given(who=st.sampled_from(DATABASE.register.page(trait=None, offset=0, limit=20)), name=NAMES, value=VALUES)
def test_a_question_that_is_almost_right_is_answered_and_can_be_read_back(
    who: Citizen, name: str, value: str
) -> None:
    birth = who.birth.compact or str(who.birth.year)
    known = {"number": who.number, "name": who.name, "birth": birth}
    headers = hashed("http://h/dancuquocgia", "1767600000") | {"Host": "h"}
    direct = partial(LookUp, DATABASE, PATHS["/dancuquocgia"])
    gateway = partial(LookUp, DATABASE, PATHS[JSON_GATEWAY])
    flat = elements(known) | {"NgayThangNamSinh": birth}

    _, right = answer_of(DATABASE, direct, soap(elements(known)).encode(), headers)
    changed = soap(elements(known) | {name: value}).encode("utf-8", "replace")
    status, _ = answer_of(DATABASE, direct, changed, headers)
    _, wrapped = answer_of(DATABASE, gateway, json.dumps(flat | {name: value}).encode(), {})

    assert len(citizens_in(right.decode())) == 1
    assert status in {200, 500}
    assert set(json.loads(wrapped)) == {"error_code", "message"}
    for call in DATABASE.ledger.page(len(DATABASE.ledger) - 3, 3):
        call_out(call).model_dump_json()


@patient
@given(
    header=st.text(alphabet=st.characters(max_codepoint=255), max_size=60),
    stamp=st.text("0123456789", max_size=20),
)
def test_any_credentials_get_an_answer(header: str, stamp: str) -> None:
    read = partial(LookUp, DATABASE, PATHS["/dancuquocgia"])
    for value in (header, f"Basic {header}", f"Basic {basic(header, header)}"):
        status, _ = answer_of(DATABASE, read, b"<a/>", {"Authorization": value, "Timestamp": stamp})
        assert status == 401


SCHEMA: Any = schemathesis.openapi.from_asgi(
    "/_control/openapi.json", create_app(PopulationSettings(citizens=20))
)
each_operation: Callable[[Callable[..., None]], Callable[..., None]] = SCHEMA.exclude(
    path_regex="wait"
).parametrize()


@each_operation
@settings(patient, max_examples=4, derandomize=True)
def test_the_control_api_has_no_server_error_and_answers_as_described(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate(checks=[not_a_server_error, response_schema_conformance])
