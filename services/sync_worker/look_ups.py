"""Look-ups in the worker: put together from settings, or waiting for the day on which there are some."""

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Final

from services.core.application.look_up_due import LookingUp
from services.core.application.look_up_pacing import LookUpPacing
from services.core.config import PopulationSettings, PopulationWay
from services.core.domain.lookup import LookUpPolicy
from services.core.domain.pace import GatePolicy
from services.core.gateways.population import PlatformAccess, PopulationAddress, PopulationClient, Way
from services.core.persistence.engine import Sessions
from services.sync_worker.instruments import MeasuredPopulation, tell_population
from services.sync_worker.lanes import Rhythm
from services.sync_worker.look_up_lanes import LookUpLanes

#: One call, and the transactions around it; a lease that runs out during a call has the question asked twice.
_LEASE_CALLS: Final = 3.0


class LookUps:
    """The lanes with the client that they ask through."""

    def __init__(self, client: PopulationClient, lanes: LookUpLanes) -> None:
        self._client = client
        self._lanes = lanes

    def set(self) -> None:
        """Ring."""
        self._lanes.set()

    async def run(self) -> None:
        """Look up until cancelled."""
        try:
            await self._lanes.run()
        finally:
            await self._client.close()


class NoLookUps:
    """Without an address nothing is asked: look-ups stay pending, and a metric says why."""

    def set(self) -> None:
        """Hear the ring, and do nothing."""

    async def run(self) -> None:
        """Wait to be cancelled."""
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


def open_look_ups(settings: PopulationSettings, sessions: Sessions, rhythm: Rhythm) -> LookUps | NoLookUps:
    """Build what the settings ask for."""
    tell_population(configured=settings.url is not None)
    if settings.url is None:
        return NoLookUps()
    client = PopulationClient(_address(settings, settings.url))
    looking_up = LookingUp(
        sessions=sessions,
        population=MeasuredPopulation(client),
        pacing=LookUpPacing(
            sessions,
            GatePolicy(
                open_seconds=settings.probe_seconds,
                open_cap_seconds=settings.probe_cap_seconds,
                probe_seconds=1.5 * settings.call_seconds,
            ),
            random.random,  # spreads probes, guards nothing
        ),
        policy=LookUpPolicy(base=settings.retry_base_seconds, cap=settings.retry_cap_seconds),
        lease=timedelta(seconds=_LEASE_CALLS * settings.call_seconds),
        reuse_for=timedelta(days=settings.reuse_days),
        at_once=settings.calls_at_once,
        jitter=random.random,  # spreads retries, guards nothing
    )
    return LookUps(client, LookUpLanes(looking_up, rhythm, lanes=settings.lanes))


def _address(settings: PopulationSettings, url: str) -> PopulationAddress:
    return PopulationAddress(
        url=url,
        way=Way(settings.way.value),
        username=settings.username,
        secret=settings.secret.get_secret_value(),
        client_system=settings.client_system,
        api_key=None if settings.api_key is None else settings.api_key.get_secret_value(),
        call_seconds=settings.call_seconds,
        reply_bytes=settings.reply_bytes,
        connections=(settings.lanes + 1) * settings.calls_at_once,
        platform=_platform(settings) if settings.way is PopulationWay.LGSP else None,
    )


def _platform(settings: PopulationSettings) -> PlatformAccess:
    return PlatformAccess(
        token_url=settings.token_url or "",
        client_id=settings.token_client,
        client_secret=settings.token_secret.get_secret_value(),
        access_key=settings.access_key,
        secret_key=settings.access_secret.get_secret_value(),
        app_name=settings.app_name,
        partner_code=settings.partner_code,
        partner_code_customer=settings.partner_code_customer,
    )
