"""One trial of a stand-in for the portal: how many calls and dossiers it takes."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks import load
from benchmarks.cpu import cores_used, cpu_seconds
from benchmarks.program import ProgramFailed, free_port, running, tied_to_us
from benchmarks.size import Size

CONNECTIONS: Final = 8
LOGIN_PATH: Final = "/VXPAdapter/RestService/forward/mapi/login"
CALL_PATH: Final = "/VXPAdapter/RestService/forward/mapi/g"
_DSTCODE: Final = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class Intake:
    """Calls per second, and `cores` is how many processor cores each party kept busy."""

    contender: str
    dossiers_per_call: int
    calls_per_second: float
    mean_ms: float
    p99_ms: float
    cores: Mapping[str, float]

    @property
    def calls_per_core_second(self) -> float:
        return self.calls_per_second / self.cores["mock"]

    @property
    def dossiers_per_core_second(self) -> float:
        return self.calls_per_core_second * self.dossiers_per_call


def measure_intake(
    folder: Path, contender: str, arguments: list[str], *, dossiers_per_call: int, size: Size
) -> Intake:
    """Load a stand-in, started by `python ARGUMENTS PORT`, with new dossiers for some seconds.

    Raises `ProgramFailed` when an answer is not a success.
    """
    port = free_port()
    with running([*arguments, str(port)], settings={}, log=folder / "mock.log") as program:
        program.wait_until_ready(f"http://127.0.0.1:{port}/_control/health")
        result, cores = _load(port, program.pid, dossiers_per_call, size)
    return Intake(
        contender=contender,
        dossiers_per_call=dossiers_per_call,
        calls_per_second=result.measured / result.seconds,
        mean_ms=result.mean_ms,
        p99_ms=result.p99_ms,
        cores=cores,
    )


def dossier(code: str) -> dict[str, Any]:
    """One element of DongBoHoSoMC, about as long as those of a real province."""
    return {
        "MaHoSo": code,
        "MaTTHC": "1.001193",
        "TenTTHC": "Thủ tục đăng ký khai sinh",
        "MaLinhVuc": "LV0002",
        "TenLinhVuc": "Hộ tịch",
        "KenhThucHien": "1",
        "ChuHoSo": "Người Thử Nghiệm",
        "LoaiDoiTuong": "1",
        "TrichYeuHoSo": f"Đăng ký khai sinh, hồ sơ {code}",
        "NgayNopHoSo": "20260105080000",
        "NgayTiepNhan": "20260105080000",
        "NgayHenTra": "20260109170000",
        "TrangThaiHoSo": "2",
        "HinhThuc": "0",
        "NgayKetThucXuLy": "",
        "DonViXuLy": "Ủy ban nhân dân xã Đồng Văn",
        "TaiLieuNop": [{"TenTepDinhKem": "to-khai.pdf", "IsDeleted": "False", "DuocSoHoa": "1"}],
        "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000000000000"}],
    }


def _load(port: int, pid: int, dossiers: int, size: Size) -> tuple[load.LoadResult, dict[str, float]]:
    plan = load.Plan(
        ports=[port],
        connections=CONNECTIONS,
        warm_seconds=size.warm_seconds,
        seconds=size.seconds,
        path=CALL_PATH,
        headers={"dstcode": _DSTCODE},
        bodies=[_call(_log_in(port), dossiers)],
        wanted=_OK,
        wanted_text="thành công",
    )
    with subprocess.Popen(
        tied_to_us(["-m", load.__name__]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as generator:
        if generator.stdin is None or generator.stdout is None:
            raise ProgramFailed("the load generator has no pipes")
        everybody = {"mock": pid, "load": generator.pid}
        print(json.dumps(asdict(plan)), file=generator.stdin, flush=True)
        generator.stdout.readline()
        before = cpu_seconds(everybody)
        line = generator.stdout.readline()
        after = cpu_seconds(everybody)
    result = load.LoadResult(**json.loads(line))
    if result.failure is not None:
        raise ProgramFailed(result.failure)
    return result, cores_used(before, after, seconds=result.seconds)


def _log_in(port: int) -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}{LOGIN_PATH}",
        headers={"dstcode": _DSTCODE},
        json={"username": "benchmark", "password": "benchmark"},
        trust_env=False,
    )
    return str(answer.raise_for_status().json()["session"])


def _call(session: str, dossiers: int) -> str:
    codes = [f"000.00.01.H22-{load.NUMBER}-{number:03d}" for number in range(dossiers)]
    envelope = {"session": session, "madonvi": "H22.01", "service": "DongBoHoSoMC", "isUpdating": "False"}
    return json.dumps(envelope | {"data": [dossier(code) for code in codes]}, ensure_ascii=False)
