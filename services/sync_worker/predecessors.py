"""Leases of workers that have died on this machine: their dossiers need not wait until these run out."""

import os
import socket
from collections.abc import Sequence

import structlog

from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions

log = structlog.get_logger()


def owner_name() -> str:
    """Name this process as the holder of leases: machine and process number."""
    return f"{socket.gethostname()}:{os.getpid()}"


async def take_over(sessions: Sessions, *, owner: str) -> None:
    """End the leases of the dead; their dossiers are asked about first.

    A process that is taken for dead and is not finds its tokens gone, as after any lost lease.
    """
    async with sessions.begin() as session:
        deliveries = DeliveryRepository(session)
        dead = dead_among(await deliveries.lease_owners(), owner=owner)
        if dead and (expired := await deliveries.expire_leases(of=dead)):
            log.warning("delivery.leases_taken_over", dossiers=expired)


def dead_among(owners: Sequence[str], *, owner: str) -> list[str]:
    """Pick the owners that cannot be alive.

    These are processes of this machine that are gone, and whoever bears our own name: in a container that is
    started again both machine and process number stay the same. Nothing is known of other machines.
    """
    machine = owner.rpartition(":")[0]
    return [
        other
        for other in owners
        if other == owner or (other.rpartition(":")[0] == machine and not _is_alive(other.rpartition(":")[2]))
    ]


def _is_alive(number: str) -> bool:
    if not number.isdecimal():
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
