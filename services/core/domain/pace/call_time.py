"""How long a call takes, by how many dossiers it carries."""

from dataclasses import dataclass
from typing import Final

#: Weight of what was known before, with each new call: some twenty calls are remembered.
_MEMORY: Final = 0.95
#: So many squared dossiers of spread stand against one wild call among calls of about the same size.
_CAUTION: Final = 4.0


@dataclass(slots=True)
class CallTime:
    """Learns a fixed part and a part per dossier, in seconds; recent calls weigh more.

    Without it a full call after several small ones would pass for a portal that has become slow, and a flag
    that a small call can avert for one out of reach.
    """

    _weight: float = 0.0
    _dossiers: float = 0.0
    _seconds: float = 0.0
    _spread: float = 0.0
    _joint: float = 0.0

    def learn(self, dossiers: int, seconds: float) -> None:
        """Take in an answered call."""
        self._weight = self._weight * _MEMORY + 1.0
        share = 1.0 / self._weight
        more, longer = dossiers - self._dossiers, seconds - self._seconds
        self._dossiers += share * more
        self._seconds += share * longer
        self._spread = (1.0 - share) * (self._spread + share * more * more)
        self._joint = (1.0 - share) * (self._joint + share * more * longer)

    @property
    def usual(self) -> float:
        """Give the seconds that calls have taken lately, whatever they carried; zero while none is known."""
        return self._seconds

    def expected(self, dossiers: int) -> float:
        """Give the seconds that a call takes; zero while no call is known."""
        if not self._weight:
            return 0.0
        steepest = self._seconds / self._dossiers
        each = min(steepest, max(0.0, self._joint / (self._spread + _CAUTION)))
        return max(0.0, self._seconds + each * (dossiers - self._dossiers))
