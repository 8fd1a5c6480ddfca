"""Wishes that come at the same time are granted together, and every one gets its answer."""

import asyncio
from collections.abc import Sequence

import pytest

from services.core.application.gathering import Gathering


class Doubling:
    """Doubles numbers, when it is let; the number 13 is refused, the number 0 breaks it."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.let = asyncio.Event()

    async def __call__(self, wishes: Sequence[int]) -> list[int | Exception]:
        self.asked.append(list(wishes))
        await self.let.wait()
        if 0 in wishes:
            raise ZeroDivisionError
        return [ValueError(wish) if wish == 13 else 2 * wish for wish in wishes]


async def test_what_comes_while_others_are_served_is_granted_next_and_together() -> None:
    doubling = Doubling()
    gathering = Gathering(doubling)
    wishes = [asyncio.create_task(gathering.ask(1))]
    await asyncio.sleep(0.01)
    wishes += [asyncio.create_task(gathering.ask(number)) for number in (2, 3)]
    await asyncio.sleep(0.01)
    assert doubling.asked == [[1]]
    doubling.let.set()
    assert await asyncio.gather(*wishes) == [2, 4, 6]
    assert doubling.asked == [[1], [2, 3]]
    assert await gathering.ask(4) == 8


async def test_a_refused_wish_fails_alone_and_a_broken_grant_fails_all() -> None:
    doubling = Doubling()
    doubling.let.set()
    gathering = Gathering(doubling)
    refused, granted = await asyncio.gather(gathering.ask(13), gathering.ask(1), return_exceptions=True)
    assert isinstance(refused, ValueError)
    assert granted == 2
    for failure in await asyncio.gather(gathering.ask(0), gathering.ask(1), return_exceptions=True):
        assert isinstance(failure, ZeroDivisionError)
    assert await gathering.ask(5) == 10


async def test_who_gives_up_waiting_stops_nobody() -> None:
    doubling = Doubling()
    gathering = Gathering(doubling)
    wishes = [asyncio.create_task(gathering.ask(number)) for number in (1, 2)]
    await asyncio.sleep(0.01)
    wishes[0].cancel()
    doubling.let.set()
    with pytest.raises(asyncio.CancelledError):
        await wishes[0]
    assert await wishes[1] == 4
