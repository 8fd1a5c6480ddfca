"""What citizens need not be asked again, and how the record keeps people apart."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.remember_citizen import remember_citizen
from services.core.domain.identity import IdentityNumber, Sex
from services.core.domain.lookup import Address, Birth, Match
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, a_filing, problem
from tests.integration.look_up_cases import ScriptedPopulation, give_account, looking_up, one_round

HOA = "025190000123"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def applicant(name: str = "Nguyễn Thị Hoa", number: str = HOA, **more: Any) -> dict[str, Any]:
    return {"kind": "citizen", "name": name, "identity_number": number, **more}


def a_match(name: str = "NGUYỄN THỊ HOA", number: str = HOA) -> Match:
    home = Address("25", "08230", "Tổ 3, Nông Trang")
    return Match(IdentityNumber(number), name, Birth.parse("1990-03-02"), Sex.FEMALE, home)


async def find(api: DeskApi, number: str = HOA) -> Any:
    return await api.province.http.post("/v1/citizens:find", json={"identity_number": number})


async def prefill(api: DeskApi, number: str = HOA, **query: str) -> Any:
    citizen = (await find(api, number)).json()["id"]
    return await api.province.get(f"/v1/citizens/{citizen}/prefill", **query)


def values(shown: Any) -> dict[str, tuple[str, str]]:
    return {known["field"]: (known["value"], known["source"]) for known in shown["values"]}


async def remember(sessions: Sessions, match: Match, *, as_of: datetime = NOW, asked: str = HOA) -> bool:
    async with sessions.begin() as session:
        return await remember_citizen(session, asked=IdentityNumber(asked), match=match, as_of=as_of)


async def test_a_dossier_tells_the_next_desk_what_it_need_not_ask(api: DeskApi) -> None:
    await api.ward.created(applicant=applicant(phone="0912345678", address="Tổ 3, Việt Trì"))

    shown = await prefill(api)

    assert values(shown) == {
        "name": ("Nguyễn Thị Hoa", "dossier"),
        "phone": ("0912345678", "dossier"),
        "address": ("Tổ 3, Việt Trì", "dossier"),
    }
    assert (shown["papers"], shown["contradictions"]) == ([], 0)


async def test_nobody_is_found_who_never_filed(api: DeskApi) -> None:
    problem(await find(api), 404, "citizen-not-found")
    unknown = await api.province.http.get("/v1/citizens/025190000123/prefill")
    assert HOA not in unknown.text
    problem(unknown, 404, "citizen-not-found")


async def test_the_record_of_citizens_needs_its_own_scope(api: DeskApi) -> None:
    answer = await api.desks["dossiers:read"].http.post("/v1/citizens:find", json={"identity_number": HOA})

    problem(answer, 403, "scope-missing")


async def test_an_agent_or_a_business_is_no_citizen_on_record(api: DeskApi) -> None:
    agent = {"name": "Lê Văn Tám", "ground": "authorisation", "identity_number": "025190000777"}
    business = {"kind": "business", "name": "Công ty A", "identity_number": "025190000888"}
    await api.ward.created(filing_mode="on_behalf", agent=agent)
    await api.ward.created(applicant=business)

    assert (await find(api, "025190000777")).status_code == 404
    assert (await find(api, "025190000888")).status_code == 404
    assert (await find(api)).status_code == 200


async def test_a_later_dossier_brings_newer_values_and_keeps_the_others(api: DeskApi) -> None:
    await api.ward.created(applicant=applicant(phone="0911111111", email="hoa@a.vn"))
    await api.ward.created(applicant=applicant(phone="0922222222"))

    assert values(await prefill(api))["phone"] == ("0922222222", "dossier")
    assert values(await prefill(api))["email"] == ("hoa@a.vn", "dossier")


async def test_an_imported_old_dossier_does_not_overwrite_newer_values(api: DeskApi) -> None:
    await api.ward.created(applicant=applicant(phone="0922222222"))
    old = {"status": 2, "occurred_at": "2021-03-01T08:00:00+07:00", "officer": "A", "text": "Tiếp nhận"}
    filing = a_filing(
        applicant=applicant(phone="0911111111"),
        officer=None,
        history=[old],
        due_at="2021-03-04T08:00:00+07:00",
    )
    assert (await api.ward.create(filing)).status_code == 201

    assert values(await prefill(api))["phone"] == ("0922222222", "dossier")


async def test_a_mistyped_number_does_not_overwrite_somebody_elses_record(api: DeskApi) -> None:
    await api.ward.created(applicant=applicant(phone="0911111111"))
    await api.ward.created(applicant=applicant("Trần Văn Bốn", phone="0999999999"))

    shown = await prefill(api)

    assert values(shown)["name"] == ("Nguyễn Thị Hoa", "dossier")
    assert values(shown)["phone"] == ("0911111111", "dossier")
    assert shown["contradictions"] == 1


async def test_a_match_outranks_what_dossiers_say_before_and_after(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.created(applicant=applicant(phone="0911111111"))
    assert await remember(sessions, a_match())
    await api.ward.created(applicant=applicant("nguyen thi hoa", phone="0922222222"))

    assert values(await prefill(api)) == {
        "name": ("NGUYỄN THỊ HOA", "look_up"),
        "birth": ("1990-03-02", "look_up"),
        "sex": ("female", "look_up"),
        "phone": ("0922222222", "dossier"),
        "permanent_address": ("Tổ 3, Nông Trang, 08230, 25", "look_up"),
    }


async def test_a_match_for_another_name_drops_what_a_mistyped_dossier_left(
    api: DeskApi, sessions: Sessions
) -> None:
    await api.ward.created(applicant=applicant("Trần Văn Bốn", phone="0999999999"))
    await remember(sessions, a_match())

    shown = await prefill(api)

    assert values(shown)["name"] == ("NGUYỄN THỊ HOA", "look_up")
    assert "phone" not in values(shown)


async def test_the_worker_fills_the_record_when_it_looks_an_applicant_up(
    api: DeskApi, sessions: Sessions
) -> None:
    await give_account(sessions)
    await api.ward.created(applicant=applicant(phone="0911111111"))

    await one_round(looking_up(sessions, ScriptedPopulation([a_match()])))

    shown = values(await prefill(api))
    assert (shown["name"], shown["birth"]) == (("NGUYỄN THỊ HOA", "look_up"), ("1990-03-02", "look_up"))


async def test_a_match_of_another_number_is_not_kept(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.created(applicant=applicant(phone="0911111111"))

    assert not await remember(sessions, a_match("Trần Văn Bốn", "025190000999"))

    assert values(await prefill(api))["name"] == ("Nguyễn Thị Hoa", "dossier")
    assert (await find(api, "025190000999")).status_code == 404


async def test_an_older_match_that_comes_late_does_not_take_the_place_of_a_newer_one(
    api: DeskApi, sessions: Sessions
) -> None:
    await remember(sessions, a_match("Nguyễn Thị Hoa"), as_of=NOW)
    await remember(sessions, a_match("Nguyễn Thị Hoà Bình"), as_of=NOW.replace(year=2024))

    shown = await prefill(api)

    assert values(shown)["name"][0] == "Nguyễn Thị Hoa"
    assert shown["contradictions"] == 1


async def test_a_corrected_number_takes_back_what_it_told_of_somebody_else(api: DeskApi) -> None:
    dossier = await api.ward.created(applicant=applicant(phone="0911111111"))
    right = "025190000456"
    answer = await api.ward.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={"officer": "A", "reason": "gõ nhầm", "applicant": {"identity_number": right}},
        headers={"If-Match": dossier["etag"]},
    )

    assert answer.status_code == 200, answer.text
    assert values(await prefill(api, right))["phone"] == ("0911111111", "dossier")
    assert values(await prefill(api)) == {}


async def test_a_correction_outranks_what_later_dossiers_say(api: DeskApi) -> None:
    dossier = await api.ward.created(applicant=applicant(phone="0911111111", email="hoa@a.vn"))
    await api.ward.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={"officer": "A", "reason": "đổi số", "applicant": {"phone": "0933333333"}},
        headers={"If-Match": dossier["etag"]},
    )
    await api.ward.created(applicant=applicant(phone="0911111111"))

    shown = values(await prefill(api))
    assert shown["phone"] == ("0933333333", "correction")
    assert shown["email"] == ("hoa@a.vn", "dossier")


async def test_who_files_in_the_owners_place_is_named(api: DeskApi) -> None:
    nameless = a_filing(filing_mode="on_behalf")
    agent = {"name": "Lê Văn Tám", "ground": "officer"}

    refused = problem(await api.ward.create(nameless), 422, "agent-needed")
    assert refused["errors"][0]["pointer"] == "/agent"

    dossier = await api.ward.created(filing_mode="assisted")
    correction = {"officer": "A", "reason": "nộp thay", "filing_mode": "on_behalf"}
    url, now = f"/v1/dossiers/{dossier['id']}", {"If-Match": dossier["etag"]}
    problem(await api.ward.http.patch(url, json=correction, headers=now), 422, "agent-needed")
    told = await api.ward.http.patch(url, json={**correction, "agent": agent}, headers=now)
    assert told.status_code == 200, told.text
    changed = {"If-Match": told.headers["ETag"]}
    forgotten = {"officer": "A", "reason": "bỏ tên", "agent": None}
    problem(await api.ward.http.patch(url, json=forgotten, headers=changed), 422, "agent-needed")
    on_their_own = {"officer": "A", "reason": "tự nộp", "filing_mode": "self"}
    problem(await api.ward.http.patch(url, json=on_their_own, headers=changed), 422, "agent-not-wanted")


async def test_a_register_of_an_older_system_need_not_tell_who_filed(api: DeskApi) -> None:
    history = [{"status": 2, "officer": "A", "text": "Tiếp nhận", "occurred_at": "2026-03-09T08:00:00+07:00"}]

    dossier = await api.ward.created(
        filing_mode="on_behalf", code="H44.101-250309-0001", history=history, officer=None
    )

    assert (await api.ward.read(dossier))["filing_mode"] == "on_behalf"


async def test_papers_stay_with_their_owner_whoever_filed(api: DeskApi) -> None:
    birth = {"name": "Giấy khai sinh", "code": "TP.01", "link": "https://luutru.vn/1", "digitised": True}
    on_paper = {"name": "Tờ khai", "code": "TP.02"}
    agent = {"name": "Lê Văn Tám", "ground": "relative", "identity_number": "025190000777"}
    dossier = await api.ward.created(
        filing_mode="on_behalf",
        agent=agent,
        components=[birth, on_paper],
        results=[{"name": "Bản sao", "code": "KQ.01", "link": "https://luutru.vn/2"}],
    )

    papers = (await prefill(api, procedure="1.001193"))["papers"]

    assert [(paper["code"], paper["reuse"], paper["usual"]) for paper in papers] == [
        ("TP.01", "component", True),
        ("KQ.01", "result", False),
    ]
    assert {paper["dossier_code"] for paper in papers} == {dossier["code"]}
    assert (await api.ward.read(dossier))["agent"] == {**agent, "phone": None, "paper": None}


async def test_a_paper_that_has_expired_is_shown_as_such(api: DeskApi) -> None:
    paper = {"name": "Giấy khám", "code": "TP.09", "link": "https://luutru.vn/1", "digitised": True}
    await api.ward.created(components=[{**paper, "valid_until": "2020-01-01"}])

    (shown,) = (await prefill(api))["papers"]

    assert (shown["valid"], shown["valid_until"]) == (False, "2020-01-01")


async def test_papers_filed_under_a_mistyped_number_are_not_offered_to_its_owner(api: DeskApi) -> None:
    paper = {"name": "Giấy khai sinh", "code": "TP.01", "link": "https://luutru.vn/1", "digitised": True}
    await api.ward.created(applicant=applicant())
    await api.ward.created(applicant=applicant("Trần Văn Bốn"), components=[paper])

    assert (await prefill(api))["papers"] == []


async def test_an_agent_is_refused_where_the_citizen_files_alone(api: DeskApi) -> None:
    filing = a_filing(filing_mode="self", agent={"name": "Lê Văn Tám", "ground": "officer"})

    refused = problem(await api.ward.create(filing), 422, "agent-not-wanted")

    assert refused["errors"][0]["pointer"] == "/agent"


async def asked_again(api: DeskApi) -> dict[str, tuple[int, int]]:
    report = await api.province.get("/v1/reports/asked-again")
    return {row["figure"]: (row["numerator"], row["denominator"]) for row in report["figures"]}


async def test_what_was_known_and_asked_again_is_counted(api: DeskApi) -> None:
    paper = {"name": "Giấy khai sinh", "code": "TP.01", "link": "https://luutru.vn/1", "digitised": True}
    known = applicant(phone="0911111111", address="Tổ 3")
    await api.ward.created(applicant=known, components=[paper])
    assert await asked_again(api) == {"values_asked_again": (0, 0), "papers_asked_again": (0, 0)}

    await api.ward.created(applicant={**known, "email": "hoa@a.vn"}, components=[paper])
    assert await asked_again(api) == {"values_asked_again": (2, 2), "papers_asked_again": (1, 1)}

    reused = {**paper, "reuse": "component"}
    await api.ward.created(applicant=known, prefilled=["phone", "address"], components=[reused])
    assert await asked_again(api) == {"values_asked_again": (2, 4), "papers_asked_again": (1, 2)}


async def test_a_stranger_under_the_same_number_was_not_known(api: DeskApi) -> None:
    await api.ward.created(applicant=applicant(phone="0911111111"))
    await api.ward.created(applicant=applicant("Trần Văn Bốn", phone="0911111111"))

    assert (await asked_again(api))["values_asked_again"] == (0, 0)


async def test_one_batch_may_file_twice_for_one_citizen(api: DeskApi) -> None:
    answer = await api.ward.batch(
        a_filing(applicant=applicant(phone="0911111111")),
        a_filing(applicant=applicant(email="hoa@a.vn")),
        a_filing(applicant=applicant("Trần Văn Bốn", "025190000456")),
    )

    assert answer.status_code == 200, answer.text
    assert values(await prefill(api))["phone"][0] == "0911111111"
    assert values(await prefill(api))["email"][0] == "hoa@a.vn"
    assert values(await prefill(api, "025190000456"))["name"][0] == "Trần Văn Bốn"


async def test_a_repeated_call_teaches_nothing_new(api: DeskApi, sessions: Sessions) -> None:
    for _ in range(2):
        await api.ward.create(a_filing(applicant=applicant(phone="0911111111")), key="once")

    async with sessions() as session:
        assert await session.scalar(text("SELECT count(*) FROM citizens")) == 1
    assert await asked_again(api) == {"values_asked_again": (0, 0), "papers_asked_again": (0, 0)}


@pytest.mark.parametrize("bad", ["12345", "02519000012a", ""])
async def test_a_number_that_is_none_is_refused_without_repeating_it(api: DeskApi, bad: str) -> None:
    answer = await find(api, bad)

    assert answer.status_code == 422
    assert not bad or bad not in answer.text
