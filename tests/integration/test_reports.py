"""Figures by period, unit and procedure: counted as dossiers are written, whatever happens to them later."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.core.application.report_dossiers import report_dossiers
from services.core.domain.figures import COUNT_NAMES, Grouping, Period, Report
from services.core.persistence.engine import Sessions
from tests.desk_api import THREE_DAYS, DeskApi, problem

LINK = "https://luutru.vn/1"
PAPERS = (
    {"name": "A", "code": "TP.1", "link": LINK, "digitised": True},
    {"name": "B", "reuse": "component"},
    {"name": "C"},
)


async def figures(
    api: DeskApi, name: str, **query: str
) -> dict[tuple[str, str], tuple[int, int, float | None]]:
    shown = await api.province.get(f"/v1/reports/{name}", **query)
    return {
        (row["group"], row["figure"]): (row["numerator"], row["denominator"], row["share"])
        for row in shown["figures"]
    }


async def correct(api: DeskApi, dossier: Any, **changes: Any) -> dict[str, Any]:
    answer = await api.ward.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={"officer": "A", "reason": "gõ nhầm", **changes},
        headers={"If-Match": dossier["etag"]},
    )
    assert answer.status_code == 200, answer.text
    corrected: dict[str, Any] = answer.json()
    return corrected


async def test_filings_are_shared_out_by_who_filled_them_in(api: DeskApi) -> None:
    for mode in ("self", "assisted"):
        await api.ward.created(filing_mode=mode)
    for ground in ("officer", "relative"):
        agent = {"name": "Lê Văn Tám", "ground": ground}
        await api.ward.created(filing_mode="on_behalf", agent=agent)
    await api.province.created(unit_code="H44.102", filing_mode="self")

    assert await figures(api, "filing") == {
        ("", "self"): (2, 5, 40.0),
        ("", "assisted"): (1, 5, 20.0),
        ("", "on_behalf"): (2, 5, 40.0),
    }
    by_unit = await figures(api, "filing", by="unit")
    assert by_unit["H44.101", "on_behalf"] == (2, 4, 50.0)
    assert by_unit["H44.102", "self"] == (1, 1, 100.0)
    assert (await figures(api, "filing", unit="H44.102"))["", "self"] == (1, 1, 100.0)


async def test_a_period_without_dossiers_has_no_share(api: DeskApi) -> None:
    await api.ward.created()

    empty = await figures(api, "channels", **{"from": "2020-01-01", "to": "2020-01-31"})

    assert empty["", "filed_online"] == (0, 0, None)


async def test_a_period_that_ends_before_it_begins_is_refused(api: DeskApi) -> None:
    answer = await api.ward.http.get("/v1/reports/filing", params={"from": "2026-02-02", "to": "2026-02-01"})
    problem(answer, 422, "period-reversed")
    answer = await api.ward.http.get("/v1/reports/filing", params={"from": "1/2/2026"})
    assert answer.json()["errors"][0]["code"] == "not-a-day"


async def test_units_of_others_are_not_reported(api: DeskApi) -> None:
    await api.ward.created()

    assert (await api.abroad.get("/v1/reports/filing"))["figures"][0]["denominator"] == 0
    problem(await api.abroad.http.get("/v1/reports/filing?unit=H44.101"), 422, "unknown-unit")


async def test_a_dossier_counts_on_the_vietnamese_day_of_its_filing(api: DeskApi) -> None:
    api.clock.at = datetime(2026, 3, 10, 18, 30, tzinfo=UTC)  # 01:30 of the next day in Vietnam
    await api.ward.created()

    day = {"from": "2026-03-11", "to": "2026-03-11"}
    assert (await figures(api, "filing", **day))["", "assisted"] == (1, 1, 100.0)


async def test_digitised_papers_and_results_are_counted_by_level_of_the_unit(api: DeskApi) -> None:
    dossier = await api.ward.created(components=PAPERS)
    await api.ward.created()
    running = await figures(api, "digitisation", by="level")
    assert running["commune", "digitised_components"] == (1, 3, 33.33)
    assert running["commune", "reused_components"] == (1, 3, 33.33)
    assert running["commune", "digitised_results"] == (0, 0, None)

    dossier = await api.ward.move(dossier, 9)
    assert (await figures(api, "digitisation"))["", "digitised_results"] == (0, 1, 0.0)
    await correct(api, dossier, results=[{"name": "Trích lục", "link": LINK}])
    assert (await figures(api, "digitisation"))["", "digitised_results"] == (1, 1, 100.0)


async def test_a_procedure_without_a_paper_owes_no_digitised_result(api: DeskApi, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE procedures SET yields_paper = false WHERE code = :c"), {"c": THREE_DAYS}
        )
    await api.ward.move(await api.ward.created(), 9)

    assert (await figures(api, "digitisation"))["", "digitised_results"] == (0, 0, None)


async def test_a_correction_moves_a_dossier_from_one_count_to_another(api: DeskApi) -> None:
    dossier = await api.ward.created(channel="direct", filing_mode="assisted")

    await correct(api, dossier, channel="post", filing_mode="self")

    assert (await figures(api, "channels"))["", "filed_by_post"] == (1, 1, 100.0)
    assert (await figures(api, "channels"))["", "filed_at_desk"] == (0, 1, 0.0)
    assert (await figures(api, "filing"))["", "self"] == (1, 1, 100.0)


async def test_the_way_results_are_handed_over_counts_once_they_are(api: DeskApi) -> None:
    dossier = await api.ward.created(result_delivery="by_post")
    dossier = await api.ward.move(dossier, 9)
    assert (await figures(api, "channels"))["", "returned_by_post"] == (0, 0, None)

    await api.ward.move(dossier, 10)

    assert (await figures(api, "channels"))["", "returned_by_post"] == (1, 1, 100.0)


async def test_the_published_share_of_online_filings(api: DeskApi, sessions: Sessions) -> None:
    """Cà Mau, first quarter 2022: 4,775 of 13,765 filed online, 34.69 %."""
    await api.ward.created(channel="online", submitted_at="2022-02-01T08:00:00+07:00")
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq,"
                " last_occurred_at, channel, filing_mode, result_delivery, submitted_at, summary, applicant,"
                " components, fees, results) SELECT 'X-' || n, origin, unit_id, procedure_code, 2, 1, 1,"
                " last_occurred_at, CASE WHEN n < 4775 THEN 2 ELSE 1 END, filing_mode, 0,"
                " submitted_at + n % 50 * interval '1 day', 'X', '{}', '[]', '[]', '[]'"
                " FROM dossiers, generate_series(1, 13764) AS n"
            )
        )

    quarter = {"from": "2022-01-01", "to": "2022-03-31"}
    assert (await figures(api, "channels", **quarter))["", "filed_online"] == (4775, 13_765, 34.69)
    by_service = await figures(api, "channels", by="service_level", **quarter)
    assert by_service["unknown", "filed_online"] == (4775, 13_765, 34.69)


async def test_the_published_shares_of_services(api: DeskApi, sessions: Sessions) -> None:
    """Hòa Bình: 1,317 of 1,878 on the portal; 1,113 full and 745 partial ones among 1,858 offered online."""
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM procedures"))
        await session.execute(
            text(
                "INSERT INTO procedures (code, name, field_code, field_name, level, service_level)"
                " SELECT n, n, '', '', 'province', CASE WHEN n <= 1113 THEN 'full' WHEN n <= 1858"
                " THEN 'partial' ELSE 'information' END FROM generate_series(1, 1878) AS n"
            )
        )
        await session.execute(
            text(
                "INSERT INTO portal_procedures (code, on_portal)"
                " SELECT n, n <= 1317 FROM generate_series(1, 1878) AS n"
            )
        )

    assert await figures(api, "services") == {
        ("", "services_on_portal"): (1317, 1878, 70.13),
        ("", "services_online_on_portal"): (1317, 1858, 70.88),
        ("", "services_full"): (1113, 1858, 59.9),
        ("", "services_partial"): (745, 1858, 40.1),
    }


async def test_an_online_filing_must_be_answered_within_eight_working_hours(api: DeskApi) -> None:
    api.clock.at = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)  # Tuesday, 15:00 in Vietnam
    filing = {"channel": "online", "filing_mode": "self", "received": False}
    dossier = await api.ward.created(**filing, submitted_at="2026-03-10T15:00:00+07:00")
    late = await api.ward.created(**filing, submitted_at="2026-03-09T08:00:00+07:00")
    await api.ward.created(channel="direct")

    shown = await api.ward.read(dossier)
    assert (shown["acceptance_due_at"], shown["answered_at"]) == ("2026-03-11T15:00:00+07:00", None)
    overdue = await api.ward.get("/v1/reports/acceptance/overdue")
    assert [(item["code"], item["unit_code"]) for item in overdue["items"]] == [(late["code"], "H44.101")]
    assert (await api.abroad.get("/v1/reports/acceptance/overdue"))["items"] == []

    await api.ward.move(dossier, 2)
    await api.ward.move(late, 3)

    assert (await api.ward.get("/v1/reports/acceptance/overdue"))["items"] == []
    assert await figures(api, "acceptance") == {
        ("", "accepted_in_time"): (1, 2, 50.0),
        ("", "accepted_late"): (1, 2, 50.0),
    }


_CHANGES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(
            [
                {"channel": "online"},
                {"filing_mode": "on_behalf", "agent": {"name": "Lê Văn Tám", "ground": "relative"}},
                {"components": list(PAPERS)},
                {"components": []},
                {
                    "fees": [
                        {"name": "A", "amount_vnd": 5, "paid_by": "wallet"},
                        {"name": "B", "amount_vnd": 7},
                    ]
                },
                {"results": [{"name": "R", "link": LINK}]},
                "move",
            ]
        ),
    ),
    max_size=8,
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=_CHANGES)
async def test_the_counts_are_those_of_the_dossiers_as_they_stand(
    api: DeskApi, sessions: Sessions, changes: list[tuple[int, Any]]
) -> None:
    dossiers = [await api.ward.created() for _ in range(3)]
    dossiers.append(await api.province.created(unit_code="H44.102", channel="online"))
    for place, change in changes:
        if change == "move":
            status = (await api.province.read(dossiers[place]))["status"]
            if status != 10:
                dossiers[place] = await api.province.move(dossiers[place], {2: 9, 9: 10}[status])
        else:
            answer = await api.province.http.patch(
                f"/v1/dossiers/{dossiers[place]['id']}",
                json={"officer": "A", "reason": "sửa", **change},
                headers={"If-Match": dossiers[place]["etag"]},
            )
            dossiers[place] = answer.json() if answer.status_code == 200 else dossiers[place]

    async with sessions() as session:
        counted = await _counted(session, "dossier_days")
        assert counted == await _recounted(session)
        assert counted == await _counted(session, "dossier_months")
        assert counted == await _counted(session, "dossier_totals")


async def _counted(session: Any, table: str) -> dict[str, int]:
    sums = ", ".join(f"sum({name})::bigint AS {name}" for name in COUNT_NAMES)
    statement = text(f"SELECT {sums} FROM {table}")  # noqa: S608 - names of this house
    return dict((await session.execute(statement)).mappings().one())


async def _recounted(session: Any) -> dict[str, int]:
    """Count the dossiers themselves, in another way than the triggers do."""
    rows = (await session.execute(text("SELECT * FROM dossiers"))).mappings().all()
    papers = [paper for row in rows for paper in row["components"]]
    fees = [fee for row in rows for fee in row["fees"] if fee["amount_vnd"] > 0]
    paid = [fee for fee in fees if "paid_by" in fee]
    no_cash = [fee for fee in paid if fee["paid_by"] != "cash"]
    done = [row for row in rows if row["status"] in (9, 10)]
    handed = [row for row in rows if row["status"] == 10]
    due = [row for row in rows if row["acceptance_due_at"]]
    answered = [row for row in due if row["answered_at"]]
    return {
        "dossiers": len(rows),
        "by_citizen": sum(row["filing_mode"] == "self" for row in rows),
        "assisted": sum(row["filing_mode"] == "assisted" for row in rows),
        "on_behalf": sum(row["filing_mode"] == "on_behalf" for row in rows),
        "filed_at_desk": sum(row["channel"] == 1 for row in rows),
        "filed_online": sum(row["channel"] == 2 for row in rows),
        "filed_by_post": sum(row["channel"] == 3 for row in rows),
        "handed_over": len(handed),
        "handed_over_by_post": sum(row["result_delivery"] == 1 for row in handed),
        "components": len(papers),
        "digitised_components": sum(bool(paper.get("digitised")) for paper in papers),
        "reused_components": sum(
            bool(paper.get("reuse") or paper.get("from_national_store")) for paper in papers
        ),
        "finished": len(done),
        "digitised_results": sum(any("link" in paper for paper in row["results"]) for row in done),
        "to_accept": len(due),
        "accepted_in_time": sum(row["answered_at"] <= row["acceptance_due_at"] for row in answered),
        "accepted_late": sum(row["answered_at"] > row["acceptance_due_at"] for row in answered),
        "known_values": sum(row["known_values"] for row in rows),
        "values_asked_again": sum(row["values_asked_again"] for row in rows),
        "known_papers": sum(row["known_papers"] for row in rows),
        "papers_asked_again": sum(row["papers_asked_again"] for row in rows),
        "fees": len(fees),
        "paid_fees": len(paid),
        "fees_paid_without_cash": len(no_cash),
        "fees_vnd": sum(fee["amount_vnd"] for fee in fees),
        "paid_vnd": sum(fee["amount_vnd"] for fee in paid),
        "paid_without_cash_vnd": sum(fee["amount_vnd"] for fee in no_cash),
    }


async def test_the_use_case_reports_without_a_caller(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.created(filing_mode="self")
    today = Period(date(2020, 1, 1), date(2098, 12, 31))

    async with sessions() as session:
        rows = await report_dossiers(
            session, report=Report.FILING, period=today, within="/", by=Grouping.PROCEDURE
        )

    assert [(row.figure, row.group.key, row.group.name) for row in rows][:1] == [
        ("self", THREE_DAYS, f"Thủ tục {THREE_DAYS}")
    ]
