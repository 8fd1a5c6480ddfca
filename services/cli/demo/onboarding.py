"""An onboarding morning of five communes: lines drop, batches come late and twice."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

import httpx

from services.cli.demo.screen import Screen
from services.cli.stack import Stack
from services.core.domain.deadline import VIETNAM

BATCH: Final = 900
#: Of all batches: sent a second time because the answer to the first was lost.
REPEATED_SHARE: Final = 0.5
#: Of all completions: preceded by a dropped line under the same attempt.
DROPPED_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True)
class Goal:
    """A published share: `done` of `eligible` in a commune (pilot of Thanh Hóa, June and July 2023).

    `is_target` where only the target was published, and the morning ends at it.
    """

    unit_code: str
    step: str
    population: str
    done: int
    eligible: int
    is_target: bool = False


#: Communes of the sample tree, which has the dossiers, and the pilot commune that each stands for here.
COMMUNES: Final = {
    "H44.101": "UBND phường Điện Biên",
    "H44.102": "UBND xã Quảng Lưu",
    "H44.103": "UBND xã Tây Hồ",
    "H44.104": "UBND xã Thiệu Trung",
    "H44.105": "UBND xã Nga Liên",
}
#: Quảng Lưu published shares without counts, so they are of five hundred here; of Điện Biên and Nga Liên only
#: the targets are known, so they stand at the target.
GOALS: Final = (
    Goal("H44.101", "smartphone", "adults_15", 160, 200, is_target=True),
    Goal("H44.102", "smartphone", "adults_15", 301, 500),
    Goal("H44.102", "payment_account", "adults_15", 384, 500),
    Goal("H44.102", "vneid_2", "identity_eligible", 250, 500),
    Goal("H44.102", "digital_platform", "adults_15", 400, 500),
    Goal("H44.103", "digital_signature", "signature_eligible", 1189, 1424),
    Goal("H44.103", "payment_account", "adults_15", 1617, 2150),
    Goal("H44.104", "vneid_2", "identity_eligible", 2293, 2438),
    Goal("H44.105", "payment_account", "adults_15", 150, 200, is_target=True),
)


@dataclass(frozen=True, slots=True)
class Reached:
    """A goal beside what the API says; `share` is from 0 to 1."""

    commune: str
    step: str
    done: int
    eligible: int
    share: float
    published: Goal

    @property
    def agrees(self) -> bool:
        return (self.done, self.eligible) == (self.published.done, self.published.eligible)


@dataclass(frozen=True, slots=True)
class Morning:
    """What the morning came to: `events` differ, `sent` is how many lines carried them."""

    events: int
    sent: int
    dropped_lines: int
    waiting: int
    reached: Sequence[Reached]

    @property
    def kept(self) -> bool:
        """Tell whether every share is the published one and nothing waits for anybody."""
        return self.waiting == 0 and all(reached.agrees for reached in self.reached)

    def summary(self) -> dict[str, object]:
        """Give the part of the object that `--summary` writes."""
        return {
            "onboarding_events": self.events,
            "onboarding_sent": self.sent,
            "onboarding_dropped_lines": self.dropped_lines,
            "onboarding_waiting": self.waiting,
            "onboarding_shares": {f"{row.commune}/{row.step}": row.share for row in self.reached},
            "onboarding_kept": self.kept,
        }


async def onboarding_morning(stack: Stack, screen: Screen, *, key: str, seed: int) -> Morning:
    """Send the morning's events out of order and partly twice, and read the figures back.

    `key` may write and read onboarding in the whole sample tree.
    """
    chance = random.Random(seed)  # noqa: S311 - a story that can be told again
    events = [event for goal in GOALS for event in _events(goal, chance)]
    dropped = sum(event["outcome"] == "interrupted" for event in events)
    chance.shuffle(events)
    batches = [events[start : start + BATCH] for start in range(0, len(events), BATCH)]
    batches += [batch for batch in batches if chance.random() < REPEATED_SHARE]
    chance.shuffle(batches)
    async with httpx.AsyncClient(
        base_url=stack.addresses.api,
        headers={"Authorization": f"Bearer {key}"},
        timeout=30,
        trust_env=False,
    ) as http:
        (await http.put("/v1/population-counts", json={"counts": _counts()})).raise_for_status()
        for batch in batches:
            await _send(http, batch)
        reached, waiting = await _read(http)
    screen.say(f"Công dân số / onboarding: {len(events)} sự kiện / events, 5 xã / communes")
    return Morning(len(events), sum(map(len, batches)), dropped, waiting, reached)


def _events(goal: Goal, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Bring as many people to the goal as were published; some lines drop half-way and are taken up again."""
    dawn = datetime.now(VIETNAM).replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=1)
    place = GOALS.index(goal)
    for number in range(goal.done):
        at = dawn + timedelta(seconds=chance.randrange(4 * 3600))
        attempt = f"{goal.unit_code}/{goal.step}/{number}"
        base = {
            "unit_code": goal.unit_code,
            "subject": {"kind": "person", "identity_number": f"038{goal.unit_code[-2:]}{number:07d}"},
            "step": goal.step,
            "helper_kind": "digital_team",
            "team": f"Tổ công nghệ số thôn {1 + number % 5}",
        }
        told: list[tuple[str, datetime, dict[str, object]]] = [
            ("completed", at + timedelta(minutes=9), {"seconds": 240})
        ]
        if chance.random() < DROPPED_SHARE:
            told += [
                ("started", at, {}),
                ("interrupted", at + timedelta(minutes=3), {"reason": "network_lost", "seconds": 180}),
                ("resumed", at + timedelta(minutes=5), {}),
            ]
        for outcome, moment, more in told:
            yield {
                **base,
                **more,
                "id": str(UUID(int=chance.getrandbits(128), version=4)),
                "outcome": outcome,
                "attempt": attempt,
                "occurred_at": (moment + timedelta(seconds=place)).isoformat(),
            }


def _counts() -> list[dict[str, Any]]:
    return [
        {
            "unit_code": goal.unit_code,
            "population": goal.population,
            "valid_from": "2023-06-01",
            "number": goal.eligible,
            "source": "Công an xã",
        }
        for goal in GOALS
    ]


async def _send(http: httpx.AsyncClient, batch: Sequence[dict[str, Any]]) -> None:
    answer = await http.post(
        "/v1/onboarding/events:batch",
        content="\n".join(json.dumps(event, ensure_ascii=False) for event in batch).encode(),
        headers={"Content-Type": "application/x-ndjson"},
    )
    answer.raise_for_status()
    for line in answer.text.splitlines():
        row = json.loads(line)
        if row["status"] not in (HTTPStatus.OK, HTTPStatus.CREATED):
            raise RuntimeError(f"API: {row}")


async def _read(http: httpx.AsyncClient) -> tuple[list[Reached], int]:
    report = (await http.get("/v1/onboarding/coverage")).raise_for_status().json()
    waiting = (await http.get("/v1/onboarding/attempts")).raise_for_status().json()["items"]
    rows = {(row["unit_code"], row["step"]): row for row in report["units"]}
    reached = []
    for goal in GOALS:
        row = rows[goal.unit_code, goal.step]
        reached.append(
            Reached(COMMUNES[goal.unit_code], goal.step, row["done"], row["eligible"], row["share"], goal)
        )
    return reached, len(waiting)
