"""On whose behalf a use case works, and by which rules."""

from dataclasses import dataclass

from services.core.application.catalogue import Catalogue
from services.core.domain.access import Caller
from services.core.domain.ports import Clock
from services.core.domain.verdict import Comparison


@dataclass(frozen=True, slots=True)
class Desk:
    """`comparison` is how the portal is taken to compare an end with a due time."""

    caller: Caller
    catalogue: Catalogue
    comparison: Comparison
    clock: Clock
