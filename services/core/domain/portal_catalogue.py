"""What the portal's catalogue of procedures says, how far it is believed, and where ours differs.

An answer that is cut short looks like procedures that were abolished; a product that switches procedures off
by it closes counters (portal-interface 3.1). So an absence counts only when it is seen twice.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from services.core.domain.deadline import VIETNAM, ProcessingTime

#: A province's variant of a national procedure: `1.001193.000.00.00.H29` (portal-interface 3.1).
_VARIANT: Final = re.compile(r"([0-9]\.[0-9]{6})\.[0-9A-Z.]+")


@dataclass(frozen=True, slots=True)
class Listing:
    """One answer to "which procedures are there": names by code, and how many rows could not be read."""

    names: Mapping[str, str]
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class ProcedureDetail:
    """What the portal says of one procedure. Times and fees differ by channel and case, so they are sets.

    `digest` is the SHA-256 of all that it said, also of what is not kept.
    """

    code: str
    name: str
    fields: Mapping[str, str]
    times: frozenset[ProcessingTime]
    fees_vnd: frozenset[int]
    digest: bytes


@dataclass(frozen=True, slots=True)
class Sighting:
    """What is known of a procedure on the portal.

    `on_portal` falls only when the absence is proven. `missing_since` is the first whole answer without it.
    `name` and `last_seen_at` are `None` for a procedure of ours that was never listed.
    """

    code: str
    name: str | None
    on_portal: bool
    last_seen_at: datetime | None
    missing_since: datetime | None


class Credibility(StrEnum):
    """Whether absences from an answer count."""

    WHOLE = "whole"
    EMPTY = "empty"  #: nothing is listed at all
    UNREADABLE = "unreadable"  #: some rows could not be read, so who knows which they were
    SHRUNK = "shrunk"  #: more is gone than a change of the law explains


@dataclass(frozen=True, slots=True)
class Noted:
    """What follows from an answer: sightings that have changed, and how far it was believed."""

    changed: tuple[Sighting, ...]
    credibility: Credibility


def note_listing(
    known: Mapping[str, Sighting],
    ours: Collection[str],
    listing: Listing,
    *,
    now: datetime,
    most_vanished: float,
    trust_shrinking: bool = False,
) -> Noted:
    """Take in an answer: what it lists is there; what it does not list is gone on the second day.

    `most_vanished` is the share of the procedures seen before that may be missing from an answer that is
    still believed; `trust_shrinking` believes it all the same, on the word of a person.
    """
    credibility = _credibility(known, listing, most_vanished)
    if trust_shrinking and credibility is Credibility.SHRUNK:
        credibility = Credibility.WHOLE
    changed = []
    for code in sorted({*known, *ours, *listing.names}):
        before = known.get(code)
        listed_as = listed_code(code, listing.names)
        if listed_as is not None:
            changed.append(Sighting(code, listing.names[listed_as], True, now, None))
        elif credibility is Credibility.WHOLE:
            after = _absent(before or Sighting(code, None, True, None, None), now)
            if after != before:
                changed.append(after)
    return Noted(tuple(changed), credibility)


def listed_code(code: str, listed: Collection[str]) -> str | None:
    """Find a procedure in a list: by its code, or a province's variant by the national one."""
    if code in listed:
        return code
    variant = _VARIANT.fullmatch(code)
    return variant[1] if variant and variant[1] in listed else None


def _credibility(known: Mapping[str, Sighting], listing: Listing, most_vanished: float) -> Credibility:
    if not listing.names:
        return Credibility.EMPTY
    if listing.unreadable:
        return Credibility.UNREADABLE
    seen = [s.code for s in known.values() if s.on_portal and s.last_seen_at is not None]
    vanished = sum(listed_code(code, listing.names) is None for code in seen)
    return Credibility.SHRUNK if vanished > most_vanished * len(seen) else Credibility.WHOLE


def _absent(before: Sighting, now: datetime) -> Sighting:
    """Count an absence. Two answers of one day may come from the same half-finished update."""
    if before.missing_since is None:
        return replace(before, missing_since=now)
    another_day = _day(now) > _day(before.missing_since)
    return replace(before, on_portal=before.on_portal and not another_day)


def _day(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


class DifferenceKind(StrEnum):
    """In what our catalogue and the portal's differ."""

    UNKNOWN_TO_PORTAL = "unknown_to_portal"  #: proven absent; dossiers under it will be refused
    MISSING = "missing"  #: absent from whole answers of one day; to be seen again
    UNKNOWN_TO_US = "unknown_to_us"
    NAME = "name"
    FIELD_CODE = "field_code"
    FIELD_NAME = "field_name"
    PROCESSING_TIME = "processing_time"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class OurProcedure:
    """An active procedure of ours, with what can be compared; `None` is "not known"."""

    code: str
    name: str
    field_code: str
    field_name: str
    processing: ProcessingTime | None
    fee_vnd: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs; both sides in words, `None` where a side has nothing."""

    kind: DifferenceKind
    code: str
    ours: str | None
    portals: str | None


def differences(
    ours: Iterable[OurProcedure], sightings: Mapping[str, Sighting], details: Mapping[str, ProcedureDetail]
) -> list[Difference]:
    """Compare the catalogues; what only one side knows comes first, then by code."""
    our_own = {procedure.code: procedure for procedure in ours}
    found = [*_strangers(our_own, sightings)]
    for code, procedure in our_own.items():
        sighting = sightings.get(code)
        if sighting is None:
            continue
        found += _absences(procedure, sighting)
        if sighting.name is not None and _plain(sighting.name) != _plain(procedure.name):
            found.append(Difference(DifferenceKind.NAME, code, procedure.name, sighting.name))
        if (detail := details.get(code)) is not None:
            found += _detail_differences(procedure, detail)
    order = list(DifferenceKind)
    return sorted(found, key=lambda difference: (order.index(difference.kind), difference.code))


def _strangers(ours: Mapping[str, OurProcedure], sightings: Mapping[str, Sighting]) -> Iterator[Difference]:
    covered = {listed_code(code, sightings) for code in ours} | {_national(code) for code in ours}
    for sighting in sightings.values():
        if sighting.on_portal and sighting.last_seen_at is not None and sighting.code not in covered:
            yield Difference(DifferenceKind.UNKNOWN_TO_US, sighting.code, None, sighting.name)


def _national(code: str) -> str:
    variant = _VARIANT.fullmatch(code)
    return variant[1] if variant else code


def _absences(procedure: OurProcedure, sighting: Sighting) -> Iterator[Difference]:
    if not sighting.on_portal:
        yield Difference(DifferenceKind.UNKNOWN_TO_PORTAL, procedure.code, procedure.name, None)
    elif sighting.missing_since is not None:
        yield Difference(DifferenceKind.MISSING, procedure.code, procedure.name, None)


def _detail_differences(procedure: OurProcedure, detail: ProcedureDetail) -> Iterator[Difference]:
    """Compare only what both sides state."""
    code = procedure.code
    if detail.fields and procedure.field_code not in detail.fields:
        yield Difference(DifferenceKind.FIELD_CODE, code, procedure.field_code, _joined(detail.fields))
    names = {_plain(name) for name in detail.fields.values()}
    if names and _plain(procedure.field_name) not in names:
        theirs = _joined(detail.fields.values())
        yield Difference(DifferenceKind.FIELD_NAME, code, procedure.field_name, theirs)
    if procedure.processing is not None and detail.times and procedure.processing not in detail.times:
        theirs = _joined(_time(time) for time in detail.times)
        yield Difference(DifferenceKind.PROCESSING_TIME, code, _time(procedure.processing), theirs)
    if procedure.fee_vnd is not None and detail.fees_vnd and procedure.fee_vnd not in detail.fees_vnd:
        theirs = ", ".join(str(fee) for fee in sorted(detail.fees_vnd))
        yield Difference(DifferenceKind.FEE, code, str(procedure.fee_vnd), theirs)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split()).rstrip(".")


def _time(time: ProcessingTime) -> str:
    return f"{time.value} {time.unit.value}"


def _joined(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
