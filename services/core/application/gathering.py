"""Work that several tasks want at the same time, done for all of them at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")

#: Gives the answer to each wish, in that order, or what it failed with. It must not raise.
Grant = Callable[[Sequence[Wish]], Awaitable[Sequence[Answer | Exception]]]


class Gathering(Generic[Wish, Answer]):
    """Nobody waits for company: what is wished for while others are being served is granted next."""

    def __init__(self, grant: Grant[Wish, Answer]) -> None:
        self._grant = grant
        self._waiting: list[tuple[Wish, asyncio.Future[Answer]]] = []
        self._server: asyncio.Task[None] | None = None

    async def ask(self, wish: Wish) -> Answer:
        """Wait for the answer; raises what the work failed with. Whoever gives up waiting stops nobody."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, answer))
        if self._server is None:
            self._server = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting, []
                answers = await self._grant([wish for wish, _ in together])
                for (_, waiting), answer in zip(together, answers, strict=True):
                    if not waiting.done():
                        _tell(waiting, answer)
        finally:
            self._server = None


def _tell(waiting: asyncio.Future[Answer], answer: Answer | Exception) -> None:
    if isinstance(answer, Exception):
        waiting.set_exception(answer)
    else:
        waiting.set_result(answer)
