"""Compares what clients were told with what database and portal hold, promise by promise (design 1).

In the manner of Jepsen: an operation was acknowledged, certainly not done, or nobody knows; the first has to
be there, the second must not, the third may, and none may be there twice or by half.
"""

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tests.fault.evidence import Entry, Evidence, StoredDossier
from tests.fault.history import Attempt, Kind, Told


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was broken: its short name, and where."""

    promise: str
    where: str


@dataclass(frozen=True, slots=True)
class Operation:
    """All attempts of one operation."""

    marker: str
    attempts: tuple[Attempt, ...]

    @property
    def kind(self) -> Kind:
        return self.attempts[0].kind

    @property
    def was_acknowledged(self) -> bool:
        return any(attempt.told is Told.OK for attempt in self.attempts)

    @property
    def certainly_failed(self) -> bool:
        return all(attempt.told is Told.FAILED for attempt in self.attempts)


def operations_of(attempts: Sequence[Attempt]) -> list[Operation]:
    grouped: defaultdict[str, list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        grouped[attempt.marker].append(attempt)
    return [Operation(marker, tuple(group)) for marker, group in grouped.items()]


def check(attempts: Sequence[Attempt], evidence: Evidence, *, canaries: Sequence[str]) -> list[Violation]:
    """Give every violation of a run whose deliveries have come to rest."""
    operations = operations_of(attempts)
    return [
        *_lost(operations, evidence),
        *_contradicted(operations, evidence),
        *_doubled_at_desk(evidence),
        *_half_written(evidence),
        *_answered_differently(operations, evidence),
        *_doubled_on_portal(evidence),
        *_out_of_order(evidence),
        *_synced_without_receipt(evidence),
        *_strangers(evidence),
        *_leaked(evidence, canaries),
    ]


def _markers(evidence: Evidence) -> Counter[str]:
    """Count what each operation left in the database."""
    left = Counter(dossier.marker for dossier in evidence.dossiers)
    left.update(stored.entry.text for dossier in evidence.dossiers for stored in dossier.entries)
    return left


def _lost(operations: Sequence[Operation], evidence: Evidence) -> Iterator[Violation]:
    """Nothing acknowledged is lost, and what was answered is what is there."""
    by_marker = {dossier.marker: dossier for dossier in evidence.dossiers}
    left = _markers(evidence)
    for operation in operations:
        if not operation.was_acknowledged:
            continue
        if not left[operation.marker]:
            yield Violation("lost", operation.marker)
        elif operation.kind is Kind.CREATE:
            stored = by_marker[operation.marker]
            told = {(a.id, a.code) for a in operation.attempts if a.told is Told.OK}
            if told != {(stored.id, stored.code)}:
                yield Violation("lost", f"{operation.marker}: told {told}")


def _contradicted(operations: Sequence[Operation], evidence: Evidence) -> Iterator[Violation]:
    """What was refused has not happened."""
    left = _markers(evidence)
    for operation in operations:
        if operation.certainly_failed and left[operation.marker]:
            yield Violation("contradicted", operation.marker)


def _doubled_at_desk(evidence: Evidence) -> Iterator[Violation]:
    """A repeated call does no harm: one dossier per create, one entry per step."""
    received = Counter(dossier.marker for dossier in evidence.dossiers)
    # The first entry has the words of the reception, the same for all.
    steps = Counter(s.entry.text for dossier in evidence.dossiers for s in dossier.entries if s.seq > 1)
    for marker, times in (received + steps).items():
        if times > 1:
            yield Violation("doubled at desk", f"{marker}: {times}")


def _half_written(evidence: Evidence) -> Iterator[Violation]:
    """A dossier, its history, its delivery row and its remembered answer stand or fall together."""
    remembered = {dossier for ids in evidence.answers.values() for dossier in ids}
    for dossier in evidence.dossiers:
        seqs = [stored.seq for stored in dossier.entries]
        delivery = dossier.delivery
        if (
            seqs != list(range(1, dossier.last_seq + 1))
            or delivery is None
            or (delivery.target_version, delivery.target_seq) != (dossier.version, dossier.last_seq)
            or dossier.id not in remembered
        ):
            yield Violation("half-written", dossier.code)


def _answered_differently(operations: Sequence[Operation], evidence: Evidence) -> Iterator[Violation]:
    """The same Idempotency-Key gets the same answer, whoever died in between."""
    for operation in operations:
        if operation.kind is not Kind.CREATE:
            continue
        answers = {(a.id, a.code, a.etag) for a in operation.attempts if a.told is Told.OK}
        if len(answers) > 1:
            yield Violation("answered differently", f"{operation.marker}: {answers}")
    for key, ids in evidence.answers.items():
        if len(set(ids)) != len(ids):
            yield Violation("answered differently", key)


def _doubled_on_portal(evidence: Evidence) -> Iterator[Violation]:
    """One effect per create, and per dossier and entry."""
    if evidence.ledger.doubled_creates:
        yield Violation("doubled on portal", f"{evidence.ledger.doubled_creates} creates")
    for dossier, shown in _on_portal(evidence):
        surplus = Counter(shown) - Counter(dossier.travelling)
        if surplus:
            yield Violation("doubled on portal", f"{dossier.code}: {surplus}")


def _out_of_order(evidence: Evidence) -> Iterator[Violation]:
    """The true history travels: what the portal shows is a beginning of ours, in our order."""
    for dossier, shown in _on_portal(evidence):
        ours = dossier.travelling
        if list(dict.fromkeys(shown)) != ours[: len(set(shown))]:
            yield Violation("out of order", dossier.code)


def _synced_without_receipt(evidence: Evidence) -> Iterator[Violation]:
    """Only a receipt makes it synced: what we count as acknowledged is on the portal, to the last entry."""
    for dossier in evidence.dossiers:
        delivery = dossier.delivery
        if delivery is None:
            continue
        acknowledged = [s.entry for s in dossier.entries if s.travels and s.seq <= delivery.acked_seq]
        shown = evidence.ledger.entries.get(dossier.code)
        missing = Counter(acknowledged) - Counter(shown or ())
        complete = delivery.acked_seq >= dossier.last_seq and delivery.acked_version >= dossier.version
        if missing or (delivery.on_portal and shown is None):
            yield Violation("synced without receipt", f"{dossier.code}: {len(missing)} missing")
        elif delivery.state == "synced" and not complete:
            yield Violation("synced without receipt", f"{dossier.code}: cursor behind")


def _strangers(evidence: Evidence) -> Iterator[Violation]:
    """The portal has nothing that we do not have: our side would have forgotten it."""
    ours = {dossier.code for dossier in evidence.dossiers}
    for code in evidence.ledger.entries:
        if code not in ours:
            yield Violation("lost", f"{code} is on the portal only")


_LEAST_CANARY: Final = 6


def _leaked(evidence: Evidence, canaries: Sequence[str]) -> Iterator[Violation]:
    """A citizen's data stays in: no log has it, in no disguise."""
    for canary in canaries:
        raw = canary.encode()
        assert len(raw) >= _LEAST_CANARY, "too short to be found by accident"
        disguises = {raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode()}
        for name, content in evidence.logs.items():
            if any(disguise in content for disguise in disguises):
                yield Violation("leaked", name)


def _on_portal(evidence: Evidence) -> Iterator[tuple[StoredDossier, Sequence[Entry]]]:
    for dossier in evidence.dossiers:
        shown = evidence.ledger.entries.get(dossier.code)
        if shown is not None:
            yield dossier, shown
