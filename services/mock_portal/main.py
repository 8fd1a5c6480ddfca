"""The mock portal as an application and as a process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from services.mock_portal.control import (
    calls,
    capacity,
    catalogue,
    clock,
    duplicates,
    faults,
    ledger,
    losses,
    page,
    presets,
    questions,
    recording,
    seeding,
    snapshots,
    state,
    tenants,
    verdicts,
)
from services.mock_portal.front import Front
from services.mock_portal.presets import UnknownPreset, apply_preset, find_preset
from services.mock_portal.server import PortalServer
from services.mock_portal.settings import PortalSettings
from services.mock_portal.state_file import StateFile
from services.mock_portal.tenants import Tenants, WrongTenant
from services.mock_portal.wire_addresses import wire_endpoints

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8090


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOptions:
    """What a process begins with, beside its settings."""

    tenants: Sequence[str] = ()
    """Opened at once; the preset is for them, or for the default tenant if there are none."""
    preset: str | None = None
    state_file: Path | None = None
    """Read at the start if it is there, and written while running and at the end."""


class CannotStart(Exception):
    """The text says why, and what there is instead."""


def create_control() -> FastAPI:
    """Build the tester's side; `Front` tells it which portal it speaks of."""
    app = FastAPIOffline(
        title="Cổng DVCQG giả lập / Mock national portal",
        openapi_url="/_control/openapi.json",
        docs_url="/_control/docs",
        redoc_url=None,
        static_url="/_control/static",
        swagger_ui_oauth2_redirect_url="/_control/docs/oauth2-redirect",
    )
    parts = (state, faults, capacity, ledger, calls, duplicates, verdicts, losses, clock, catalogue)
    more = (seeding, snapshots, presets, recording, tenants, questions)
    for part in (*parts, *more):
        app.include_router(part.router, responses={400: {"description": "The body is not JSON"}})
    page.install(app)
    return app


def build_server(
    settings: PortalSettings,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    options: StartOptions | None = None,
) -> PortalServer:
    """Build the server with its tenants as they are at the start.

    Raises `CannotStart` for a catalogue or state file that cannot be read, a preset or tenant that is none.
    """
    options = options or StartOptions()
    state_file = StateFile(options.state_file) if options.state_file else None
    try:
        portals = Tenants(settings, wire_endpoints)
        if state_file is not None:
            state_file.load(portals)
        chosen = [portals.get(name) for name in options.tenants] or [portals.default]
        if options.preset is not None:
            preset = find_preset(options.preset)
            for tenant in chosen:
                apply_preset(tenant.portal, preset)
    except (OSError, ValueError, WrongTenant, UnknownPreset) as error:
        raise CannotStart(str(error)) from error
    front = Front(portals, create_control())
    return PortalServer(front, portals, host=host, port=port, state_file=state_file)


def run(
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    *,
    settings: PortalSettings | None = None,
    options: StartOptions | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, in this process.

    Raises `SystemExit` when the port is taken, and what `build_server` raises.
    """
    build_server(settings or PortalSettings(), host=host, port=port, options=options).run()
