"""Chain what has been added to the audit log. Writers are not kept waiting: the chain is made behind them."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.audit_chain import Root, genesis, link
from services.core.persistence.audit_links import Link, LinkRepository, Unsealed

SEALED_AT_ONCE: Final = 5_000
_ROOTS_AT_ONCE: Final = 10_000


async def seal_audit(session: AsyncSession, *, limit: int = SEALED_AT_ONCE) -> int | None:
    """Link at most `limit` entries and put down the new roots; gives how many, `None` if another is at it.

    Entries are taken in the order of their transactions as soon as they are committed. One that commits
    later than its neighbours is taken next time: the search starts from the oldest transaction that was
    still under way, not from the last entry seen.
    """
    links = LinkRepository(session)
    if not await links.try_alone():
        return None
    horizon = await links.horizon()
    seen = await links.seen()
    # A database that was restored into another server counts its transactions anew, from below.
    entries = await links.unsealed(seen=0 if horizon < seen else seen, limit=limit)
    if not entries:
        return 0
    made, heads = await _link(links, entries)
    await links.add(made)
    is_complete = len(entries) < limit
    for month, (position, hash_) in heads.items():
        await links.add_root(month, position, hash_, seen=horizon if is_complete else entries[-1].xid)
    return len(entries)


async def new_roots(session: AsyncSession, *, last: Callable[[], Awaitable[int]]) -> Sequence[Root]:
    """Give the roots behind the one that was exported last, as `last` says once nobody else can export.

    None while another sealer is at it; nobody else gets any until the transaction ends.
    """
    links = LinkRepository(session)
    if not await links.try_alone():
        return ()
    return await links.roots(after=await last(), limit=_ROOTS_AT_ONCE)


async def _link(
    links: LinkRepository, entries: Sequence[Unsealed]
) -> tuple[list[Link], dict[date, tuple[int, bytes]]]:
    heads: dict[date, tuple[int, bytes]] = {}
    made = []
    for entry in entries:
        if entry.month not in heads:
            heads[entry.month] = await links.head(entry.month) or (0, genesis(entry.month))
        position, previous = heads[entry.month]
        hash_ = link(previous, entry.canonical)
        heads[entry.month] = position + 1, hash_
        made.append(Link(entry.month, position + 1, entry.entry_id, hash_))
    return made, heads
