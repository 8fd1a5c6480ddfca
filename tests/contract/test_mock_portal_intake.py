"""Pushing dossiers and progress: what is stored, what is refused, and in which words."""

import json
from collections.abc import Iterator

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.contract.mock_portal_desk import CALL, Desk, accepted, dossier, entry

FIRST, SECOND = "000.00.01.H22-260105-0001", "000.00.01.H22-260105-0002"
MORNING, NOON = "20260106080000", "20260106120000"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        yield desk


def with_settings(settings: PortalSettings) -> Iterator[Desk]:
    with running_portal(settings) as address, Desk(address) as desk:
        yield desk


@pytest.fixture
def forgiving_desk() -> Iterator[Desk]:
    yield from with_settings(
        PortalSettings(
            scalars_must_be_strings=False,
            refuse_existing_dossier=False,
            deduplicate_progress=True,
            refused_call_keeps_earlier_items=True,
            accept_any_procedure=True,
        )
    )


@pytest.fixture
def small_call_desk() -> Iterator[Desk]:
    yield from with_settings(PortalSettings(max_items_per_call=2))


def test_created_dossiers_are_known_and_hold_what_was_sent(desk: Desk) -> None:
    answer = desk.create(dossier(FIRST), dossier(SECOND, TrangThaiHoSo="4"))

    assert accepted(answer)
    assert desk.look_up(SECOND) == [
        {
            "MaHoSo": SECOND,
            "MaTTHC": "1.001193",
            "TrangThaiHoSo": "4",
            "NgayTiepNhan": "20260105080000",
            "NgayHenTra": "20260109170000",
            "NgayKetThucXuLy": "",
            "DanhSachTienDo": [],
        }
    ]


def test_a_repeated_create_is_refused_as_existing(desk: Desk) -> None:
    desk.create(dossier(FIRST))

    answers = [desk.create(dossier(FIRST)) for _ in range(20)]

    assert {str(answer["error_code"]) for answer in answers} == {"3", "-3"}
    assert all(f"Hồ sơ {FIRST} đã tồn tại" in answer["message"] for answer in answers)
    assert desk.control("GET", "/ledger/summary")["duplicate_dossiers"] == 0


def test_the_same_new_dossier_twice_in_one_call_is_refused(desk: Desk) -> None:
    answer = desk.create(dossier(FIRST), dossier(FIRST))

    assert "đã tồn tại" in answer["message"]
    assert desk.look_up(FIRST) == []


def test_an_update_replaces_the_body_and_may_be_repeated(desk: Desk) -> None:
    desk.create(dossier(FIRST))
    changed = dossier(FIRST, TrangThaiHoSo="9", NgayKetThucXuLy="20260108150000")

    assert accepted(desk.update(changed))
    assert accepted(desk.update(changed))

    (shown,) = desk.look_up(FIRST)
    assert (shown["TrangThaiHoSo"], shown["NgayKetThucXuLy"]) == ("9", "20260108150000")


def test_an_update_of_an_unknown_dossier_is_refused(desk: Desk) -> None:
    answer = desk.update(dossier(FIRST))

    assert str(answer["error_code"]) == "-1"
    assert FIRST in answer["message"]
    assert desk.look_up(FIRST) == []


@pytest.mark.parametrize("mode", [True, "true", "TRUE", None, [], ""])
def test_is_updating_is_one_of_two_strings(desk: Desk, mode: object) -> None:
    answer = desk.create(dossier(FIRST), isUpdating=mode)

    assert "isUpdating" in answer["message"]
    assert desk.look_up(FIRST) == []


@pytest.mark.parametrize("data", [[], None, "x", {"MaHoSo": FIRST}])
def test_data_is_an_array_with_something_in_it(desk: Desk, data: object) -> None:
    answer = desk.create(data=data)

    assert str(answer["error_code"]) == "-1"
    assert "data" in answer["message"]


def test_one_bad_dossier_refuses_the_whole_call_and_is_named_with_its_field(desk: Desk) -> None:
    answer = desk.create(dossier(FIRST), dossier(SECOND, NgayTiepNhan="hôm qua"))

    assert str(answer["error_code"]) == "-1"
    assert SECOND in answer["message"]
    assert "NgayTiepNhan" in answer["message"]
    assert desk.look_up(FIRST) == []


@pytest.mark.parametrize("item", [dossier(FIRST, MaHoSo=...), dossier("H22\n0001"), "x", None, 7])
def test_an_item_without_a_usable_code_is_named_by_its_place(desk: Desk, item: object) -> None:
    answer = desk.create(dossier(FIRST), item)

    assert str(answer["error_code"]) == "-1"
    assert "Phần tử thứ 2" in answer["message"]


def test_half_a_character_is_read_as_a_question_mark(desk: Desk) -> None:
    body = {"session": desk.session, "madonvi": "H22", "service": "DongBoHoSoMC", "isUpdating": "False"}
    escaped = json.dumps(body | {"data": [dossier(FIRST, ChuHoSo="A\ud83d", TrichYeuHoSo="\U0001f600")]})

    assert accepted(desk.http.post(CALL, content=escaped).json())

    (received,) = desk.control("GET", f"/ledger?mahoso={FIRST}")["received"]
    assert received["item"]["ChuHoSo"] == "A?"
    assert received["item"]["TrichYeuHoSo"] == "\U0001f600"


@pytest.mark.parametrize(("depth", "refused"), [(20, False), (260, True), (100_000, True)])
def test_a_body_too_deep_to_be_shown_again_is_refused(desk: Desk, depth: int, *, refused: bool) -> None:
    body = {"session": desk.session, "madonvi": "H22", "service": "DongBoHoSoMC", "isUpdating": "False"}
    item = dossier(FIRST, TruongMoi="SÂU", TrichYeuHoSo="[" * 100)
    deep = json.dumps(body | {"data": [item]}, ensure_ascii=False).replace('"SÂU"', "[" * depth + "]" * depth)

    answer = desk.http.post(CALL, content=deep).json()

    assert accepted(answer) is not refused
    assert desk.http.get("/_control/ledger", params={"mahoso": FIRST}).status_code == (
        404 if refused else 200
    )


def test_a_procedure_outside_the_catalogue_is_refused(desk: Desk) -> None:
    answer = desk.create(dossier(FIRST, MaTTHC="9.999999"))

    assert FIRST in answer["message"]
    assert "MaTTHC" in answer["message"]


def test_progress_is_kept_in_order_of_arrival_without_looking_for_repeats(desk: Desk) -> None:
    desk.create(dossier(FIRST))

    assert accepted(desk.progress(entry(FIRST, 4, NOON), entry(FIRST, 2, MORNING)))
    assert accepted(desk.progress(entry(FIRST, 4, NOON)))

    (shown,) = desk.look_up(FIRST)
    assert [(item["TrangThai"], item["ThoiDiemXuLy"]) for item in shown["DanhSachTienDo"]] == [
        ("4", NOON),
        ("2", MORNING),
        ("4", NOON),
    ]
    assert shown["DanhSachTienDo"][0]["NguoiXuLy"] == "Cán bộ Một cửa"
    assert shown["DanhSachTienDo"][0]["NoiDungXuLy"] == "Chuyển trạng thái 4"


def test_progress_before_its_dossier_refuses_the_whole_call(desk: Desk) -> None:
    desk.create(dossier(FIRST))

    answer = desk.progress(entry(FIRST, 2, MORNING), entry(SECOND, 2, MORNING))

    assert str(answer["error_code"]) == "-1"
    assert SECOND in answer["message"]
    assert desk.look_up(FIRST)[0]["DanhSachTienDo"] == []


def test_a_call_above_the_item_limit_is_refused(small_call_desk: Desk) -> None:
    desk = small_call_desk

    answer = desk.create(*(dossier(f"H22-{number}") for number in range(3)))

    assert str(answer["error_code"]) == "-1"
    assert accepted(desk.create(*(dossier(f"H22-{number}") for number in range(2))))


def test_switches_give_the_lenient_readings(forgiving_desk: Desk) -> None:
    desk = forgiving_desk
    desk.create(dossier(FIRST, MaTTHC="9.999999", LoaiDoiTuong=1))
    assert accepted(desk.create(dossier(FIRST)))

    refused = desk.create(dossier(SECOND), dossier("H22-3", NgayTiepNhan="x"))
    desk.progress(entry(FIRST, 2, MORNING), entry(FIRST, 2, MORNING))

    assert not accepted(refused)
    assert desk.look_up(SECOND) != []
    assert len(desk.look_up(FIRST)[0]["DanhSachTienDo"]) == 1
    assert desk.control("GET", "/ledger/summary")["duplicate_dossiers"] == 1
