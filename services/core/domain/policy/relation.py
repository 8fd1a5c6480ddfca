"""How units stand to one another, and which part of the tree somebody reaches.

A path such as `/1/5/` stands for the unit and all below it, `/1/5/.` for the unit alone. With a point put
behind the path of a unit, one comparison of beginnings tells whether it is reached, here as in SQL.
"""

from enum import StrEnum
from typing import Final

_ALONE: Final = "."


class Relation(StrEnum):
    """What the unit of an object is to one's own."""

    OWN = "own"
    CHILD = "child"  #: anywhere below
    PARENT = "parent"  #: anywhere above
    SIBLING = "sibling"
    FOREIGN = "foreign"
    NONE = "none"  #: the object has no unit


def relation_between(own: str, other: str | None) -> Relation:
    """Tell what the unit with the path `other` is to that with the path `own`."""
    if other is None:
        return Relation.NONE
    if other == own:
        return Relation.OWN
    if other.startswith(own):
        return Relation.CHILD
    if own.startswith(other):
        return Relation.PARENT
    return Relation.SIBLING if _above(own) == _above(other) != "/" else Relation.FOREIGN


def only(path: str) -> str:
    """Give the unit without what is below it."""
    return path if path.endswith(_ALONE) else path + _ALONE


def covers(within: str, path: str) -> bool:
    """Tell whether the unit with this path is reached."""
    return (path + _ALONE).startswith(within)


def reach_of(unit_path: str, within: str) -> str:
    """Give the part of a unit's subtree that is reached, where the unit itself is."""
    return within if within == only(unit_path) else unit_path


def root_of(within: str) -> str:
    """Give the path of the topmost unit that is reached."""
    return within.removesuffix(_ALONE)


def narrower(first: str, second: str) -> str | None:
    """Give the part that both reach, `None` if there is none."""
    if first.startswith(second):
        return first
    return second if second.startswith(first) else None


def _above(path: str) -> str:
    return path[: path.rstrip("/").rfind("/") + 1]
