"""Strict: what no source names is refused, and named. Lenient: only what storing needs is asked for."""

from collections.abc import Iterator

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.mock_portal.strictness import Strictness
from tests.contract.mock_portal_desk import Desk, accepted, dossier, entry

CODE = "000.00.01.H22-260105-0001"
MORNING = "20260106080000"
COMPLETE = {
    "SoGiayToChuHoSo": "",
    "NgayTuChoi": "",
    "NoiNopHoSo": "2",
    "HoSoCoThanhPhanSoHoa": "1",
    "TaiKhoanDuocXacThucVoiVNeID": "0",
    "DuocThanhToanTrucTuyen": "0",
    "DSKetNoiCSDL": [{"MaCSDL": "7"}],
}


def desk_of(strictness: Strictness) -> Iterator[Desk]:
    with running_portal(PortalSettings(strictness=strictness)) as address, Desk(address) as desk:
        yield desk


@pytest.fixture(scope="module")
def strict() -> Iterator[Desk]:
    yield from desk_of(Strictness.STRICT)


@pytest.fixture(scope="module")
def usual() -> Iterator[Desk]:
    yield from desk_of(Strictness.USUAL)


@pytest.fixture(scope="module")
def lenient() -> Iterator[Desk]:
    yield from desk_of(Strictness.LENIENT)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"TruongMoi": "x"}, "TruongMoi"),
        ({"TaiLieuNop": [{"TruongMoi": "x"}]}, "TaiLieuNop[0].TruongMoi"),
        (
            {"DanhSachHoSoBoSung": [{"DanhSachGiayToBoSung": [{"TruongMoi": "x"}]}]},
            "DanhSachHoSoBoSung[0].DanhSachGiayToBoSung[0].TruongMoi",
        ),
        ({"NoiNopHoSo": ...}, "NoiNopHoSo"),
    ],
)
def test_strict_refuses_and_names_what_is_not_documented(
    strict: Desk, usual: Desk, changes: dict[str, object], field: str
) -> None:
    usual.reset()
    sent = dossier(CODE, **(COMPLETE | changes))

    refused = strict.create(sent)

    assert not accepted(refused)
    assert field in refused["message"]
    assert accepted(usual.create(sent))


def test_strict_takes_a_complete_dossier_and_its_progress(strict: Desk) -> None:
    strict.reset()

    assert accepted(strict.create(dossier(CODE, **COMPLETE)))
    assert accepted(strict.progress(entry(CODE, 2, MORNING)))
    assert "MaTienDo" in strict.progress(entry(CODE, 2, MORNING, MaTienDo="1"))["message"]


def test_strict_refuses_a_parameter_the_service_does_not_have(strict: Desk, usual: Desk) -> None:
    assert "mahoso" in strict.call("LayDanhSachTTHC", mahoso="x")["message"]
    assert accepted(strict.call("LayDanhSachTTHC"))
    assert accepted(usual.call("LayDanhSachTTHC", mahoso="x"))


def test_lenient_asks_for_code_reception_and_status_only(lenient: Desk) -> None:
    lenient.reset()
    bare = {"MaHoSo": CODE, "NgayTiepNhan": "20260105080000", "TrangThaiHoSo": 2, "MaTTHC": "9.999999"}

    assert accepted(lenient.create(bare))
    assert accepted(lenient.progress({"MaHoSo": CODE, "ThoiDiemXuLy": MORNING, "TrangThai": 4}))
    assert lenient.look_up(CODE)[0]["DanhSachTienDo"][0]["TrangThai"] == "4"


@pytest.mark.parametrize("field", ["NgayTiepNhan", "TrangThaiHoSo"])
def test_even_lenient_refuses_what_could_not_be_judged(lenient: Desk, field: str) -> None:
    lenient.reset()

    assert field in lenient.create(dossier(CODE, **{field: "hôm qua"}))["message"]
