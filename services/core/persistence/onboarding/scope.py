"""Which units count towards the figures of a unit: its subtree, and all that was merged into it."""

from datetime import date
from typing import Any, Final

#: Units of the subtree under `:path` on the day `:on`, and their predecessors, wherever those stood in the
#: tree. `shown_id` is the unit in whose figures they go; a successor takes over when its predecessor ends.
SCOPE: Final = """
WITH RECURSIVE scope AS (
    SELECT u.id, u.id AS shown_id FROM units u
    WHERE u.path || '.' LIKE :path || '%' AND NOT (
        coalesce(u.valid_to < :on, false)
        AND EXISTS (SELECT FROM units s WHERE s.id = u.successor_id AND s.path || '.' LIKE :path || '%'))
    UNION
    SELECT p.id, s.shown_id FROM units p JOIN scope s ON p.successor_id = s.id WHERE p.valid_to < :on
)
"""


def scope_values(path: str, on: date) -> dict[str, Any]:
    """Give the parameters of `SCOPE`; there is nothing in a path that would have to be escaped."""
    return {"path": path, "on": on}
