"""`lienthong parked`: dossiers that wait for a person."""

from services.cli.parked.commands import app

__all__ = ["app"]
