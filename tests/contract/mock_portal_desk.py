"""A desk system as the mock portal meets it: plain httpx, payloads written out by hand."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DSTCODE = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
LOGIN = "/VXPAdapter/RestService/forward/mapi/login"
CALL = "/VXPAdapter/RestService/forward/mapi/g"


def wire(moment: datetime) -> str:
    return moment.astimezone(HANOI).strftime("%Y%m%d%H%M%S")


def dossier(code: str, **changes: object) -> dict[str, object]:
    """One item of DongBoHoSoMC, sound unless changed; a field changed to `...` is left out."""
    item: dict[str, object] = {
        "MaHoSo": code,
        "MaTTHC": "1.001193",
        "TenTTHC": "Thủ tục đăng ký khai sinh",
        "MaLinhVuc": "LV0002",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": "Người Thử Nghiệm",
        "LoaiDoiTuong": "1",
        "MaDoiTuong": None,
        "TrichYeuHoSo": "Đăng ký khai sinh",
        "NgayNopHoSo": "20260105080000",
        "NgayTiepNhan": "20260105080000",
        "NgayHenTra": "20260109170000",
        "TrangThaiHoSo": "2",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "Ủy ban nhân dân xã Đồng Văn",
        "TaiLieuNop": [{"TenTepDinhKem": "to-khai.pdf", "IsDeleted": "False", "DuocSoHoa": "1"}],
        "DanhSachLePhi": [],
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000000000000"}],
    }
    item.update(changes)
    return {name: value for name, value in item.items() if value is not ...}


def entry(code: str, status: int, at: str, **changes: object) -> dict[str, object]:
    """One item of CapNhatTienDoHoSoMC, sound unless changed."""
    item: dict[str, object] = {
        "MaHoSo": code,
        "NguoiXuLy": "Cán bộ Một cửa",
        "ThoiDiemXuLy": at,
        "NoiDungXuLy": f"Chuyển trạng thái {status}",
        "TrangThai": str(status),
    }
    item.update(changes)
    return {name: value for name, value in item.items() if value is not ...}


class Desk:
    """Logs in when first needed; `control` gives parsed answers and raises on a refusal."""

    def __init__(self, address: str, *, timeout_seconds: float = 10) -> None:
        self.http = httpx.Client(base_url=address, headers={"dstcode": DSTCODE}, timeout=timeout_seconds)
        self._session: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    @property
    def session(self) -> str:
        if self._session is None:
            answer = self.http.post(LOGIN, json={"username": "desk", "password": "secret"}).json()
            self._session = str(answer["session"])
        return self._session

    def forget_session(self) -> None:
        self._session = None

    def raw_call(self, service: str, **parameters: object) -> httpx.Response:
        envelope = {"session": self.session, "madonvi": "H22.01", "service": service}
        return self.http.post(CALL, json=envelope | parameters)

    def call(self, service: str, **parameters: object) -> dict[str, Any]:
        response = self.raw_call(service, **parameters)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    def create(self, *items: object, **parameters: object) -> dict[str, Any]:
        return self.call("DongBoHoSoMC", **({"isUpdating": "False", "data": list(items)} | parameters))

    def update(self, *items: object) -> dict[str, Any]:
        return self.call("DongBoHoSoMC", isUpdating="True", data=list(items))

    def progress(self, *items: object) -> dict[str, Any]:
        return self.call("CapNhatTienDoHoSoMC", data=list(items))

    def look_up(self, code: str) -> list[dict[str, Any]]:
        result: list[dict[str, Any]] = self.call("TraCuuHoSo", mahoso=code)["result"]
        return result

    def control(
        self, method: str, path: str, body: Mapping[str, object] | Sequence[object] | None = None
    ) -> Any:
        response = self.http.request(method, f"/_control{path}", json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def freeze(self, moment: datetime) -> None:
        self.control("PUT", "/clock", {"mode": "frozen", "at": moment.isoformat()})

    def advance(self, step: timedelta) -> None:
        self.control("PUT", "/clock", {"mode": "advance", "seconds": step.total_seconds()})

    def reset(self) -> None:
        self.control("POST", "/reset")
        self.forget_session()


def accepted(answer: Mapping[str, object]) -> bool:
    """As strictly as a careful client reads it: a success code of any type, and the word for it."""
    return str(answer["error_code"]) in {"0", "00"} and "thành công" in str(answer["message"])
