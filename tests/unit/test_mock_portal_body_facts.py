"""Which fields of a body turn which fact of the evaluation on."""

import pytest

from services.mock_portal import body_facts as facts
from services.mock_portal.body_facts import facts_of


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, 0),
        ({"KenhThucHien": "1"}, 0),
        ({"KenhThucHien": None}, 0),
        ({"KenhThucHien": "2"}, facts.ONLINE),
        ({"KenhThucHien": "3"}, facts.POSTAL),
        ({"DuocThanhToanTrucTuyen": "1"}, facts.PAID_ONLINE),
        ({"DuocThanhToanTrucTuyen": "2"}, facts.PAID_ONLINE),
        ({"DuocThanhToanTrucTuyen": "3"}, 0),
        ({"DanhSachLePhi": []}, 0),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": "0.00"}]}, facts.FEE_LISTED),
        ({"DanhSachLePhi": [{"Gia": "0"}, {"Gia": "8000"}]}, facts.FEE_LISTED | facts.FEE_DUE),
        ({"DanhSachGiayToKetQua": [{"TenGiayTo": "x"}]}, 0),
        ({"DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "https://x"}]}, facts.RESULT_FILE),
        ({"TaiLieuNop": [{"DuocSoHoa": "0"}]}, 0),
        ({"TaiLieuNop": [{}, {"DuocSoHoa": "1"}]}, facts.DIGITISED_INPUT),
        ({"TaiLieuNop": [{"DuocSoHoa": "1"}], "NoiNopHoSo": "1"}, facts.DIGITISED_INPUT | facts.REUSED),
        ({"HoSoCoThanhPhanSoHoa": "1"}, facts.DIGITISED_INPUT | facts.REUSED),
        ({"TaiLieuNop": [{"DuocLayTuKhoDMQG": "1"}]}, facts.FROM_CITIZEN_STORE | facts.POPULATION_DATA),
        ({"TaiKhoanDuocXacThucVoiVNeID": "1"}, facts.POPULATION_DATA),
        ({"DSKetNoiCSDL": [{"MaCSDL": "7"}]}, facts.POPULATION_DATA),
        ({"DSKetNoiCSDL": [{"MaCSDL": "3"}]}, 0),
    ],
)
def test_a_field_turns_on_its_facts_and_no_other(item: dict[str, object], expected: int) -> None:
    assert facts_of(item) == expected


@pytest.mark.parametrize("junk", ["x", 7, True, {"a": 1}, ["x", None, 7]])
@pytest.mark.parametrize(
    "name", ["TaiLieuNop", "DanhSachLePhi", "DanhSachGiayToKetQua", "DSKetNoiCSDL", "KenhThucHien"]
)
def test_what_lenient_checks_let_through_is_no_fact(name: str, junk: object) -> None:
    assert facts_of({name: junk}) == 0
