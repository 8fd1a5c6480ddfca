"""The stand-in for a portal that one writes in an afternoon: FastAPI, a pydantic model, a dictionary.

    python -m benchmarks.plain_mock PORT

It takes dossiers in with the same answer as the mock portal, and neither judges them nor keeps a ledger.
"""

import sys
from typing import Final, Literal

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, Field

from benchmarks.mock_trial import CALL_PATH, LOGIN_PATH

_SESSION: Final = "0123456789abcdef"

app = FastAPI()
_dossiers: dict[str, "Item"] = {}


class Account(BaseModel):
    username: str
    password: str


class Item(BaseModel):
    MaHoSo: str = Field(min_length=1, max_length=100)
    MaTTHC: str = Field(min_length=1)
    TenTTHC: str = Field(min_length=1)
    MaLinhVuc: str = Field(min_length=1)
    TenLinhVuc: str = Field(min_length=1)
    LoaiDoiTuong: Literal["1", "2", "3", "4"]
    TrichYeuHoSo: str = Field(min_length=1, max_length=1000)
    NgayTiepNhan: str = Field(pattern=r"^\d{14}$")
    NgayHenTra: str
    TrangThaiHoSo: Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    HinhThuc: Literal["0", "1"]
    DonViXuLy: str = Field(min_length=1)


class Call(BaseModel):
    session: str
    madonvi: str
    service: Literal["DongBoHoSoMC"]
    updating: Literal["True", "False"] = Field(alias="isUpdating")
    data: list[Item] = Field(min_length=1)


class Answer(BaseModel):
    error_code: int = 0
    message: str
    result: list[str] = []
    session: str | None = None


@app.get("/_control/health")
async def report_health() -> Answer:
    return Answer(message="ok")


@app.post(LOGIN_PATH)
async def log_in(_account: Account) -> Answer:
    return Answer(message="Đăng nhập thành công", session=_SESSION)


@app.post(CALL_PATH)
async def take_in(call: Call) -> Answer:
    if call.session != _SESSION:
        return Answer(error_code=-2, message="Phiên làm việc không tồn tại")
    for item in call.data:
        if item.MaHoSo in _dossiers and call.updating == "False":
            return Answer(error_code=3, message="Hồ sơ đã tồn tại")
    _dossiers.update({item.MaHoSo: item for item in call.data})
    return Answer(message="Đồng bộ hồ sơ thành công")


if __name__ == "__main__":
    uvicorn.run(
        app, port=int(sys.argv[1]), access_log=False, log_level="warning", loop="uvloop", http="httptools"
    )
