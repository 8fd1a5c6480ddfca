"""Seeded nonsense for every wire address: sound calls, bent at random places, with no server between."""

import asyncio
import copy
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from services.mock_portal.adapter.endpoint import PATHS as ADAPTER_PATHS
from services.mock_portal.evaluation.endpoint import PATHS as REPORT_PATHS
from services.mock_portal.mapi import CALL_PATH, LOGIN_PATH, SERVICES
from services.mock_portal.portal import Portal
from services.mock_portal.settings import PortalSettings
from services.mock_portal.wire_addresses import find_endpoint, wire_endpoints
from tests.contract.mock_portal_desk import DSTCODE, dossier, entry

CODES = [f"000.00.01.H22-260105-{number:04d}" for number in range(20)]
LATER_FIELDS = {
    "SoGiayToChuHoSo": "",
    "NgayTuChoi": "",
    "NoiNopHoSo": "2",
    "HoSoCoThanhPhanSoHoa": "1",
    "TaiKhoanDuocXacThucVoiVNeID": "0",
    "DuocThanhToanTrucTuyen": "0",
    "DSKetNoiCSDL": [{"MaCSDL": "7"}],
}
SPITE: list[Any] = [
    None,
    True,
    -1,
    0,
    10**30,
    1e308,
    "",
    " ",
    "0",
    "10",
    "20260230080000",
    "99991231235959",
    "đ" * 5000,
    "\x00\n",
    "\ud83d",
    "../../etc",
    "{}",
    [],
    [None],
    [[]],
    {},
    {"": ""},
    ["0"] * 50,
]
ANSWERS = {200, 201, 400, 401, 403, 404}


@dataclass
class Shot:
    method: str
    path: str
    body: bytes
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Fuzzer:
    def __init__(self, seed: int, settings: PortalSettings) -> None:
        self.random = random.Random(seed)
        self.portal = Portal(settings)
        self.endpoints = wire_endpoints(self.portal)
        self.session = self.portal.sessions.open(self.portal.clock.now())
        self.token = self.portal.adapter.open_token("any", self.portal.clock.now())
        self.statuses: Counter[int] = Counter()
        self.codes: Counter[str] = Counter()

    async def run(self, calls: int) -> None:
        for _ in range(calls):
            shot = self._shot()
            status, body = await self._fire(shot)
            assert status in ANSWERS, (status, shot)
            self.statuses[status] += 1
            if body:
                answer = json.loads(body)
                self.codes[str(answer.get("error_code", answer.get("code")))] += 1

    def _shot(self) -> Shot:
        makers = (self._mapi, self._mapi, self._mapi, self._gateway, self._report, self._adapter)
        shot = self.random.choice(makers)()
        if self.random.random() < 0.05:
            shot.body = self._bent_bytes(shot.body)
        if self.random.random() < 0.03:
            shot.headers = {
                name: self.random.choice(["", "x", value]) for name, value in shot.headers.items()
            }
        return shot

    def _mapi(self) -> Shot:
        service = self.random.choice(sorted(SERVICES))
        body = {"session": self.session, "madonvi": "H22.01", "service": service} | self._parameters(service)
        path = CALL_PATH if self.random.random() < 0.95 else LOGIN_PATH
        return Shot("POST", "/VXPAdapter" + path, self._encoded(body), headers={"dstcode": DSTCODE})

    def _gateway(self) -> Shot:
        service = self.random.choice(sorted(SERVICES))
        query = self.random.choice(["MaDinhDanhDV=H22&isUpdating=False", "isUpdating=True", "%ff=%00&=&a"])
        return Shot(
            "POST", f"/KetNoiMotCuaQuocGia/{service}", self._encoded(self._parameters(service)), query
        )

    def _report(self) -> Shot:
        body = {
            "timeType": self.random.choice(["year", "quarter", "month"]),
            "year": 2026,
            "quarter": 1,
            "month": 1,
            "rootDepartmentId": self.random.choice(["H22", "H29", "x"]),
            "fromDate": "2026-01-01",
            "toDate": "2026-01-31",
            "limit": 10,
            "q": "khai",
            "id": "1.001193",
        }
        return Shot("POST", self.random.choice(REPORT_PATHS), self._encoded(body))

    def _adapter(self) -> Shot:
        method, path = self.random.choice([*ADAPTER_PATHS.values(), ("PUT", "/adapter/khac")])
        item = {
            "MaHoSo": self.random.choice(CODES),
            "MaTTHC": "1.001193",
            "TenTTHC": "Khai sinh",
            "ChuHoSo": "Người Thử",
            "LoaiDoiTuong": 0,
            "NgayNop": "2026-06-08 14:07:53",
            "DonViXuLy": "Xã Đồng Văn",
            "NguoiXuLy": "Chuyên viên",
            "NoiDungXuLy": "Tiếp nhận",
            "ThoiDiemXuLy": "2026-06-08T07:47:28.329",
            "TrangThai": self.random.choice([2, 5, 9]),
            "TaiLieuNop": [],
            "DanhSachLePhi": [{"Gia": 8000}],
            "client_id": "any",
            "client_secret": "x",
        }
        body: Any = [item] if self.random.random() < 0.5 else item
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return Shot(method, path, self._encoded(body), self.random.choice(["code=G09.20", ""]), headers)

    def _parameters(self, service: str) -> dict[str, Any]:
        """Sound ones, now and then with those of the other services too."""
        code = self.random.choice(CODES)
        items: dict[str, Any] = {
            "CapNhatTienDoHoSoMC": entry(code, self.random.randint(1, 10), "20260107080000"),
            "DongBoDanhGia": {"MaHoSo": code, "MucDoHaiLong": "3", "NgayDanhGia": "20260107080000"},
            "DongBoTrangThaiHoSo": {"MaHoSo": code, "TrangThai": "2"},
        }
        question = {
            "IdCauHoi": "CH-0001",
            "NoiDungCauHoi": "?",
            "NoiDungTraLoi": "!",
            "NgayTraLoi": "20260107080000",
        }
        item = items.get(service, question if "HoiDap" in service else dossier(code, **LATER_FIELDS))
        parameters = {
            "isUpdating": self.random.choice(["True", "False"]),
            "data": [copy.deepcopy(item)],
            "mahoso": code,
            "maTTHC": "1.001193",
            "idQDCB": "QDCB-LV0001",
            "idCauHoi": "CH-0001",
            "provider": "wso2is",
            "mstorcmnd": "012345678",
            "type": "2",
        }
        if self.random.random() < 0.1:
            return parameters
        return {name: value for name, value in parameters.items() if name in SERVICES[service].parameters}

    def _encoded(self, body: Any) -> bytes:
        for _ in range(self.random.choice([0, 0, 1, 1, 2, 4])):
            self._bend(body)
        return json.dumps(body).encode()

    def _bend(self, value: Any) -> None:
        """Replace, drop or add something at a random place, in place."""
        while isinstance(value, dict | list) and value:
            key: Any = (
                self.random.choice(sorted(value))
                if isinstance(value, dict)
                else self.random.randrange(len(value))
            )
            if isinstance(value[key], dict | list) and value[key] and self.random.random() < 0.8:
                value = value[key]
                continue
            self._spoil(value, key)
            return

    def _spoil(self, held: Any, key: Any) -> None:
        match self.random.randrange(4):
            case 0 if isinstance(held, dict):
                del held[key]
            case 1 if isinstance(held, dict):
                held[self.random.choice(["TruongMoi", "", "\x00", "data"])] = self._spite()
            case 1 | 0:
                held.append(self._spite())
            case _:
                held[key] = self._spite()

    def _spite(self) -> Any:
        return copy.deepcopy(self.random.choice(SPITE))

    def _bent_bytes(self, body: bytes) -> bytes:
        place = self.random.randrange(len(body) + 1)
        return self.random.choice(
            [
                b"",
                body[:place],
                body[:place] + b"\xff" + body[place:],
                b"[" * 2000,
                b"NaN",
                b'{"a":1e999}',
                b"[]",
            ]
        )

    async def _fire(self, shot: Shot) -> tuple[int, bytes]:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": shot.body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": shot.method,
            "path": shot.path,
            "query_string": shot.query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in shot.headers.items()],
        }
        endpoint = find_endpoint(self.endpoints, shot.method, shot.path)
        assert endpoint is not None, shot
        await endpoint(scope, receive, send)
        return sent[0]["status"], sent[1]["body"]


def fuzz(seed: int, calls: int, settings: PortalSettings) -> Fuzzer:
    fuzzer = Fuzzer(seed, settings)
    asyncio.run(fuzzer.run(calls))
    return fuzzer
