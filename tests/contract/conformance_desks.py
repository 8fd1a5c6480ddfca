"""Desks for the report's own tests: one that does nothing, and one that looks before it sends again."""

from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import httpx

from services.conformance.driver import DSTCODE, PASSWORD, USERNAME
from services.conformance.task import Step, Task

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PATH = "/VXPAdapter/RestService/forward/mapi"


class IdleDesk:
    """Takes everything and brings nothing."""

    def hand_over(self, tasks: Sequence[Task]) -> None:
        pass


class CarefulDesk:
    """Delivers while it is handed over, and sends only what a look-up shows to be missing."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address + PATH, headers={"dstcode": DSTCODE}, timeout=5)

    def __enter__(self) -> Self:
        account = {"username": USERNAME, "password": PASSWORD}
        self._session = self._http.post("/login", json=account).json()["session"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def hand_over(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            self._deliver(task)

    def _deliver(self, task: Task) -> None:
        while missing := self._missing(task):
            try:
                if len(missing) == len(task.steps) and not self._held(task):
                    self._call("DongBoHoSoMC", isUpdating="False", data=[body(task)])
                self._call("CapNhatTienDoHoSoMC", data=[entry(task, step) for step in missing])
            except (httpx.TransportError, ValueError):
                continue

    def _held(self, task: Task) -> list[Any]:
        result: list[Any] = self._call("TraCuuHoSo", mahoso=task.code)["result"]
        return result

    def _missing(self, task: Task) -> Sequence[Step]:
        held = self._held(task)
        return task.steps[len(held[0]["DanhSachTienDo"]) :] if held else task.steps

    def _call(self, service: str, **parameters: object) -> dict[str, Any]:
        envelope = {"session": self._session, "madonvi": "H44", "service": service}
        answer: dict[str, Any] = self._http.post("/g", json=envelope | parameters).json()
        return answer


def wire(moment: datetime) -> str:
    return moment.astimezone(HANOI).strftime("%Y%m%d%H%M%S")


def body(task: Task) -> dict[str, str]:
    code, name, field_code, field_name = task.procedure
    return {
        "MaHoSo": task.code,
        "MaTTHC": code,
        "TenTTHC": name,
        "MaLinhVuc": field_code,
        "TenLinhVuc": field_name,
        "LoaiDoiTuong": "1",
        "TrichYeuHoSo": name,
        "NgayTiepNhan": wire(task.steps[0].occurred_at),
        "NgayHenTra": "",
        "TrangThaiHoSo": str(task.statuses[-1]),
        "HinhThuc": "0",
        "DonViXuLy": "UBND xã",
    }


def entry(task: Task, step: Step) -> dict[str, str]:
    return {
        "MaHoSo": task.code,
        "NguoiXuLy": "Cán bộ",
        "ThoiDiemXuLy": wire(step.occurred_at),
        "NoiDungXuLy": "Bước",
        "TrangThai": str(step.status),
    }
