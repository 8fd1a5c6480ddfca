"""Onboarding events as teams send them, and the published figures of the pilots."""

import json
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

import httpx

MORNING: Final = datetime(2026, 2, 19, 1, 0, tzinfo=UTC)


def an_event(**changes: Any) -> dict[str, Any]:
    """Give an event that is taken in; fields set to `None` are left out."""
    event = {
        "id": str(uuid4()),
        "unit_code": "H44.101",
        "subject": {"kind": "person", "identity_number": "025190000123"},
        "step": "digital_signature",
        "outcome": "completed",
        "occurred_at": MORNING.isoformat(),
        **changes,
    }
    return {name: value for name, value in event.items() if value is not None}


def citizen(number: int) -> dict[str, str]:
    """Name one of a million citizens."""
    return {"kind": "person", "identity_number": f"025190{number:06d}"}


async def post(http: httpx.AsyncClient, events: Iterable[dict[str, Any]]) -> httpx.Response:
    """Send a batch."""
    return await http.post(
        "/v1/onboarding/events:batch",
        content="\n".join(json.dumps(event) for event in events).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )


async def send(http: httpx.AsyncClient, events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send a batch and give the rows of the answer."""
    answer = await post(http, events)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def a_busy_day(
    chance: random.Random, *, events: int, people: int, units: Sequence[str]
) -> list[dict[str, Any]]:
    """Draw events of all kinds about few people, corrections and identifications among them."""
    drawn: list[dict[str, Any]] = []
    for _ in range(events):
        drawn.append(_any_event(chance, drawn, people, units))
    return drawn


def _any_event(
    chance: random.Random, drawn: Sequence[dict[str, Any]], people: int, units: Sequence[str]
) -> dict[str, Any]:
    known = chance.random() < 0.8
    person = chance.randrange(people)
    subject = citizen(person) if known else {"kind": "person", "reference": f"to-1/{person}"}
    outcome = chance.choice(
        ("started", "resumed", "interrupted", "failed", "completed", "completed", "given_up", "deactivated")
    )
    event = an_event(
        id=str(UUID(int=chance.getrandbits(128), version=4)),
        unit_code=chance.choice(units),
        subject=subject,
        step=chance.choice(("smartphone", "payment_account", "vneid_2", "digital_signature")),
        outcome=outcome,
        occurred_at=(MORNING + timedelta(minutes=chance.randrange(60 * 24 * 3))).isoformat(),
        attempt=None if outcome in ("completed", "deactivated") else f"a-{chance.randrange(3)}",
        reason=chance.choice(("network_lost", "request_without_account")) if outcome == "failed" else None,
        seconds=chance.choice((None, 40, 700)),
        device=chance.choice((None, "ios", "android")),
        provider=chance.choice((None, "vnpt_smartca", "misa")),
        team=chance.choice((None, "Tổ 1", "Tổ 2")),
        helper_kind=chance.choice((None, "digital_team", "volunteer")),
    )
    if not known and chance.random() < 0.3:
        event = an_event(
            id=event["id"],
            unit_code=event["unit_code"],
            subject=subject,
            step=None,
            outcome="identified",
            occurred_at=event["occurred_at"],
            identified_as=citizen(chance.randrange(people))["identity_number"],
        )
    if drawn and chance.random() < 0.15:
        event["corrects"] = chance.choice(drawn)["id"]
        if chance.random() < 0.3:
            event = an_event(
                **{name: event[name] for name in ("id", "unit_code", "subject", "occurred_at", "corrects")},
                step=None,
                outcome="withdrawn",
            )
    return event
