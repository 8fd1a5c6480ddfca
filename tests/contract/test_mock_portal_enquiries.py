"""Looking things up: dossiers, procedures, dictionaries."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import Desk, accepted, dossier

CATALOGUE = """\
code,name,field_name,level,processing_time_value,processing_time_unit,fee_vnd,service_level,yields_paper
1.004873,Cấp Giấy xác nhận tình trạng hôn nhân,Hộ tịch,commune,3,working_day,15000,full,yes
1.000080,Nhận cha mẹ con,Hộ tịch,province,7,,,unknown,no
2.000815,Chứng thực bản sao,Chứng thực,commune,1,same_day,2000,information,yes
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("catalogue") / "procedures.csv"
    path.write_text(CATALOGUE, encoding="utf-8")
    with running_portal(PortalSettings(catalogue_path=path, lookup_shows_progress=False)) as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


def test_an_unknown_dossier_gives_an_empty_result_not_an_error(desk: Desk) -> None:
    answer = desk.call("TraCuuHoSo", mahoso="H22-1")

    assert accepted(answer)
    assert answer["result"] == []


def test_progress_is_left_out_of_the_look_up_when_switched_off(desk: Desk) -> None:
    desk.create(dossier("H22-1", MaTTHC="1.004873"))

    assert "DanhSachTienDo" not in desk.look_up("H22-1")[0]


@pytest.mark.parametrize("mahoso", [None, "", 7])
def test_a_look_up_without_a_code_is_refused(desk: Desk, mahoso: object) -> None:
    answer = desk.call("TraCuuHoSo", mahoso=mahoso)

    assert str(answer["error_code"]) == "-1"
    assert "mahoso" in answer["message"]


@pytest.mark.parametrize("unit", [None, "", 7])
def test_a_call_names_its_organisation(desk: Desk, unit: object) -> None:
    assert "madonvi" in desk.call("LayDanhSachTTHC", madonvi=unit)["message"]


def test_the_procedure_list_is_the_loaded_catalogue(desk: Desk) -> None:
    rows = desk.call("LayDanhSachTTHC")["result"]

    assert [row["MATTHC"] for row in rows] == ["1.004873", "1.000080", "2.000815"]
    assert rows[0]["TENTTHC"] == "Cấp Giấy xác nhận tình trạng hôn nhân"


def test_a_procedure_shows_time_fee_field_and_result_under_upper_case_keys(desk: Desk) -> None:
    (shown,) = desk.call("LayThuTuc", maTTHC="1.004873")["result"]

    assert shown["MATTHC"] == "1.004873"
    assert shown["LINHVUCTHUCHIEN"] == [{"MALINHVUC": "LV0002", "TENLINHVUC": "Hộ tịch"}]
    assert shown["CAPTHUCHIEN"][0]["CAPTHUCHIEN"] == "3"
    assert [way["KENH"] for way in shown["CACHTHUCTHUCHIEN"]] == ["1", "2"]
    (time,) = shown["CACHTHUCTHUCHIEN"][0]["THOIGIAN"]
    assert (time["THOIGIANGIAIQUYET"], time["DONVITINH"]) == ("3", "Ngày làm việc")
    assert time["PHILEPHI"][0]["SOTIEN"] == "15000"
    assert len(shown["KETQUATHUCHIEN"]) == 1


def test_a_procedure_without_published_time_shows_none(desk: Desk) -> None:
    (shown,) = desk.call("LayThuTuc", maTTHC="1.000080")["result"]

    assert shown["CACHTHUCTHUCHIEN"] == [{"KENH": "1", "THOIGIAN": []}]
    assert shown["KETQUATHUCHIEN"] == []


def test_an_unknown_procedure_gives_an_empty_result(desk: Desk) -> None:
    assert desk.call("LayThuTuc", maTTHC="9.999999")["result"] == []


def test_fields_and_organisations_are_listed(desk: Desk) -> None:
    assert desk.call("LayDanhMucLinhVuc")["result"] == [
        {"MALINHVUC": "LV0001", "TENLINHVUC": "Chứng thực"},
        {"MALINHVUC": "LV0002", "TENLINHVUC": "Hộ tịch"},
    ]
    organisations = desk.call("LayDanhMucCoQuan")["result"]
    assert {"MADONVI": "H22", "TENDONVI": "Hà Giang", "CAPDONVI": "1"} in organisations


def test_the_catalogue_can_be_put_in_by_control_and_comes_back_with_a_reset(desk: Desk) -> None:
    procedure = {"code": "3.000001", "name": "Thủ tục thử", "field": "Thử nghiệm", "processing_time_value": 2}
    desk.control("PUT", "/catalogue/procedures", [procedure])
    desk.control("PUT", "/catalogue/organisations", [{"code": "H99", "name": "Tỉnh Thử", "level": "1"}])

    assert [row["MATTHC"] for row in desk.call("LayDanhSachTTHC")["result"]] == ["3.000001"]
    assert [row["MADONVI"] for row in desk.call("LayDanhMucCoQuan")["result"]] == ["H99"]
    assert accepted(desk.create(dossier("H22-1", MaTTHC="3.000001")))

    desk.reset()
    assert desk.control("GET", "/catalogue") == {"procedures": 3, "organisations": 7, "fields": 2}
