"""Fees, payments that are reported twice, codes to pay by, and payouts."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
from typer.testing import CliRunner
from vietnam_qr_pay import QRPay

from services.cli.accounts import app
from services.core.application.manage_accounts import set_account
from services.core.domain.payment import BankAccount
from services.core.persistence.engine import Sessions
from tests.desk_api import Desk, DeskApi, problem

FEE = {"name": "Lệ phí hộ tịch", "amount_vnd": 8000}
COPY = {"name": "Phí bản sao", "amount_vnd": 3000, "stage": "at_result"}
PAID_AT = "2026-03-10T10:05:00+07:00"


async def pay(
    desk: Desk, dossier: Any, amount: int = 8000, reference: str = "FT1", **more: Any
) -> httpx.Response:
    body = {
        "amount_vnd": amount,
        "method": "bank",
        "provider": "970436",
        "reference": reference,
        "paid_at": PAID_AT,
    }
    return await desk.http.post(
        f"/v1/dossiers/{dossier['id']}/payments", json=body | more, headers={"Idempotency-Key": uuid4().hex}
    )


async def report(api: DeskApi, name: str, **query: str) -> dict[str, tuple[int, int]]:
    shown = await api.province.get(f"/v1/reports/{name}", **query)
    return {row["figure"]: (row["numerator"], row["denominator"]) for row in shown["figures"]}


async def test_a_payment_settles_the_fee_also_towards_the_portal(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE])

    answer = await pay(api.ward, dossier)

    assert answer.status_code == 201, answer.text
    assert (answer.json()["is_new"], answer.json()["open_vnd"]) == (True, 0)
    shown = await api.ward.read(dossier)
    assert (shown["fees"][0]["paid_by"], shown["fees"][0]["paid_at"]) == ("bank", PAID_AT)
    assert shown["etag"] == '"2-2"'
    last = (await api.ward.read(dossier, "/timeline"))["entries"][-1]
    assert (last["kind"], last["facts"]) == ("payment", {"amount_vnd": 8000, "method": "bank"})
    assert api.bell.rings == 2


async def test_a_payment_reported_twice_is_one_payment(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE, COPY])

    first, second = await pay(api.ward, dossier, 11_000), await pay(api.ward, dossier, 11_000)

    assert (first.json()["is_new"], second.json()["is_new"]) == (True, False)
    assert first.json()["payment"] == second.json()["payment"]
    assert len((await api.ward.read(dossier, "/payments"))["payments"]) == 1
    assert (await api.ward.get("/v1/payment-differences"))["items"] == []


async def test_of_two_reports_at_once_one_is_the_payment(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE])

    answers = await asyncio.gather(*(pay(api.ward, dossier) for _ in range(4)))

    assert sorted(answer.json()["is_new"] for answer in answers) == [False, False, False, True]


async def test_a_call_that_is_repeated_with_its_key_gets_its_answer(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE])
    body = {"amount_vnd": 8000, "method": "cash", "provider": "quay-1", "reference": "1", "paid_at": PAID_AT}
    url, headers = f"/v1/dossiers/{dossier['id']}/payments", {"Idempotency-Key": "thu-1"}

    first = await api.ward.http.post(url, json=body, headers=headers)
    second = await api.ward.http.post(url, json=body, headers=headers)
    other = await api.ward.http.post(url, json={**body, "amount_vnd": 1}, headers=headers)

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    problem(other, 422, "request-key-reused")


async def test_money_that_is_not_what_was_owed_is_a_difference(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE, COPY])

    answer = (await pay(api.ward, dossier, 9000)).json()

    assert (answer["open_vnd"], answer["payment"]["left_vnd"]) == (3000, 1000)
    (found,) = (await api.ward.get("/v1/payment-differences"))["items"]
    assert (found["kind"], found["expected_vnd"], found["reported_vnd"]) == ("amount", 11_000, 9000)
    assert found["dossier_code"] == dossier["code"]


async def test_a_second_report_with_another_amount_or_dossier_is_listed_and_changes_nothing(
    api: DeskApi,
) -> None:
    dossier, other = await api.ward.created(fees=[FEE]), await api.ward.created(fees=[FEE])
    await pay(api.ward, dossier)

    await pay(api.ward, dossier, 5000)
    await pay(api.ward, dossier, 5000)
    await pay(api.ward, other)

    items = (await api.ward.get("/v1/payment-differences"))["items"]
    assert [(found["kind"], found["dossier_code"]) for found in items] == [
        ("other_dossier", other["code"]),
        ("reported_again", dossier["code"]),
    ]
    assert {found["paid_dossier_code"] for found in items} == {dossier["code"]}
    assert (await api.ward.read(other, "/payments"))["open_vnd"] == 8000
    assert (await api.abroad.get("/v1/payment-differences"))["items"] == []


async def test_a_payment_after_the_end_still_counts(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[COPY])
    await api.ward.move(dossier, 9, 10)

    assert (await pay(api.ward, dossier, 3000)).json()["open_vnd"] == 0
    assert (await api.ward.read(dossier))["status"] == 10


async def test_a_payment_of_tomorrow_is_refused(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE])

    problem(await pay(api.ward, dossier, paid_at="2099-01-01T00:00:00+07:00"), 422, "entry-in-the-future")


async def test_money_is_reported_by_those_who_may(api: DeskApi) -> None:
    dossier = await api.ward.created(fees=[FEE])

    problem(await pay(api.desks["dossiers:write"], dossier), 403, "scope-missing")
    problem(await pay(api.abroad, dossier), 404, "dossier-not-found")


async def test_fees_paid_without_cash_are_counted_wherever_they_were_reported(api: DeskApi) -> None:
    await api.ward.created(fees=[{**FEE, "paid_by": "cash"}, {"name": "Miễn phí", "amount_vnd": 0}])
    paid = await api.ward.created(fees=[FEE])
    await api.ward.created(fees=[COPY])
    await pay(api.ward, paid)

    assert await report(api, "payments") == {
        "paid_fees": (2, 3),
        "paid_without_cash": (1, 2),
        "paid_vnd": (16_000, 19_000),
        "paid_without_cash_vnd": (8000, 16_000),
    }


async def give_account(sessions: Sessions, unit: str, number: str) -> None:
    async with sessions.begin() as session:
        account = BankAccount("970436", number, "KHO BAC NHA NUOC")
        await set_account(session, unit_code=unit, account=account)


async def test_a_payment_code_asks_for_what_is_owed(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions, "H44", "0011001234567")
    dossier = await api.ward.created(fees=[FEE, COPY, {**FEE, "paid_by": "cash"}])

    shown = await api.ward.read(dossier, "/payment-code")

    read = QRPay(shown["payload"])
    assert read.is_valid
    assert (read.consumer.bank_bin, read.consumer.bank_number) == ("970436", "0011001234567")
    assert (read.amount, read.additional_data.purpose) == ("11000", shown["purpose"])
    assert shown["purpose"] == dossier["code"].replace(".", " ").replace("-", " ")
    assert len(shown["purpose"]) <= 25
    picture = await api.ward.http.get(f"/v1/dossiers/{dossier['id']}/payment-code.svg")
    assert (picture.headers["content-type"], picture.content[:5]) == ("image/svg+xml", b"<?xml")


async def test_the_account_of_the_unit_itself_comes_first(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions, "H44", "1111111111")
    await give_account(sessions, "H44.101", "2222222222")
    ward = await api.province.created(fees=[FEE])
    other = await api.province.created(fees=[FEE], unit_code="H44.102")

    assert (await api.province.read(ward, "/payment-code"))["account_number"] == "2222222222"
    assert (await api.province.read(other, "/payment-code"))["account_number"] == "1111111111"


async def test_there_is_no_code_without_a_debt_or_an_account(api: DeskApi) -> None:
    owing, free = await api.ward.created(fees=[FEE]), await api.ward.created()

    for dossier, code in ((owing, "account-missing"), (free, "nothing-to-pay")):
        answer = await api.ward.http.get(f"/v1/dossiers/{dossier['id']}/payment-code")
        problem(answer, 409, code)


def a_payout(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "unit_code": "H44.101",
        "programme": "Bảo trợ xã hội",
        "reference": f"T2-{number}",
        "recipient": "Bùi Thị Mến",
        "amount_vnd": 500_000,
        "channel": "bank",
        "paid_on": "2024-02-20",
        **changes,
    }


async def report_payouts(desk: Desk, *payouts: dict[str, Any]) -> Any:
    answer = await desk.http.post("/v1/payouts:batch", json={"payouts": payouts})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_payouts_sent_twice_are_counted_once(api: DeskApi) -> None:
    lines = [a_payout(1), a_payout(2, channel="post"), a_payout(3, channel="wallet"), a_payout(1)]

    assert await report_payouts(api.ward, *lines) == {"stored": 3, "known": 1, "refused": []}
    assert await report_payouts(api.ward, *lines) == {"stored": 0, "known": 4, "refused": []}

    query = {"from": "2024-02-01", "to": "2024-02-29"}
    assert await report(api, "payouts", **query) == {
        "paid_out_without_cash": (2, 3),
        "paid_out_without_cash_vnd": (1_000_000, 1_500_000),
    }
    assert await report(api, "payouts", **{**query, "from": "2024-02-21"}) == {
        "paid_out_without_cash": (0, 0),
        "paid_out_without_cash_vnd": (0, 0),
    }


async def test_a_payout_that_differs_from_the_record_is_named_and_not_stored(api: DeskApi) -> None:
    await report_payouts(api.ward, a_payout(1))

    answer = await report_payouts(api.ward, a_payout(1, amount_vnd=1), a_payout(2, unit_code="H29"))

    assert answer["refused"] == [
        {"line": 1, "outcome": "differs"},
        {"line": 2, "outcome": "unknown_unit"},
    ]
    assert (await report(api, "payouts", **{"from": "2024-02-01", "to": "2024-02-29"}))[
        "paid_out_without_cash_vnd"
    ] == (500_000, 500_000)


async def test_payouts_are_under_no_procedure(api: DeskApi) -> None:
    problem(await api.ward.http.get("/v1/reports/payouts?by=procedure"), 422, "grouping-not-kept")


async def test_the_figure_of_sixteen_thousand_recipients(api: DeskApi) -> None:
    rest = 16_332
    while rest:
        lines = [a_payout(number, amount_vnd=515_062) for number in range(rest, max(rest - 1000, 0), -1)]
        await report_payouts(api.ward, *lines)
        rest = max(rest - 1000, 0)

    shown = await api.province.get("/v1/reports/payouts", **{"from": "2024-02-01", "to": "2024-02-29"})

    assert [(row["numerator"], row["denominator"], row["share"]) for row in shown["figures"]] == [
        (16_332, 16_332, 100.0),
        (8_411_992_584, 8_411_992_584, 100.0),
    ]


def test_an_account_that_no_code_could_name_is_refused_by_the_command(database_url: str) -> None:
    answer = CliRunner(env={"LIENTHONG_DATABASE_URL": database_url}).invoke(
        app, ["set", "H44", "--bank-bin", "97", "--number", "0011", "--holder", "KBNN"]
    )

    assert answer.exit_code == 1
    assert "BIN" in answer.stderr
