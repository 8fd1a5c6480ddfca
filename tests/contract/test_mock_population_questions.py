"""Asking the mock population database directly: what it answers, and what it does not say."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from tests.contract.population_caller import Caller, citizens_in, elements, soap, text_of


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_population(PopulationSettings(citizens=300)) as address:
        yield address


@pytest.fixture
def caller(address: str) -> Iterator[Caller]:
    with Caller(address) as caller:
        caller.control("POST", "/reset")
        yield caller


@pytest.fixture
def person(caller: Caller) -> dict[str, Any]:
    """Someone whose day of birth is known and who has no double."""
    return next(row for row in caller.people() if len(row["birth"]) == 8 and row["old_card"])


def test_whoever_knows_number_name_and_birth_gets_the_person(caller: Caller, person: dict[str, Any]) -> None:
    (citizen,) = caller.look_up(person)

    assert text_of(citizen, "SoDinhDanh") == person["number"]
    assert text_of(citizen, "SoCMND") == person["old_card"]
    assert text_of(citizen, "NgayThangNamSinh/NgayThangNam") == person["birth"]
    assert text_of(citizen, "SoSoHoKhau") == person["household"]
    assert text_of(citizen, "ChuHo/SoDinhDanh") == person["head_number"]


def test_the_whole_name_sits_in_its_last_part(caller: Caller, person: dict[str, Any]) -> None:
    (citizen,) = caller.look_up(person)

    names = [text_of(citizen, f"HoVaTen/{part}") for part in ("Ho", "ChuDem", "Ten")]
    assert names == ["", "", person["name"]]


def test_addresses_have_two_levels_and_codes_without_names(caller: Caller, person: dict[str, Any]) -> None:
    (citizen,) = caller.look_up(person)

    home = person["residence"]
    assert text_of(citizen, "ThuongTru/MaTinhThanh") == home["province"]
    assert text_of(citizen, "ThuongTru/MaPhuongXa") == home["ward"]
    assert text_of(citizen, "ThuongTru/MaQuanHuyen") == ""
    assert len(home["ward"]) == 5


@pytest.mark.parametrize(
    "spelling",
    [str.lower, lambda name: name.replace(" ", ""), lambda name: name.replace("GIẢ LẬP", "GIA LAP")],
    ids=["lower case", "no spaces", "no accents"],
)
def test_a_name_is_known_in_every_spelling_that_clients_send(
    caller: Caller, person: dict[str, Any], spelling: Any
) -> None:
    assert len(caller.look_up(person, HoVaTen=spelling(person["name"]))) == 1


def test_the_year_of_birth_is_enough(caller: Caller, person: dict[str, Any]) -> None:
    assert len(caller.look_up(person, NgayThangNamSinh=f"<Nam>{person['birth'][:4]}</Nam>")) == 1


def test_of_some_old_people_only_the_year_is_known(caller: Caller) -> None:
    old = caller.people("year_only")[0]

    (citizen,) = caller.look_up(old)

    assert text_of(citizen, "NgayThangNamSinh/Nam") == old["birth"]
    assert text_of(citizen, "NgayThangNamSinh/NgayThangNam") == ""
    assert not caller.look_up(old, NgayThangNamSinh=f"<NgayThangNam>{old['birth']}0101</NgayThangNam>")


@pytest.mark.parametrize(
    "changes",
    [
        {"HoVaTen": "NGUYỄN VĂN KHÁC"},
        {"NgayThangNamSinh": "<Nam>1901</Nam>"},
        {"NgayThangNamSinh": "<NgayThangNam>hôm qua</NgayThangNam>"},
        {"SoDinhDanh": "000000000000"},
        {"SoDinhDanh": "12"},
    ],
    ids=["name", "birth", "no date", "number", "short number"],
)
def test_whoever_does_not_fit_is_not_found_and_no_reason_is_given(
    caller: Caller, person: dict[str, Any], changes: dict[str, str]
) -> None:
    response = caller.post(soap(elements(person, **changes)))

    assert response.status_code == 200
    assert citizens_in(response.text) == []
    nobody = caller.post(soap(elements(person, SoDinhDanh="999999999999", HoVaTen="X")))
    # Up to its prefixes, the answer is the same for whatever is wrong.
    assert {len(citizens_in(answer.text)) for answer in (response, nobody)} == {0}


def test_a_dashed_birth_date_is_not_understood(caller: Caller, person: dict[str, Any]) -> None:
    day = datetime.strptime(person["birth"], "%Y%m%d").astimezone().strftime("%Y-%m-%d")

    assert not caller.look_up(person, NgayThangNamSinh=f"<NgayThangNam>{day}</NgayThangNam>")


def test_an_old_card_of_two_people_is_told_apart_by_name_and_birth(caller: Caller) -> None:
    sharer = caller.people("shared_old_card")[0]
    everyone = [row for row in caller.people(limit=1000) if row["old_card"] == sharer["old_card"]]
    assert len(everyone) == 2

    for person in everyone:
        parts = elements(person)
        del parts["SoDinhDanh"]
        by_card = {
            name: value
            for key, text in parts.items()
            for name, value in (
                (("SoCMND", person["old_card"]), (key, text)) if key == "HoVaTen" else ((key, text),)
            )
        }
        (citizen,) = citizens_in(caller.post(soap(by_card)).text)
        assert text_of(citizen, "SoDinhDanh") == person["number"]


def test_a_namesake_differs_in_the_number_alone(caller: Caller) -> None:
    double = caller.people("namesake")[0]
    other = next(
        row
        for row in caller.people(limit=1000)
        if (row["name"], row["birth"]) == (double["name"], double["birth"]) and row != double
    )

    found = [text_of(caller.look_up(person)[0], "SoDinhDanh") for person in (double, other)]

    assert found == [double["number"], other["number"]]
    assert double["number"] != other["number"]


def test_confirmation_says_yes_or_no_and_nothing_else(caller: Caller, person: dict[str, Any]) -> None:
    assert caller.confirm(person) == "true"
    assert caller.confirm(person, HoVaTen="NGUYỄN VĂN KHÁC") == "false"


def test_prefixes_vary_from_answer_to_answer(caller: Caller, person: dict[str, Any]) -> None:
    answers = [caller.post(soap(elements(person))).text for _ in range(30)]

    assert len({answer.split("<", 3)[2].split(" ")[0] for answer in answers}) == 4
    assert all(len(citizens_in(answer)) == 1 for answer in answers)


def test_elements_may_stand_in_no_namespace(caller: Caller, person: dict[str, Any]) -> None:
    response = caller.post(soap(elements(person), qualified=False))

    assert len(citizens_in(response.text)) == 1


@pytest.mark.parametrize("place", range(6))
def test_two_elements_in_the_wrong_order_are_refused(
    caller: Caller, person: dict[str, Any], place: int
) -> None:
    pairs = list(elements(person).items())
    pairs[place], pairs[place + 1] = pairs[place + 1], pairs[place]

    response = caller.post(soap(pairs))

    assert response.status_code == 500
    assert caller.fault(response) == f"Phần tử {pairs[place + 1][0]} sai thứ tự"


@pytest.mark.parametrize("name", ["MaYeuCau", "MaDVC", "MaTichHop", "MaCanBo", "HoVaTen", "NgayThangNamSinh"])
def test_a_missing_element_is_named(caller: Caller, person: dict[str, Any], name: str) -> None:
    assert caller.fault(caller.post(soap(elements(person, **{name: ""})))) == f"Thiếu {name}"


def test_a_question_without_any_number_is_refused(caller: Caller, person: dict[str, Any]) -> None:
    assert "Thiếu SoDinhDanh" in caller.fault(caller.post(soap(elements(person, SoDinhDanh=""))))


def test_a_look_up_needs_the_integration_code_037(caller: Caller, person: dict[str, Any]) -> None:
    assert "MaTichHop" in caller.fault(caller.post(soap(elements(person, MaTichHop="003"))))


def test_an_unknown_operation_is_refused(caller: Caller, person: dict[str, Any]) -> None:
    response = caller.post(soap(elements(person), operation="TraCuuTatCa"))

    assert caller.fault(response) == "Nghiệp vụ không tồn tại"


def test_a_fault_repeats_nothing_of_what_was_asked(caller: Caller, person: dict[str, Any]) -> None:
    response = caller.post(soap([*elements(person).items(), ("LaLam", person["number"])]))

    assert response.status_code == 500
    assert person["number"] not in response.text


@pytest.mark.parametrize("factor", [1000, 1], ids=["milliseconds", "seconds"])
def test_both_kinds_of_timestamp_are_good(caller: Caller, person: dict[str, Any], factor: int) -> None:
    headers = caller.hashed(str(int(time.time() * factor)))

    assert caller.post(soap(elements(person)), headers).status_code == 200


def test_a_wrong_hash_user_or_time_is_refused(caller: Caller, person: dict[str, Any]) -> None:
    text, now = soap(elements(person)), str(int(time.time() * 1000))
    wrong = [
        {},
        {"Timestamp": now},
        caller.hashed(now, secret="falsch"),
        caller.hashed(now, user="ai-do"),
        caller.hashed(now) | {"Timestamp": str(int(now) - 1)},
        caller.hashed(str(int(now) - 400_000)),
        caller.hashed("9" * 14),
        {"Timestamp": now, "Authorization": "Basic ???"},
    ]

    assert [caller.post(text, headers).status_code for headers in wrong] == [401] * len(wrong)


def test_timestamps_are_judged_by_the_databases_clock(caller: Caller, person: dict[str, Any]) -> None:
    moment = datetime.fromisoformat("2026-01-05T08:00:00+07:00")
    caller.control("PUT", "/clock", {"mode": "frozen", "at": moment.isoformat()})
    text = soap(elements(person))

    good = caller.hashed(str(int(moment.timestamp())))
    assert caller.post(text, good).status_code == 200
    late = caller.hashed(str(int((moment + timedelta(seconds=301)).timestamp())))
    assert caller.post(text, late).status_code == 401


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE e [<!ENTITY a "b">]><e>&a;</e>', "XML không được có DOCTYPE"),
        ("<a>" * 40 + "</a>" * 40, "XML lồng nhau quá 16 tầng"),
        ("<a/>", "Không phải phong bì SOAP 1.1"),
        ("", "XML không hợp lệ ở dòng 1"),
        ("không phải XML", "XML không hợp lệ ở dòng 1"),
        ('<?xml version="1.0"?><x:a/>', "XML không hợp lệ ở dòng 1"),
    ],
    ids=["document type", "deep", "other root", "empty", "text", "prefix without namespace"],
)
def test_hostile_xml_is_refused(caller: Caller, text: str, reason: str) -> None:
    response = caller.post(text.encode())

    assert response.status_code == 500
    assert caller.fault(response) == reason


def test_an_element_may_stand_once_only(caller: Caller, person: dict[str, Any]) -> None:
    pairs = list(elements(person).items())

    response = caller.post(soap([pairs[0], *pairs]))

    assert caller.fault(response) == "Phần tử MaYeuCau lặp lại"


def test_the_ledger_shows_who_asked_what(caller: Caller, person: dict[str, Any]) -> None:
    caller.look_up(person, MaYeuCau="yc-7")
    caller.look_up(person, MaYeuCau="yc-7", HoVaTen="AI KHÁC")
    caller.post(soap(elements(person, MaCanBo="")))

    summary = caller.control("GET", "/ledger/summary")
    rows = caller.control("GET", "/ledger")["rows"]

    assert summary["questions"] == 2
    assert summary["repeated_request_ids"] == 1
    assert summary["calls"] == {
        "TraCuuThongTinCongDan": {"found": 1, "not_found": 1},
        "unknown": {"refused": 1},
    }
    assert [row["outcome"] for row in rows] == ["found", "not_found", "refused"]
    assert rows[0]["asked"]["officer"] == "001090000001"
    assert rows[2]["message"] == "Thiếu MaCanBo"
    assert caller.control("GET", "/ledger/wait?questions=2&timeout=5")["reached"]


def test_a_person_of_the_testers_own_can_be_looked_up_until_the_reset(caller: Caller) -> None:
    mine = {
        "number": "001204999999",
        "name": "TRẦN GIẢ LẬP RIÊNG",
        "sex": "1",
        "birth_year": 2004,
        "birth_date": "2004-02-29",
        "residence": {"province": "01", "ward": "90001"},
    }
    shown = caller.control("POST", "/citizens", mine)

    assert len(caller.look_up(shown)) == 1
    assert [row["number"] for row in caller.people("added")] == ["001204999999"]
    caller.control("POST", "/reset")
    assert not caller.look_up(shown)
