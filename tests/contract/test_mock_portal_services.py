"""The services beside dossiers: dictionaries, accounts, questions, ratings, and the province's gateway."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from services.mock_portal.dictionaries import SEEDED
from services.mock_portal.instance import running_portal
from services.mock_portal.mapi import SERVICES
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import CALL, DSTCODE, Desk, accepted, dossier

CODE = "000.00.01.H22-260105-0001"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


@pytest.mark.parametrize("service", [name for name in sorted(SERVICES) if name.startswith("LayDanhMuc")])
def test_every_dictionary_answers_rows_with_keys_in_capitals(desk: Desk, service: str) -> None:
    answer = desk.call(service)

    assert accepted(answer)
    assert all(key.isupper() for row in answer["result"] for key in row)
    # Districts ended on 1/7/2025.
    assert bool(answer["result"]) is (service != "LayDanhMucQuanHuyen")


def test_the_country_has_34_provinces_and_54_peoples(desk: Desk) -> None:
    assert len(desk.call("LayDanhMucTinhThanh")["result"]) == 34
    assert len(desk.call("LayDanhMucDanToc")["result"]) == 54


def test_communes_are_narrowed_by_their_province(desk: Desk) -> None:
    rows = desk.call("LayDanhMucPhuongXa", maTinhThanh="01")["result"]

    assert rows
    assert {row["MATINHTHANH"] for row in rows} == {"01"}
    assert len(rows) < len(SEEDED["LayDanhMucPhuongXa"])


def test_a_procedure_leads_to_the_decision_that_published_it(desk: Desk) -> None:
    (shown,) = desk.call("LayThuTuc", maTTHC="1.001193")["result"]
    (decision,) = desk.call("LayQDCB", idQDCB=shown["IDQUYETDINHCONGBO"])["result"]

    assert {"MATTHC": "1.001193"} in decision["THUTUCHANHCHINH"]
    assert desk.call("LayQDCB", idQDCB="QDCB-LV9999")["result"] == []
    assert "idQDCB" in desk.call("LayQDCB")["message"]


def test_procedures_are_listed_by_their_service_level(desk: Desk) -> None:
    every = desk.call("LayDanhMucThuTucThuocLoai")["result"]
    full = desk.call("LayDanhMucThuTucThuocLoai", maLoai="4")["result"]

    assert {row["MALOAI"] for row in every} == {"2", "3", "4"}
    assert {row["MALOAI"] for row in full} == {"4"}


@pytest.mark.parametrize(
    ("number", "known"), [("001099000017", True), ("012345678", True), ("001099010000", False), ("17", False)]
)
def test_an_account_stands_behind_an_identity_number(desk: Desk, number: str, *, known: bool) -> None:
    first = desk.call("TraCuuTechID", provider="wso2is", mstorcmnd=number)["result"]
    again = desk.call("TraCuuTechID", provider="wso2is", mstorcmnd=number)["result"]

    assert bool(first) is known
    assert first == again
    assert all(number not in row["TECHNICALID"] for row in first)


def test_the_account_service_asks_for_its_provider(desk: Desk) -> None:
    assert "provider" in desk.call("TraCuuTechID", mstorcmnd="012345678")["message"]


def test_a_citizens_question_is_answered_and_the_answer_can_be_read(desk: Desk) -> None:
    question = desk.call("LayDanhSachHoiDapGuiTuDVCQG")["result"][0]
    number = question["IDCAUHOI"]
    reply = {"IdCauHoi": number, "NoiDungTraLoi": "8.000 đồng", "NgayTraLoi": "20260107090000"}

    assert question["TRANGTHAI"] == "0"
    assert desk.call("LayNoiDungTraLoiTheoCauHoi", idCauHoi=number)["result"] == []
    assert accepted(desk.call("DongBoKetQuaHoiDapGuiTuDVCQG", data=[reply]))
    (shown,) = desk.call("LayNoiDungTraLoiTheoCauHoi", idCauHoi=number)["result"]
    assert shown["NOIDUNGTRALOI"] == "8.000 đồng"
    assert desk.call("LayDanhSachHoiDapGuiTuDVCQG")["result"][0]["TRANGTHAI"] == "1"


def test_a_tester_asks_as_a_citizen_and_only_the_asked_organisation_sees_it(desk: Desk) -> None:
    order = {"unit": "H22.01", "title": "Hỏi", "text": "Bao giờ có kết quả?"}
    number = desk.control("POST", "/questions", order)["number"]

    def numbers(unit: str) -> list[str]:
        rows = desk.call("LayDanhSachHoiDapGuiTuDVCQG", madonvi=unit)["result"]
        return [row["IDCAUHOI"] for row in rows]

    assert number in numbers("H22.01")
    assert number not in numbers("H56")


def test_an_answer_to_no_question_is_refused(desk: Desk) -> None:
    reply = {"IdCauHoi": "CH-9999", "NoiDungTraLoi": "x", "NgayTraLoi": "20260107090000"}

    assert "IdCauHoi" in desk.call("DongBoKetQuaHoiDapGuiTuDVCQG", data=[reply])["message"]


def test_an_organisations_own_questions_are_its_own(desk: Desk) -> None:
    item = {
        "IdCauHoi": "H22-HD-1",
        "NoiDungCauHoi": "Nộp ở đâu?",
        "NoiDungTraLoi": "Ở bất cứ xã nào.",
        "NgayTraLoi": "20260107090000",
    }
    assert accepted(desk.call("DongBoHoiDap", data=[item]))

    assert [row["IDCAUHOI"] for row in desk.call("LayDanhSachHoiDapBoCoQuan")["result"]] == ["H22-HD-1"]
    assert desk.call("LayDanhSachHoiDapBoCoQuan", madonvi="H56")["result"] == []
    (shown,) = desk.call("LayNoiDungTraLoiTheoCauHoi", idCauHoi="H22-HD-1")["result"]
    assert shown["NOIDUNGTRALOI"] == "Ở bất cứ xã nào."


@pytest.mark.parametrize(
    ("changes", "word"),
    [({"MaHoSo": "H22-other"}, "MaHoSo"), ({"MucDoHaiLong": "4"}, "MucDoHaiLong"), ({}, "")],
)
def test_a_rating_is_of_a_dossier_that_is_here(desk: Desk, changes: dict[str, object], word: str) -> None:
    desk.create(dossier(CODE))
    rating = {"MaHoSo": CODE, "MucDoHaiLong": "1", "NgayDanhGia": "20260108080000"} | changes

    answer = desk.call("DongBoDanhGia", data=[rating])

    assert accepted(answer) is not bool(changes)
    assert word in answer["message"]


@pytest.mark.parametrize(
    ("kind", "status", "sound"), [("2", "11", True), ("1", "2", False), ("2", "12", False)]
)
def test_notice_statuses_are_of_type_2_and_know_status_11(
    desk: Desk, kind: str, status: str, *, sound: bool
) -> None:
    item = {"MaHoSo": "KM-2026-1", "TrangThai": status}

    assert accepted(desk.call("DongBoTrangThaiHoSo", type=kind, data=[item])) is sound
    (received,) = desk.control("GET", "/ledger?mahoso=KM-2026-1")["received"]
    assert received["item"] == item


def gateway(desk: Desk, service: str, body: object, **query: str) -> dict[str, Any]:
    response = desk.http.post(f"/KetNoiMotCuaQuocGia/{service}", json=body, params=query)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


def test_the_gateway_needs_no_session_and_wraps_what_is_read(desk: Desk) -> None:
    answer = gateway(desk, "LayThuTuc", {"maTTHC": "1.001193"}, MaDinhDanhDV="H22")

    assert set(answer) == {"error_code", "message"}
    inner = json.loads(answer["message"])
    assert inner["result"][0]["MATTHC"] == "1.001193"
    assert accepted(inner)


def test_a_push_through_the_gateway_takes_its_mode_from_the_query_and_is_not_wrapped(desk: Desk) -> None:
    query = {"isUpdating": "False", "MaDinhDanhDV": "H22"}
    answer = gateway(desk, "DongBoHoSoMC", {"data": [dossier(CODE)]}, **query)
    again = gateway(desk, "DongBoHoSoMC", {"data": [dossier(CODE)]}, **query)

    assert accepted(answer)
    assert len(desk.look_up(CODE)) == 1
    assert str(again["error_code"]) in {"3", "-3"}
    assert "đã tồn tại" in again["message"]


def test_the_gateway_knows_the_portals_services_only(desk: Desk) -> None:
    assert "service" in json.loads(gateway(desk, "LayKhac", {}, MaDinhDanhDV="H22")["message"])["message"]
    assert "madonvi" in json.loads(gateway(desk, "LayDanhSachTTHC", {})["message"])["message"]


def test_a_header_asks_for_the_wrapping_on_any_address(desk: Desk) -> None:
    body = {"session": desk.session, "madonvi": "H22", "service": "DongBoHoSoMC", "isUpdating": "False"}
    headers = {"x-mock-gateway": "1"}
    answer = desk.http.post(CALL, json=body | {"data": [dossier(CODE)]}, headers=headers).json()

    assert accepted(json.loads(answer["message"]))
    assert "thành công" in answer["message"]


def test_a_switch_wraps_every_answer() -> None:
    with running_portal(PortalSettings(gateway_mode=True)) as address, httpx.Client(base_url=address) as http:
        login = {"username": "h22", "password": "x"}
        path = "/XrdAdapter/RestService/forward/mapi/login"
        answer = http.post(path, json=login, headers={"dstcode": DSTCODE}).json()

    assert accepted(json.loads(answer["message"]))


def test_the_gateway_wraps_pushes_too_if_so_set() -> None:
    with running_portal(PortalSettings(gateway_wraps="all")) as address, Desk(address) as desk:
        query = {"isUpdating": "False", "MaDinhDanhDV": "H22"}
        answer = gateway(desk, "DongBoHoSoMC", {"data": [dossier(CODE)]}, **query)

    assert accepted(json.loads(answer["message"]))


def test_a_catalogue_answer_can_break_off(desk: Desk) -> None:
    whole = desk.call("LayDanhSachTTHC")["result"]
    desk.control("PUT", "/catalogue/list-cut", {"rows": 5})

    assert desk.call("LayDanhSachTTHC")["result"] == whole[:5]
    assert len(desk.call("LayThuTuc", maTTHC=whole[-1]["MATTHC"])["result"]) == 1
    desk.reset()
    assert len(desk.call("LayDanhSachTTHC")["result"]) == len(whole)


def test_the_key_of_a_forms_link_is_written_in_two_ways() -> None:
    with running_portal(PortalSettings(paper_url_key="Url")) as address, Desk(address) as desk:
        (shown,) = desk.call("LayThuTuc", maTTHC="1.001193")["result"]

    assert "Url" in shown["THANHPHANHOSO"][0]["GIAYTO"][0]
