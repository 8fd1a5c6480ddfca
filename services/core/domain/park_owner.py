"""Who has to mend what keeps a parked dossier from the portal, by its fault or else by its cause."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from services.core.domain.delivery import ParkCause
from services.core.domain.park_group import Fault, kind_of


class ParkOwner(StrEnum):
    """Those who can act on a parked dossier."""

    UNIT = "unit"  #: the dossier's unit: its desk corrects what was filed
    OPERATIONS = "operations"  #: catalogue, accounts, and whatever has to be settled with the portal
    DEVELOPERS = "developers"  #: our own software is at fault


_OWNERS: Final[Mapping[str, ParkOwner]] = MappingProxyType(
    {
        Fault.UNKNOWN_PROCEDURE: ParkOwner.OPERATIONS,
        Fault.UNKNOWN_UNIT: ParkOwner.OPERATIONS,
        Fault.MISSING_VALUE: ParkOwner.UNIT,
        Fault.INVALID_VALUE: ParkOwner.UNIT,
        Fault.TOO_LONG: ParkOwner.UNIT,
        Fault.TOO_LARGE: ParkOwner.UNIT,
        Fault.ALREADY_EXISTS: ParkOwner.OPERATIONS,
        Fault.NOT_ON_PORTAL: ParkOwner.OPERATIONS,
        Fault.UNREADABLE: ParkOwner.DEVELOPERS,
        ParkCause.REFUSED: ParkOwner.UNIT,
        ParkCause.UNSENDABLE: ParkOwner.UNIT,
        ParkCause.UNPROVABLE: ParkOwner.OPERATIONS,
        ParkCause.CONFLICT: ParkOwner.OPERATIONS,
        ParkCause.CRASH_LOOP: ParkOwner.DEVELOPERS,
    }
)


def owner_of(group: str) -> ParkOwner:
    """Name the owner of a park group; what another version has named is for operations to look at."""
    kind, _ = kind_of(group)
    return _OWNERS.get(kind, ParkOwner.OPERATIONS)
