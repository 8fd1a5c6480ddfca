"""How each route is aimed at something of a unit, and what its answer gives away."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from tests.desk_api import a_filing
from tests.matrix_world import Thing, a_payment
from tests.onboarding_events import an_event

Route = tuple[str, str]

_ABSENT: Final = frozenset({"dossier-not-found", "lookup-not-found", "unknown-unit"})
_LINES: Final = {"Content-Type": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Aim:
    """What to send. `lines` go as NDJSON."""

    query: dict[str, str] | None = None
    body: dict[str, Any] | None = None
    lines: bool = False


def _signed(**body: Any) -> Callable[[Thing], Aim]:
    return lambda _: Aim(body={"officer": "Bình", "reason": "lý do", **body})


def _in_query(**query: str) -> Callable[[Thing], Aim]:
    return lambda thing: Aim(query={"unit": thing.code, **query})


def _event(thing: Thing, *, lines: bool = False) -> Aim:
    return Aim(body=an_event(unit_code=thing.code), lines=lines)


def _payout(thing: Thing) -> Aim:
    payout = {
        "unit_code": thing.code,
        "programme": "Bảo trợ xã hội",
        "reference": uuid4().hex,
        "recipient": "Hoa",
        "amount_vnd": 500_000,
        "channel": "bank",
        "paid_on": "2026-03-10",
    }
    return Aim(body={"payouts": [payout]})


def _counted(name: str, **fields: Any) -> Callable[[Thing], Aim]:
    return lambda thing: Aim(body={name: [{"unit_code": thing.code, **fields}]})


def _reported(thing: Thing) -> Aim:
    count = {
        "id": str(uuid4()),
        "unit_code": thing.code,
        "figure": "documents_signed",
        "day": "2026-03-10",
        "part": 1,
        "whole": 2,
        "source": "tay",
    }
    return Aim(body={"counts": [count]})


def _asked(thing: Thing) -> Aim:
    person = {"identity_number": "025190000123", "name": "Nguyễn Thị Hoa"}
    return Aim(body={"officer": "Bình", "person": person, "unit_code": thing.code, "reason": "lý do"})


def _nothing(_thing: Thing) -> Aim:
    return Aim()


_ITEM: Final = "/v1/dossiers/{dossier}"
_DAY: Final = {"from": "2026-01-01", "to": "2026-12-31"}

#: Every route that has to do with units.
PROBES: Final[dict[Route, Callable[[Thing], Aim]]] = {
    **{
        ("GET", _ITEM + part): _nothing
        for part in (
            "",
            "/delivery",
            "/payment-code",
            "/payment-code.svg",
            "/payments",
            "/preflight",
            "/proof",
            "/proof.html",
            "/timeline",
        )
    },
    ("PATCH", _ITEM): _signed(summary="khác"),
    ("POST", f"{_ITEM}/progress"): lambda _: Aim(body={"status": 4, "officer": "Bình", "text": "nhận"}),
    ("POST", f"{_ITEM}/extension"): _signed(new_due_at="2099-01-05T10:00:00+07:00"),
    ("POST", f"{_ITEM}/apology"): _signed(new_date="2099-01-05T10:00:00+07:00", handed_over="sms"),
    ("POST", f"{_ITEM}/identity:reveal"): lambda _: Aim(body={"reason": "đối chiếu giấy tờ"}),
    ("POST", f"{_ITEM}/payments"): lambda _: Aim(body=a_payment()),
    ("POST", "/v1/dossiers"): lambda thing: Aim(body=a_filing(unit_code=thing.code)),
    ("POST", "/v1/dossiers:batch"): lambda thing: Aim(body=a_filing(unit_code=thing.code), lines=True),
    ("GET", "/v1/dossiers"): _in_query(),
    ("GET", "/v1/parked"): _in_query(),
    ("GET", "/v1/parked/groups"): _in_query(),
    ("POST", "/v1/parked:replay"): lambda thing: Aim(body={"unit": thing.code, "procedure": "9.9"}),
    ("POST", "/v1/parked:close"): lambda thing: Aim(
        body={"unit": thing.code, "procedure": "9.9", "reason": "lý do"}
    ),
    ("GET", "/v1/lookups/{lookup}"): _nothing,
    ("POST", "/v1/lookups"): _asked,
    ("GET", "/v1/reports/lookups"): _in_query(**_DAY),
    **{
        ("GET", f"/v1/reports/{name}"): _in_query(by="unit")
        for name in (
            "acceptance",
            "asked-again",
            "channels",
            "digitisation",
            "figures",
            "filing",
            "payments",
            "payouts",
        )
    },
    ("GET", "/v1/reports/acceptance/overdue"): _in_query(),
    ("GET", "/v1/reports/index766"): _in_query(),
    ("GET", "/v1/reports/index766/dossiers"): _in_query(indicator="PROGRESS"),
    ("POST", "/v1/payouts:batch"): _payout,
    **{
        ("GET", f"/v1/onboarding/{name}"): _in_query()
        for name in ("attempts", "counts", "coverage", "failures", "funnel", "history", "teams", "times")
    },
    ("POST", "/v1/onboarding/standings:find"): lambda thing: Aim(
        body={"subject": {"kind": "person", "reference": "so 7"}, "unit_code": thing.code}
    ),
    ("POST", "/v1/onboarding/events"): _event,
    ("POST", "/v1/onboarding/events:batch"): lambda thing: _event(thing, lines=True),
    ("PUT", "/v1/onboarding/counts"): _reported,
    ("PUT", "/v1/onboarding/targets"): _counted(
        "targets", step="smartphone", valid_from="2026-01-01", share=0.5
    ),
    ("PUT", "/v1/population-counts"): _counted(
        "counts", population="adults_15", valid_from="2026-01-01", number=9, source="tay"
    ),
}

#: Lists without a parameter for the unit, too; they show what is reached, and that only.
LISTS: Final[dict[Route, dict[str, str]]] = {
    ("GET", "/v1/dossiers"): {},
    ("GET", "/v1/parked"): {},
    ("GET", "/v1/payment-differences"): {},
    ("GET", "/v1/reports/acceptance/overdue"): {},
    ("GET", "/v1/reports/filing"): {"by": "unit"},
    ("GET", "/v1/reports/lookups"): {**_DAY, "by": "unit"},
    ("GET", "/v1/onboarding/attempts"): {},
}

#: Routes on what has no unit.
UNITLESS_PROBES: Final[dict[Route, Aim]] = {
    ("GET", "/v1/outages"): Aim(),
    ("GET", "/v1/reports/services"): Aim(),
    ("GET", "/v1/onboarding/steps"): Aim(),
    ("GET", "/v1/citizens/{citizen}/prefill"): Aim(),
    ("POST", "/v1/citizens:find"): Aim(body={"identity_number": "025190000123"}),
}


async def call(
    http: httpx.AsyncClient, route: Route, aim: Aim, thing: Thing, *, citizen: str = ""
) -> httpx.Response:
    """Send the call; the edition in it is none that the dossier ever had."""
    method, path = route
    content = None if aim.body is None else json.dumps(aim.body).encode()
    headers = {"Idempotency-Key": uuid4().hex, "If-Match": '"9-9"'}
    if content is not None:
        headers |= _LINES if aim.lines else {"Content-Type": "application/json"}
    address = path.format(dossier=thing.dossier, lookup=thing.look_up, citizen=citizen)
    return await http.request(method, address, params=aim.query, content=content, headers=headers)


def is_absent(answer: httpx.Response) -> bool:
    """Tell whether the answer is that there is no such thing."""
    document = _document(answer)
    line = document.get("problem", document)
    if document.get("refused"):
        return bool(document["refused"][0]["outcome"] == "unknown_unit")
    return line.get("code") in _ABSENT


def said(answer: httpx.Response) -> Any:
    """Give what an answer says, but for what tells calls apart."""
    document = _document(answer)
    document.pop("request_id", None)
    document.get("problem", {}).pop("request_id", None)
    return answer.status_code, document


def _document(answer: httpx.Response) -> dict[str, Any]:
    if not answer.text or "json" not in answer.headers.get("content-type", ""):
        return {}
    document = json.loads(answer.text)
    return document if isinstance(document, dict) else {}
