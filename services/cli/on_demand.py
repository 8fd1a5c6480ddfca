"""Commands that are loaded when they are called for: a worker need not import what imports files."""

from importlib import import_module
from typing import Any, Final

import typer
from typer.core import TyperGroup

#: Name of a group or a command, and the module that holds it as `app`.
_GROUPS: Final = {
    "accounts": "services.cli.accounts",
    "audit": "services.cli.audit",
    "catalogue": "services.cli.catalogue",
    "clients": "services.cli.clients",
    "components": "services.cli.components",
    "conformance": "services.cli.conformance",
    "import": "services.cli.imports",
    "keys": "services.cli.keys",
    "lookups": "services.cli.lookups",
    "officers": "services.cli.officers",
    "onboarding": "services.cli.onboarding",
    "outages": "services.cli.outages",
    "parked": "services.cli.parked",
    "policy": "services.cli.policy",
    "reconcile": "services.cli.reconcile",
    "report": "services.cli.report",
    "simulate": "services.cli.simulate",
}


class OnDemandGroup(TyperGroup):
    """A Typer application with more groups than it has loaded. Typer keeps the types of its click private."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Name loaded and unloaded commands."""
        return [*super().list_commands(ctx), *_GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Load a group on first use."""
        if cmd_name not in _GROUPS:
            return super().get_command(ctx, cmd_name)
        group = typer.main.get_command(import_module(_GROUPS[cmd_name]).app)
        group.name = cmd_name
        return group
