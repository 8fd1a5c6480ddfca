"""Nothing that names a citizen gets through the mask."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.mock_portal.masking import Mask

NUMBERS = st.from_regex(r"[1-9][0-9]{8}([0-9]{3})?", fullmatch=True)
NAMES = st.sampled_from(["Nguyễn Văn Bình", "Trần Thị Cúc", "Lê Đình Dũng"])


@given(number=NUMBERS, name=NAMES)
def test_number_and_name_are_gone_wherever_they_stood(number: str, name: str) -> None:
    body = {
        "session": "bí mật",
        "madonvi": "H22.01",
        "data": [
            {
                "MaHoSo": "H22-1",
                "ChuHoSo": name,
                "SoGiayToChuHoSo": number,
                "TrichYeuHoSo": f"Cấp giấy cho {name}, số {number}, ngày 20260105080000",
                "SoDienThoai": "0912345678",
                "Email": "binh@example.vn",
                "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": number}],
                "DanhSachHoSoBoSung": [{"NoiDungBoSung": f"{name} bổ sung bản sao {number}"}],
            }
        ],
    }

    masked = Mask().body(body)

    text = json.dumps(masked, ensure_ascii=False)
    assert not any(secret in text for secret in (number, name, "0912345678", "binh@", "bí mật"))
    item = masked["data"][0]
    assert (masked["madonvi"], item["MaHoSo"]) == ("H22.01", "H22-1")
    assert "20260105080000" in item["TrichYeuHoSo"]
    assert item["SoGiayToChuHoSo"] == item["DinhDanhCHS"][0]["SoDinhDanh"]
    assert len(item["SoGiayToChuHoSo"]) == len(number)
    assert item["ChuHoSo"] in item["TrichYeuHoSo"]


def test_two_recordings_cannot_be_joined_by_their_numbers() -> None:
    body = {"data": [{"SoDinhDanh": "025090000001"}]}

    assert Mask().body(body) != Mask().body(body)


def test_numbers_sent_as_numbers_are_masked_too() -> None:
    assert "25090000001" not in json.dumps(Mask().body({"data": [{"SoDinhDanh": 25090000001}]}))


def test_what_names_nobody_stays_as_it_is() -> None:
    body = {"isUpdating": "False", "data": [{"MaHoSo": "000.00.01.H22-260105-0001", "Gia": 8000, "x": None}]}

    assert Mask().body(body) == body
