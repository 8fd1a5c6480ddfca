"""What was published of one place and time comes back from metrics, which count since the beginning."""

from datetime import date
from uuid import UUID

import pytest

from services.core.application.report_counts import SentCount, report_counts
from services.core.domain.onboarding.event import HelperKind
from services.core.domain.onboarding.reported import ReportedCount, ReportedFigure
from services.core.persistence.engine import Sessions
from tests.integration.published_metrics import figure, scrape
from tests.published import (
    CA_MAU,
    DONG_NHI,
    HOA_BINH,
    Onboarded,
    load_catalogue,
    load_dossiers,
    load_look_ups,
    load_received,
    province_desk,
)


async def test_metrics_of_one_province_and_period_are_what_it_published(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=1, partial_services=0, information=0, on_portal=1)
        span = {"first": date(2023, 12, 15), "last": date(2024, 2, 15)}
        await load_dossiers(session, HOA_BINH, 10_071, **span, synced=1_712, late=101)
    samples = await scrape(sessions)
    assert figure(samples, "received") == (10_071, None)
    assert figure(samples, "synced") == (1_712, 10_071)
    assert figure(samples, "falsely_late") == (8_258, 10_071)
    assert figure(samples, "really_late") == (101, 8_359)
    assert samples["false_late", "not_yet_sent"] == 8_258


async def test_metrics_of_a_quarter_of_filings_are_what_was_published(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=254, partial_services=92, information=0, on_portal=346)
        span = {"first": date(2022, 1, 1), "last": date(2022, 3, 31)}
        await load_dossiers(session, CA_MAU, 13_765, **span, online=4_775, on_behalf=8_000)
    samples = await scrape(sessions)
    assert figure(samples, "filed_online") == (4_775, 13_765)
    assert figure(samples, "on_behalf") == (8_000, 13_765)
    assert figure(samples, "services_online_on_portal") == (346, 346)


@pytest.mark.parametrize(("unit", "digitised"), [(CA_MAU, 21), (f"{CA_MAU}.H", 9), (f"{CA_MAU}.X", 2)])
async def test_metrics_of_digitised_results_are_what_was_published(
    sessions: Sessions, unit: str, digitised: int
) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=1, partial_services=0, information=0, on_portal=1)
        span = {"first": date(2021, 5, 1), "last": date(2021, 5, 31)}
        await load_dossiers(session, unit, 100, **span, digitised=digitised)
    assert figure(await scrape(sessions), "digitised_results") == (digitised, 100)


@pytest.mark.parametrize(("asked", "received"), [(65_498, 300_000), (222, 29_613)])
async def test_metrics_of_look_ups_are_what_was_published(
    sessions: Sessions, asked: int, received: int
) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=1, partial_services=0, information=0, on_portal=1)
        await load_received(session, HOA_BINH, received)
        span = {"first": date(2024, 1, 1), "last": date(2024, 2, 21)}
        await load_look_ups(session, HOA_BINH, asked=asked, received=received, **span)
    samples = await scrape(sessions)
    assert figure(samples, "look_ups") == figure(samples, "verified") == (asked, received)
    assert samples["lookup_rate",] == samples["verified_share",] == asked / received


async def test_metrics_of_people_helped_by_volunteers_are_what_was_published(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=1, partial_services=0, information=0, on_portal=1)
        people = Onboarded(session, await province_desk(session))
        await people.have(DONG_NHI, "skills_training", 501, helper=HelperKind.VOLUNTEER)
    assert figure(await scrape(sessions), "helped") == (501, None)


async def test_a_corrected_report_counts_once_in_metrics(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await load_catalogue(session, full=1, partial_services=0, information=0, on_portal=1)
        desk = await province_desk(session)
        first, second, third = (
            ReportedCount(UUID(int=n), 0, ReportedFigure.ID_CARDS, date(2023, 7, 30), part, 100_000, "A", of)
            for n, part, of in ((1, 10, None), (2, 99_300, UUID(int=1)), (3, 99_400, UUID(int=1)))
        )
        for counts in ([first], [third], [second, first]):
            await report_counts(session, counts=[SentCount(HOA_BINH, count) for count in counts], desk=desk)
    assert figure(await scrape(sessions), "id_cards") == (99_400, 100_000)
