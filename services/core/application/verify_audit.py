"""Go through the audit log and say what does not add up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from services.core.domain.audit_chain import AuditFinding, Fault, Root, SignedRoot, genesis, link
from services.core.persistence.audit_links import LinkRepository, Sealed
from services.core.persistence.engine import Sessions

_AT_ONCE: Final = 20_000
_SHOWN: Final = 1_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was gone through. `waiting` entries have no link yet; `anchors` are the good signed roots."""

    entries: int
    waiting: int
    anchors: int
    findings: Sequence[AuditFinding]


@dataclass(slots=True)
class _Chain:
    """One month's chain while it is gone through; `anchors` are its signed roots by position.

    Behind the first of them that does not fit (`is_rebuilt`) none does.
    """

    month: date
    anchors: Mapping[int, bytes]
    position: int = 0
    head: bytes = b""
    is_rebuilt: bool = False
    findings: list[AuditFinding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.head = genesis(self.month)

    def take(self, sealed: Sealed) -> None:
        """Compare a link with its entry and with the link before it.

        What was stored is believed from there on, so that one fault is told once.
        """
        if sealed.position != self.position + 1:
            self._find(Fault.GAP, self.position + 1, None)
        elif sealed.canonical is None:
            self._find(Fault.DELETED, sealed.position, sealed.entry_id)
        elif link(self.head, sealed.canonical) != sealed.hash:
            self._find(Fault.EDITED, sealed.position, sealed.entry_id)
        if self.anchors.get(sealed.position, sealed.hash) != sealed.hash and not self.is_rebuilt:
            self.is_rebuilt = True
            self._find(Fault.REBUILT, sealed.position, sealed.entry_id)
        self.position, self.head = sealed.position, sealed.hash

    def end(self) -> None:
        """Compare the length with that of the signed roots."""
        if self.position < max(self.anchors, default=0):
            self._find(Fault.CUT_TAIL, self.position + 1, None)

    def _find(self, fault: Fault, position: int, entry_id: int | None) -> None:
        self.findings.append(AuditFinding(fault, self.month, position, entry_id))


async def verify_audit(
    sessions: Sessions,
    *,
    exported: Iterable[tuple[SignedRoot, bool]],
    progress: Callable[[int], None],
) -> Verified:
    """Check every entry against the chain, and the chain against exported roots.

    Each root comes with whether its signature holds. Without any, a chain that was rebuilt from the edited
    entry to its end is not noticed.
    """
    anchors, findings = _anchors(exported)
    entries = 0
    async with sessions() as session:
        links = LinkRepository(session)
        seen = await links.seen()
        months = {*await links.months(), *anchors}
    for month in sorted(months):
        chain = _Chain(month, anchors.get(month, {}))
        while page := await _page(sessions, chain):
            for sealed in page:
                chain.take(sealed)
            entries += len(page)
            progress(entries)
        chain.end()
        findings += chain.findings
    async with sessions() as session:
        links = LinkRepository(session)
        waiting = await links.count_waiting(seen=seen)
        slipped = await links.slipped_in(seen=seen, limit=_SHOWN)
    findings += [AuditFinding(Fault.SLIPPED_IN, month, None, entry_id) for entry_id, month in slipped]
    return Verified(entries, waiting, sum(map(len, anchors.values())), findings)


async def _page(sessions: Sessions, chain: _Chain) -> list[Sealed]:
    async with sessions() as session:
        return await LinkRepository(session).sealed(chain.month, after=chain.position, limit=_AT_ONCE)


def _anchors(
    exported: Iterable[tuple[SignedRoot, bool]],
) -> tuple[dict[date, dict[int, bytes]], list[AuditFinding]]:
    anchors: dict[date, dict[int, bytes]] = {}
    findings = []
    for signed, holds in exported:
        root: Root = signed.root
        if holds:
            anchors.setdefault(root.month, {})[root.position] = root.hash
        else:
            findings.append(AuditFinding(Fault.FORGED_ROOT, root.month, root.position))
    return anchors, findings
