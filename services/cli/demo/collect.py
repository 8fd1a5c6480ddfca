"""Asks everybody who counts."""

from collections.abc import Sequence

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.demo.desk import Desk
from services.cli.demo.figures import DeskCount, Evidence
from services.cli.demo.ledger import PortalControl
from services.cli.demo.weather import Storm
from services.cli.stack import Stack
from services.cli.transaction import work_on
from services.core.persistence.census import (
    Census,
    FalselyLate,
    list_falsely_late,
    missing_codes,
    take_census,
)


async def collect_evidence(
    stack: Stack,
    desk: Desk,
    portal: PortalControl,
    metrics: httpx.AsyncClient,
    *,
    storms: Sequence[Storm],
    seconds: float,
) -> Evidence:
    """Read desk, API, database, portal and metrics, all after the last dossier has come to rest."""
    codes = tuple(dossier.code for dossier in desk.dossiers)

    async def from_database(session: AsyncSession) -> tuple[Census, list[str], list[FalselyLate]]:
        return (
            await take_census(session),
            await missing_codes(session, codes),
            list(await list_falsely_late(session)),
        )

    census, missing, falsely_late = await work_on(stack.database_url, from_database)
    api_dossiers, api_synced = await desk.count_through_api()
    return Evidence(
        desk=DeskCount(codes=codes, entries=sum(dossier.entries for dossier in desk.dossiers)),
        api_dossiers=api_dossiers,
        api_synced=api_synced,
        census=census,
        not_in_database=missing,
        falsely_late=falsely_late,
        portal=await portal.count(),
        entries_on_portal=await portal.entries_by_code(),
        metrics_text=(await metrics.get("/metrics")).text,
        storms=storms,
        seconds=seconds,
    )
