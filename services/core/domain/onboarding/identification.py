"""Who a person known by a reference is."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Link:
    """Event `id` says that the subject `reference_id` is the subject `person_id`, who has a number."""

    id: UUID
    occurred_at: datetime
    reference_id: UUID
    person_id: UUID


def persons_of(links: Iterable[Link], *, superseded: Collection[UUID]) -> dict[UUID, UUID]:
    """Give the person of each linked reference; of several links the last one in time holds."""
    latest: dict[UUID, Link] = {}
    for link in links:
        if link.id in superseded:
            continue
        rival = latest.get(link.reference_id)
        if rival is None or (rival.occurred_at, rival.id) < (link.occurred_at, link.id):
            latest[link.reference_id] = link
    return {reference: link.person_id for reference, link in latest.items()}
