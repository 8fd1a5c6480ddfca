"""What the mock portal tells of its holdings, and how it can be made to lose some."""

import hashlib
from collections.abc import Iterator

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import Desk, accepted, dossier, entry


@pytest.fixture(scope="module")
def shared_desk() -> Iterator[Desk]:
    with running_portal(PortalSettings(offers_holdings=True)) as address, Desk(address) as desk:
        yield desk


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    shared_desk.reset()
    return shared_desk


def held(desk: Desk, unit: str, day: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = desk.call("LayDanhSachHoSo", madonvihoso=unit, ngay=day)["result"]
    return rows


def test_a_portal_does_not_offer_what_nobody_has_published() -> None:
    with running_portal(PortalSettings()) as address, Desk(address) as desk:
        for service in ("ThongKeHoSo", "LayDanhSachHoSo"):
            assert not accepted(desk.call(service, tungay="20260101", denngay="20260131"))


def test_sums_are_per_beginning_of_the_number_and_day_of_reception(desk: Desk) -> None:
    desk.create(
        dossier("H22.1-260105-0001"),
        dossier("H22.1-260105-0002", TrangThaiHoSo="1"),
        dossier("H22.2-260105-0001"),
        dossier("000000", NgayTiepNhan="20260106235959"),
        dossier("H22.1-260107-0001", NgayTiepNhan="20260107000000"),
    )
    desk.progress(
        entry("H22.1-260105-0001", 2, "20260105080000"),
        entry("H22.1-260105-0001", 9, "20260105090000"),
        entry("H22.1-260105-0001", 4, "20260105083000"),
    )
    rows = desk.call("ThongKeHoSo", tungay="20260105", denngay="20260106")["result"]

    lines = "H22.1-260105-0001|9|3|20260105090000\nH22.1-260105-0002|1|0|"
    assert {(row["MADONVI"], row["NGAY"], row["SOHOSO"]) for row in rows} == {
        ("H22.1", "20260105", "2"), ("H22.2", "20260105", "1"), ("", "20260106", "1"),
    }  # fmt: skip
    (first,) = [row for row in rows if row["MADONVI"] == "H22.1"]
    assert first["MABAM"] == hashlib.sha256(lines.encode()).hexdigest()


def test_a_list_names_status_number_and_time_of_the_latest_entry(desk: Desk) -> None:
    desk.create(dossier("H22.1-260105-0001"), dossier("H22.1-260105-0002"), dossier("H22.2-260105-0001"))
    desk.progress(
        entry("H22.1-260105-0001", 2, "20260105080000"), entry("H22.1-260105-0001", 4, "20260105080000")
    )

    assert held(desk, "H22.1", "20260105") == [
        {"MAHOSO": "H22.1-260105-0001", "TRANGTHAI": "4", "SOTIENDO": "2", "THOIDIEMCUOI": "20260105080000"},
        {"MAHOSO": "H22.1-260105-0002", "TRANGTHAI": "2", "SOTIENDO": "0", "THOIDIEMCUOI": ""},
    ]
    assert held(desk, "H22.1", "20260106") == []


@pytest.mark.parametrize(
    ("service", "parameters"),
    [
        ("ThongKeHoSo", {"tungay": "20260101"}),
        ("ThongKeHoSo", {"tungay": "20260230", "denngay": "20260301"}),
        ("LayDanhSachHoSo", {"ngay": "20260101"}),
        ("LayDanhSachHoSo", {"madonvihoso": "H22", "ngay": "1/1/2026"}),
    ],
)
def test_a_question_without_its_parameters_is_refused(
    desk: Desk, service: str, parameters: dict[str, str]
) -> None:
    assert not accepted(desk.call(service, **parameters))


def test_the_portal_can_be_made_to_lose_dossiers_and_entries(desk: Desk) -> None:
    codes = [f"H22.1-260105-000{n}" for n in (1, 2, 3)]
    desk.create(*(dossier(code) for code in codes))
    for code in codes:
        desk.progress(entry(code, 2, "20260105080000"), entry(code, 9, "20260105090000"))

    desk.control("POST", "/losses", {"dossiers": [codes[0]], "entries": {codes[1]: 1}})

    assert [(row["MAHOSO"], row["SOTIENDO"]) for row in held(desk, "H22.1", "20260105")] == [
        (codes[1], "1"), (codes[2], "2"),
    ]  # fmt: skip
    assert desk.look_up(codes[0]) == []
    summary = desk.control("GET", "/ledger/summary")
    assert (summary["dossiers"], summary["entries"], summary["out_of_order_entries"]) == (2, 3, 0)
    assert len(desk.control("GET", f"/ledger?mahoso={codes[0]}")["received"]) == 3
    # What is lost may come again, in order.
    assert accepted(desk.create(dossier(codes[0])))
    assert accepted(desk.progress(entry(codes[1], 9, "20260105090000")))
    assert desk.control("GET", "/ledger/summary")["duplicate_entries"] == 0


def test_what_the_portal_does_not_hold_it_cannot_lose(desk: Desk) -> None:
    desk.create(dossier("H22.1-260105-0001"))
    for losses in (
        {"dossiers": ["H22.1-260105-0001", "H22-none"]},
        {"dossiers": ["H22.1-260105-0001"], "entries": {"H22.1-260105-0001": 0}},
    ):
        assert desk.http.post("/_control/losses", json=losses).status_code == 404
    assert len(desk.look_up("H22.1-260105-0001")) == 1
