"""What operations watch, counted by PostgreSQL without reading history."""

from services.core.persistence.measurements.forecast import foresee
from services.core.persistence.measurements.snapshot import take_snapshot
from services.core.persistence.measurements.values import Snapshot, Tallies

__all__ = ["Snapshot", "Tallies", "foresee", "take_snapshot"]
