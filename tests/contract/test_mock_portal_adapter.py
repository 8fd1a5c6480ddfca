"""The second generation: token, numbers, files, dossiers, progress and statuses on the same store."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.settings import AdapterClient, PortalSettings
from services.mock_portal.strictness import Strictness
from tests.contract.mock_portal_desk import HANOI, Desk, dossier

NOON = datetime(2026, 6, 9, 12, tzinfo=HANOI)
CLIENTS = {"bnv": AdapterClient("right", "G09.20"), "any": AdapterClient("free")}


class Adapter:
    def __init__(self, http: httpx.Client, client: str = "any") -> None:
        self.http = http
        given = {"client_id": client, "client_secret": CLIENTS[client].secret}
        token = http.post("/adapter/token", json=given)
        self.headers = {"authorization": f"Bearer {token.json()['data']['access_token']}"}

    def post(self, path: str, body: object) -> httpx.Response:
        return self.http.post(f"/adapter/{path}", json=body, headers=self.headers)

    def next_number(self, code: str) -> httpx.Response:
        return self.http.get("/adapter/ho-so/so-tiep-theo", params={"code": code}, headers=self.headers)

    def upload(self, content: bytes) -> dict[str, Any]:
        files = {"files": ("to-khai.pdf", content)}
        (kept,) = self.http.post("/adapter/tep-tin", files=files, headers=self.headers).json()["data"]
        return dict(kept)

    def create(self, **changes: object) -> httpx.Response:
        return self.post("ho-so", body(**changes))


def body(**changes: object) -> dict[str, object]:
    item: dict[str, object] = {
        "MaTTHC": "1.001193",
        "TenTTHC": "Thủ tục đăng ký khai sinh",
        "ChuHoSo": "Người Thử Nghiệm",
        "LoaiDoiTuong": 0,
        "NgaySinh": "20241231000000",
        "NgayNop": "2026-06-08 14:07:53",
        "NgayHenTra": "2026-06-12 17:00:00",
        "DonViXuLy": "Vụ Tổ chức cán bộ",
        "KenhThucHien": 2,
    }
    item.update(changes)
    return {name: value for name, value in item.items() if value is not ...}


def step(code: str, **changes: object) -> dict[str, object]:
    return {
        "MaHoSo": code,
        "NguoiXuLy": "Chuyên viên",
        "ThoiDiemXuLy": "2026-06-08T07:47:28.329",
        "PhongBanXuLy": "Phòng Một cửa",
        "NoiDungXuLy": "Tiếp nhận",
        "TrangThai": 2,
    } | changes


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_portal(PortalSettings(adapter_clients=CLIENTS)) as address:
        yield address


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    with Desk(address) as desk:
        desk.reset()
        desk.freeze(NOON)
        yield desk


@pytest.fixture
def adapter(desk: Desk) -> Adapter:
    return Adapter(desk.http)


def test_six_steps_lead_to_a_dossier_that_the_first_generation_finds(desk: Desk, adapter: Adapter) -> None:
    code = adapter.next_number("G09.20").json()["value"]
    kept = adapter.upload(b"%PDF-1.7\r\n--not a boundary\r\n\x00\xff")
    paper = {key: kept[key] for key in ("IdTepTin", "HashTepTin")} | {"LoaiBan": 2}
    created = adapter.create(MaHoSo=code, TaiLieuNop=[paper])
    progress = adapter.post("ho-so/tien-do", [step(code), step(code, TrangThai=9)])
    status = adapter.post("ho-so/trang-thai", [{"MaHoSo": code, "TrangThai": 9, "NoiDungYKien": "Xong"}])

    assert code == "G09.20-20260609-0000001"
    assert [r.status_code for r in (created, progress, status)] == [200, 200, 200]
    assert created.json()["data"]["maHoSo"] == code
    (shown,) = desk.look_up(code)
    assert (shown["TrangThaiHoSo"], shown["NgayTiepNhan"]) == ("9", "20260608140753")
    assert shown["NgayHenTra"] == "20260612170000"
    assert [(e["TrangThai"], e["ThoiDiemXuLy"]) for e in shown["DanhSachTienDo"]] == [
        ("2", "20260608074728"),
        ("9", "20260608074728"),
    ]
    assert desk.control("GET", f"/verdicts/{code}")["standing"] == "on_time"


def test_a_dossier_of_the_first_generation_takes_progress_from_the_second(
    desk: Desk, adapter: Adapter
) -> None:
    desk.create(dossier("H22-1"))

    assert adapter.post("ho-so/tien-do", [step("H22-1")]).status_code == 200
    assert len(desk.look_up("H22-1")[0]["DanhSachTienDo"]) == 1


def test_a_file_keeps_its_bytes_whatever_is_in_them(adapter: Adapter) -> None:
    content = bytes(range(256)) + b"\r\n\r\n--x\r\n"

    assert adapter.upload(content)["HashTepTin"] == hashlib.sha256(content).hexdigest()


def test_numbers_count_up_by_unit_and_start_anew_each_day(desk: Desk, adapter: Adapter) -> None:
    def ask(unit: str) -> str:
        return str(adapter.next_number(unit).json()["value"])

    first = [ask("G09.20"), ask("G09.20"), ask("000.00.04.G18")]
    desk.freeze(datetime(2026, 6, 10, 0, 0, tzinfo=HANOI))
    adapter = Adapter(desk.http)

    assert first == [
        "G09.20-20260609-0000001",
        "G09.20-20260609-0000002",
        "000.00.04.G18-20260609-0000001",
    ]
    assert str(adapter.next_number("G09.20").json()["value"]) == "G09.20-20260610-0000001"


def test_a_dossier_without_a_number_gets_one_and_is_on_the_ledger_under_it(
    desk: Desk, adapter: Adapter
) -> None:
    data = adapter.create().json()["data"]

    (received,) = desk.control("GET", f"/ledger?mahoso={data['maHoSo']}")["received"]
    assert received["service"] == "ho-so"
    assert received["item"]["MaTTHC"] == "1.001193"


def test_a_dossier_is_found_by_its_id_under_either_spelling(desk: Desk, adapter: Adapter) -> None:
    data = adapter.create().json()["data"]
    by_id = {key: value for key, value in step("").items() if key != "MaHoSo"} | {"IDHoSo": data["idHoSo"]}

    assert adapter.post("ho-so/tien-do", [by_id]).status_code == 200
    changed = adapter.post("ho-so/trang-thai", [{"IdHoSo": data["idHoSo"], "TrangThai": 4}])
    assert changed.status_code == 200
    assert desk.look_up(data["maHoSo"])[0]["TrangThaiHoSo"] == "4"
    mismatch = adapter.post("ho-so/tien-do", [step("G09-other", IDHoSo=data["idHoSo"])])
    assert (mismatch.status_code, "IDHoSo" in mismatch.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"MaTTHC": ...}, "MaTTHC"),
        ({"MaTTHC": "9.999999"}, "MaTTHC"),
        ({"NgayNop": "20260608140753"}, "NgayNop"),
        ({"NgayNop": "2026-06-31 14:07:53"}, "NgayNop"),
        ({"NgaySinh": "2024-12-31"}, "NgaySinh"),
        ({"LoaiDoiTuong": 3}, "LoaiDoiTuong"),
        ({"LoaiDoiTuong": True}, "LoaiDoiTuong"),
        ({"TaiLieuNop": [{"IdTepTin": "x", "HashTepTin": "y"}]}, "TaiLieuNop[0].IdTepTin"),
        ({"TaiLieuNop": [{"IdTepTin": "x"}]}, "TaiLieuNop[0].HashTepTin"),
        ({"DanhSachLePhi": [{"TrangThaiThanhToan": 2}]}, "DanhSachLePhi[0].TrangThaiThanhToan"),
    ],
)
def test_a_wrong_dossier_is_refused_with_400_and_its_field(
    adapter: Adapter, changes: dict[str, object], field: str
) -> None:
    response = adapter.create(**changes)

    assert response.status_code == 400
    assert field in response.json()["message"]


def test_a_file_with_another_hash_is_refused(adapter: Adapter) -> None:
    kept = adapter.upload(b"one")
    response = adapter.create(TaiLieuNop=[{"IdTepTin": kept["IdTepTin"], "HashTepTin": "other"}])

    assert (response.status_code, "HashTepTin" in response.json()["message"]) == (400, True)


def test_an_existing_dossier_is_refused_with_the_words_clients_look_for(adapter: Adapter) -> None:
    code = adapter.create().json()["data"]["maHoSo"]
    response = adapter.create(MaHoSo=code)

    assert (response.status_code, "đã tồn tại" in response.json()["message"]) == (400, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ThoiDiemXuLy": "2026-06-08 07:47:28"}, "ThoiDiemXuLy"),
        ({"ThoiDiemXuLy": "2026-06-08T07:47:28+07:00"}, "ThoiDiemXuLy"),
        ({"TrangThai": 11}, "TrangThai"),
        ({"NguoiXuLy": "x" * 51}, "NguoiXuLy"),
        ({"MaHoSo": "G09-unknown"}, "MaHoSo"),
    ],
)
def test_one_wrong_entry_refuses_the_array(
    desk: Desk, adapter: Adapter, changes: dict[str, object], field: str
) -> None:
    code = adapter.create().json()["data"]["maHoSo"]
    response = adapter.post("ho-so/tien-do", [step(code), step(code, **changes)])

    assert response.status_code == 400
    assert field in response.json()["message"]
    assert desk.look_up(code)[0]["DanhSachTienDo"] == []


@pytest.mark.parametrize(("status", "expected"), [(4, 400), (5, 200), (6, 200), (9, 200), (10, 400)])
@pytest.mark.parametrize("name", ["DanhSachLePhi", "DanhSachGiayToKetQua"])
def test_lists_go_with_three_statuses_only(adapter: Adapter, name: str, status: int, expected: int) -> None:
    code = adapter.create().json()["data"]["maHoSo"]
    item = {"MaHoSo": code, "TrangThai": status, name: [{"MaGiayToKetQua": "KQ.G07.000122"}]}
    response = adapter.post("ho-so/trang-thai", [item])

    assert response.status_code == expected
    assert (name in response.json()["message"]) is (expected == 400)


@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Basic abc"])
def test_a_call_without_a_good_token_gets_401(desk: Desk, token: str) -> None:
    response = desk.http.post("/adapter/ho-so", json=body(), headers={"authorization": token})

    assert response.status_code == 401


def test_a_token_ends_with_its_time(desk: Desk, adapter: Adapter) -> None:
    desk.freeze(datetime(2026, 6, 9, 12, 59, 59, tzinfo=HANOI))
    assert adapter.create().status_code == 200
    desk.freeze(datetime(2026, 6, 9, 13, 0, tzinfo=HANOI))
    assert adapter.create().status_code == 401


@pytest.mark.parametrize("as_form", [False, True])
def test_a_token_is_asked_for_in_json_or_as_a_form(desk: Desk, *, as_form: bool) -> None:
    given = {"client_id": "bnv", "client_secret": "right"}
    kind = "data" if as_form else "json"
    answer = desk.http.post("/adapter/token", **{kind: given}).json()  # type: ignore[arg-type]  # both take a dict

    assert answer["data"]["token_type"] == "Bearer"
    assert answer["data"]["expires_in"] == 3600
    wrong = given | {"client_secret": "wrong"}
    assert desk.http.post("/adapter/token", json=wrong).status_code == 401
    assert desk.http.post("/adapter/token", json={"client_id": "bnv"}).status_code == 400


def test_a_client_touches_its_own_organisation_only(desk: Desk) -> None:
    bound = Adapter(desk.http, "bnv")
    desk.create(dossier("H22-1"))

    assert bound.next_number("G09.20").status_code == 200
    assert bound.next_number("H22").status_code == 403
    assert bound.create(MaHoSo="H22-20260609-0000001").status_code == 403
    assert bound.post("ho-so/tien-do", [step("H22-1")]).status_code == 403
    assert bound.create().json()["data"]["maHoSo"].startswith("G09.20-20260609-")


def test_an_unknown_address_gets_404_and_bad_json_400(desk: Desk, adapter: Adapter) -> None:
    assert desk.http.get("/adapter/ho-so/khac").status_code == 404
    broken = desk.http.post("/adapter/ho-so", content=b"{", headers=adapter.headers)
    assert broken.status_code == 400
    not_multipart = desk.http.post("/adapter/tep-tin", content=b"x", headers=adapter.headers)
    assert not_multipart.status_code == 400


def test_an_outage_of_the_portal_is_a_502_of_the_adapter(desk: Desk, adapter: Adapter) -> None:
    desk.control("POST", "/outages", {"kind": "down", "seconds": 60})
    response = adapter.create()
    desk.control("DELETE", "/faults")

    assert response.status_code == 502
    assert desk.control("GET", "/ledger/summary")["struck"] == {"down": 1}


def test_faults_strike_the_adapters_actions_by_name(desk: Desk, adapter: Adapter) -> None:
    code = adapter.create().json()["data"]["maHoSo"]
    order = {"shape": "answer_lost", "duration_seconds": 60, "operation": "tien-do"}
    desk.control("POST", "/faults", order)

    with pytest.raises(httpx.TransportError):
        adapter.post("ho-so/tien-do", [step(code)])

    assert adapter.create().status_code == 200
    assert len(desk.look_up(code)[0]["DanhSachTienDo"]) == 1


def test_strict_mode_wants_codes_as_numbers_and_known_fields_only() -> None:
    settings = PortalSettings(strictness=Strictness.STRICT)
    with running_portal(settings) as address, Desk(address) as desk:
        adapter = Adapter(desk.http)
        as_text = adapter.create(LoaiDoiTuong="0")
        unknown = adapter.create(TruongMoi="x")
        sound = adapter.create()

    assert (as_text.status_code, "LoaiDoiTuong" in as_text.json()["message"]) == (400, True)
    assert (unknown.status_code, "TruongMoi" in unknown.json()["message"]) == (400, True)
    assert sound.status_code == 200


@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"shape": "session_expired"}, 401),
        ({"shape": "refused", "code": "-1", "message": "Từ chối theo lệnh"}, 400),
    ],
)
def test_ordered_refusals_speak_the_adapters_language(
    desk: Desk, adapter: Adapter, order: dict[str, object], status: int
) -> None:
    desk.control("POST", "/faults", order | {"duration_seconds": 60, "first_n": 1})

    assert adapter.create().status_code == status
    again = adapter if status == 400 else Adapter(desk.http)
    assert again.create().status_code == 200


def test_a_token_is_refused_by_order_with_401(desk: Desk) -> None:
    desk.control("POST", "/faults", {"shape": "refused", "operation": "token", "duration_seconds": 60})
    given = {"client_id": "any", "client_secret": "free"}

    assert desk.http.post("/adapter/token", json=given).status_code == 401


def test_tenants_have_their_own_tokens_and_numbers(desk: Desk, adapter: Adapter) -> None:
    adapter.next_number("G09.20")
    with httpx.Client(base_url=desk.http.base_url, headers={"x-mock-tenant": "other"}) as http:
        foreign = http.post("/adapter/ho-so", json=body(), headers=adapter.headers)
        other = Adapter(http)
        number = other.next_number("G09.20").json()["value"]

    assert foreign.status_code == 401
    assert number.endswith("-0000001")


def test_numbers_pass_over_those_that_a_restored_state_holds(desk: Desk, adapter: Adapter) -> None:
    code = adapter.create(MaHoSo=adapter.next_number("G09.20").json()["value"]).json()["data"]["maHoSo"]
    state = desk.control("GET", "/state/export")
    desk.reset()
    desk.control("PUT", "/state/import", state)

    assert code.endswith("-0000001")
    assert Adapter(desk.http).next_number("G09.20").json()["value"].endswith("-0000002")
