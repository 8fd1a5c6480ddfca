"""Going through a table in chunks: while one is stored the next is read."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeVar

from services.cli.imports.counting import Counting
from services.cli.imports.options import ROWS_AT_ONCE
from services.cli.tables.table import Table, TableRow

T = TypeVar("T")

#: Rows read before the other side of the work gets its turn.
_TURN: Final = 25


async def go_through(
    table: Table, *, read: Callable[[TableRow], T], store: Callable[[Sequence[T]], Awaitable[None]]
) -> None:
    """Read every row and store them chunk by chunk, in order, with a progress bar."""
    with Counting(table.last_row) as counting:
        storing: asyncio.Task[None] | None = None
        async for last_row, chunk in _chunks(table, read):
            if storing is not None:
                await storing
            storing = asyncio.create_task(_stored(store, chunk, counting, last_row))
        if storing is not None:
            await storing


async def _chunks(table: Table, read: Callable[[TableRow], T]) -> AsyncIterator[tuple[int, list[T]]]:
    chunk: list[T] = []
    number = 0
    for row in table.rows():
        number = row.number
        chunk.append(read(row))
        if len(chunk) % _TURN == 0:
            await asyncio.sleep(0)
        if len(chunk) == ROWS_AT_ONCE:
            yield number, chunk
            chunk = []
    if chunk:
        yield number, chunk


async def _stored(
    store: Callable[[Sequence[T]], Awaitable[None]], chunk: Sequence[T], counting: Counting, last_row: int
) -> None:
    await store(chunk)
    counting.advance_to(last_row)
