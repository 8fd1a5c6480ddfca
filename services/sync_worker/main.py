"""Start and stop of the sync worker."""

import asyncio
import gc
import random
import signal
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
import uvloop
from prometheus_client import REGISTRY, start_http_server
from sqlalchemy.exc import SQLAlchemyError

from services.core.application.claiming import Claiming
from services.core.application.deliver_due import Delivering
from services.core.application.pacing import Pacing
from services.core.application.refresh_catalogue import refresh_catalogue
from services.core.application.sampling import Sampling
from services.core.application.settling import Settling
from services.core.application.sight_accepted import Sighting, sight_accepted
from services.core.config import (
    AuditSettings,
    BrokerSettings,
    DatabaseSettings,
    LogSettings,
    PopulationSettings,
    PortalSettings,
    ProcessSettings,
    VerdictSettings,
    WorkerSettings,
)
from services.core.domain.delivery import RetryPolicy
from services.core.domain.pace import ConcurrencyLimit, GatePolicy
from services.core.gateways.portal import PortalAddress, PortalClient
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.root_files import signed_roots
from services.core.telemetry import crash_points, logging
from services.core.telemetry.build import BuildCollector
from services.sync_worker.audit import AuditSealing
from services.sync_worker.checks import QueueChecks
from services.sync_worker.instruments import MeasuredPortal, count_login
from services.sync_worker.lanes import DeliveryLanes, Rhythm
from services.sync_worker.look_ups import open_look_ups
from services.sync_worker.predecessors import owner_name, take_over
from services.sync_worker.rollups import PIECES, RollupUpkeep
from services.sync_worker.tasks import Bells, NightlyCatalogue, do_daily_work, run_jobs
from services.sync_worker.upkeep import again_and_again

log = structlog.get_logger()

#: After hanging up we leave the portal this many times a call's length before asking what came of it: with a
#: call of 20 s that makes a minute since the request was sent, which card networks wait as well.
LINGER_CALLS: Final = 2.0
#: With a fifth of jitter, a dead worker's dossiers are found within five seconds of their lease's end.
SWEEP_SECONDS: Final = 4.0
_CHECK_SECONDS: Final = 60.0
#: How exactly the time is measured until the portal shows what it has acknowledged.
_SIGHT_SECONDS: Final = 1.0
#: A portal that takes one dossier per call is not asked for one claim and one settlement each.
_CLAIMED_AT_LEAST: Final = 20
#: Rounds under way hold some ten thousand objects, and what they leave behind hangs in no circle. With the
#: usual 700 new ones between two looks the collector takes an eighth of the worker's time to find nothing.
_OBJECTS_BETWEEN_COLLECTIONS: Final = 50_000


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present in UTC."""
        return datetime.now(UTC)


def run() -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished or given back (at most 25 s)."""
    logging.configure(service="sync-worker", level=LogSettings().level)
    process = ProcessSettings()
    crash_points.arm(process.crash_at, environment=process.environment)
    REGISTRY.register(BuildCollector(process.commit))
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    uvloop.run(
        _serve(WorkerSettings(), PortalSettings(), PopulationSettings(), DatabaseSettings(), BrokerSettings())
    )


async def _serve(
    worker: WorkerSettings,
    portal: PortalSettings,
    population: PopulationSettings,
    database: DatabaseSettings,
    broker: BrokerSettings,
) -> None:
    check_lease(worker, portal)
    engine = create_engine(
        database.database_url.get_secret_value(),
        application="lienthong-worker",
        role=database.role(DatabaseRole.WORKER),
        limits=PoolLimits(size=database.database_pool_size),
    )
    sessions = create_sessions(engine)
    client = PortalClient(portal_address(portal, worker), on_login=count_login)
    rhythm = Rhythm(
        poll=worker.poll_seconds,
        sweep=min(SWEEP_SECONDS, worker.lease_seconds / 4),
        stop=worker.stop_seconds,
    )
    delivering = _delivering(worker, portal, sessions, client)
    lanes = DeliveryLanes(delivering, rhythm)
    look_ups = open_look_ups(population, sessions, rhythm)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lanes.stop)
    start_http_server(worker.metrics_port, addr=worker.metrics_host)
    await _begin_the_day(sessions)
    beside = _beside(delivering, lanes.bell)
    if broker.redis_url is not None:
        beside.append(
            run_jobs(
                broker.redis_url.get_secret_value(),
                bell=Bells(lanes.bell, look_ups),
                sessions=sessions,
                nightly=_nightly(worker, portal, sessions, client),
            )
        )
    log.info(
        "worker.started", calls_in_flight=worker.calls_in_flight, dossiers_per_call=portal.dossiers_per_call
    )
    tasks = [asyncio.create_task(work) for work in (*beside, look_ups.run())]
    try:
        await lanes.run()
    finally:
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await client.close()
        await engine.dispose()


def _beside(delivering: Delivering, bell: asyncio.Event) -> list[Coroutine[Any, Any, None]]:
    """Give what runs beside the delivery until it is cancelled."""
    sessions, comparison = delivering.sessions, VerdictSettings().comparison
    sighting = Sighting(sessions, delivering.portal, delivering.pacing, comparison)
    return [
        QueueChecks(sessions, comparison=comparison, bell=bell, seconds=_CHECK_SECONDS).run(),
        *(RollupUpkeep(sessions, piece, seconds=_CHECK_SECONDS).run() for piece in PIECES),
        _sealing(AuditSettings(), sessions).run(),
        again_and_again(
            partial(sight_accepted, sighting), seconds=_SIGHT_SECONDS, failure="sightings.round_failed"
        ),
    ]


def _sealing(audit: AuditSettings, sessions: Sessions) -> AuditSealing:
    files = signed_roots(audit.roots_folder, audit.key_file)
    return AuditSealing(sessions, files=files, seconds=audit.seal_seconds)


def _nightly(
    worker: WorkerSettings, portal: PortalSettings, sessions: Sessions, client: PortalClient
) -> NightlyCatalogue:
    return NightlyCatalogue(
        hour=worker.catalogue_hour,
        refresh=partial(
            refresh_catalogue,
            sessions,
            portal=client,
            clock=SystemClock(),
            most_vanished=portal.catalogue_vanished_share,
        ),
    )


async def _begin_the_day(sessions: Sessions) -> None:
    """Do the daily work at the start as well; a database that is away does not stop the worker."""
    try:
        await take_over(sessions, owner=owner_name())
        await do_daily_work(sessions, today=datetime.now(UTC).date())
    except (SQLAlchemyError, OSError) as exc:
        log.warning("worker.daily_work_failed", error=type(exc).__name__)


def check_lease(worker: WorkerSettings, portal: PortalSettings) -> None:
    """Refuse a lease that could run out during a call: two workers would then send the same."""
    if worker.lease_seconds < 3 * portal.call_seconds:
        raise ValueError(
            "LIENTHONG_WORKER_LEASE_SECONDS phải ít nhất gấp ba LIENTHONG_PORTAL_CALL_SECONDS"
            " / must be at least three times LIENTHONG_PORTAL_CALL_SECONDS"
        )


def portal_address(portal: PortalSettings, worker: WorkerSettings) -> PortalAddress:
    """Translate settings for the gateway; the reserve of connections is for look-ups."""
    return PortalAddress(
        url=portal.url,
        login_path=portal.login_path,
        call_path=portal.call_path,
        dstcode=portal.dstcode,
        organisation_code=portal.organisation_code,
        username=portal.username,
        password=portal.password.get_secret_value(),
        call_seconds=portal.call_seconds,
        reply_bytes=portal.reply_bytes,
        connections=(worker.calls_in_flight + 1) * worker.look_ups_at_once + 4,
        catalogue_seconds=portal.catalogue_seconds,
        catalogue_bytes=portal.catalogue_bytes,
    )


def _delivering(
    worker: WorkerSettings, portal: PortalSettings, sessions: Sessions, client: PortalClient
) -> Delivering:
    return Delivering(
        sessions=sessions,
        portal=MeasuredPortal(client),
        pacing=Pacing(
            sessions,
            GatePolicy(
                open_seconds=worker.probe_seconds,
                open_cap_seconds=worker.probe_cap_seconds,
                probe_seconds=1.5 * portal.call_seconds,
            ),
            ConcurrencyLimit(worker.calls_in_flight),
            random.random,  # spreads probes, guards nothing
        ),
        policy=RetryPolicy(
            base=worker.retry_base_seconds,
            cap=worker.retry_cap_seconds,
            ask_after=worker.ask_after_seconds,
            linger=LINGER_CALLS * portal.call_seconds,
        ),
        claiming=Claiming(sessions),
        settling=Settling(
            sessions,
            VerdictSettings().comparison,
            sampling=Sampling(random.random),  # spreads questions, guards nothing
        ),
        owner=owner_name(),
        lease=timedelta(seconds=worker.lease_seconds),
        dossiers_per_claim=max(portal.dossiers_per_call, _CLAIMED_AT_LEAST),
        dossiers_per_call=portal.dossiers_per_call,
        entries_per_call=portal.entries_per_call,
        look_ups_at_once=worker.look_ups_at_once,
        jitter=random.random,  # spreads retries, guards nothing
    )
