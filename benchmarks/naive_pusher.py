"""A pusher as one finds them in the field, as a driver for `lienthong conformance`.

It does what portal-interface 5.3 describes, at a tick of half a second instead of 45: asks whether the portal
has the dossier, sends the body, then the latest step alone; a queue row per dossier, ten tries, no classes of
errors, and an exception counts as a success. Nothing here is made worse than what was read in real systems.
"""

import json
import sys
import threading
import time
from collections import deque
from typing import Any, Final

import httpx

_TICK_SECONDS: Final = 0.5
_ROWS_PER_TICK: Final = 10
_MAX_RETRY: Final = 10
_SESSION_SECONDS: Final = 600.0
_LOGIN: Final = "/XrdAdapter/RestService/forward/mapi/login"
_CALL: Final = "/XrdAdapter/RestService/forward/mapi/g"


class NaivePusher:
    def __init__(self, portal: dict[str, str]) -> None:
        self._portal = portal
        self._http = httpx.Client(
            base_url=portal["url"], headers={"dstcode": portal["dstcode"]}, timeout=60, trust_env=False
        )
        self._session = ""
        self._session_until = 0.0
        self._content: dict[str, dict[str, Any]] = {}
        self._queue: deque[tuple[str, int]] = deque()

    def take(self, dossier: dict[str, Any]) -> None:
        """Remember the content, and queue the number unless it is queued already."""
        self._content[dossier["code"]] = dossier
        if dossier["code"] not in [code for code, _ in self._queue]:
            self._queue.append((dossier["code"], 0))

    def tick(self) -> None:
        for _ in range(min(_ROWS_PER_TICK, len(self._queue))):
            code, tries = self._queue.popleft()
            if not self._push(self._content[code]) and tries + 1 < _MAX_RETRY:
                self._queue.append((code, tries + 1))

    def _push(self, dossier: dict[str, Any]) -> bool:
        try:
            updating = bool(self._call("TraCuuHoSo", mahoso=dossier["code"]).get("result"))
            body = self._call("DongBoHoSoMC", isUpdating=str(updating), data=[_body(dossier)])
            if str(body["error_code"]) != "0":
                return False
            latest = self._call("CapNhatTienDoHoSoMC", data=[_entry(dossier, dossier["history"][-1])])
            return str(latest["error_code"]) == "0"
        except Exception as error:  # noqa: BLE001 - this is the defect that is shown: nothing left to try again
            sys.stderr.write(f"{type(error).__name__}\n")
            return True

    def _call(self, service: str, **parameters: Any) -> dict[str, Any]:
        envelope = {"session": self._logged_in(), "madonvi": "H44", "service": service}
        answer: dict[str, Any] = self._http.post(_CALL, json=envelope | parameters).json()
        return answer

    def _logged_in(self) -> str:
        if time.monotonic() > self._session_until:
            account = {name: self._portal[name] for name in ("username", "password")}
            self._session = self._http.post(_LOGIN, json=account).json()["session"]
            self._session_until = time.monotonic() + _SESSION_SECONDS
        return self._session


def _date(text: str) -> str:
    return "".join(letter for letter in text[:19] if letter.isdigit())


def _body(dossier: dict[str, Any]) -> dict[str, Any]:
    return {
        "MaHoSo": dossier["code"],
        "MaTTHC": dossier["procedure_code"],
        "TenTTHC": dossier["procedure_name"],
        "MaLinhVuc": dossier["field_code"],
        "TenLinhVuc": dossier["field_name"],
        "LoaiDoiTuong": "1",
        "ChuHoSo": dossier["applicant_name"],
        "TrichYeuHoSo": dossier["summary"],
        "NgayTiepNhan": _date(dossier["history"][0]["occurred_at"]),
        "NgayHenTra": _date(dossier["due_at"]),
        "TrangThaiHoSo": str(dossier["history"][-1]["status"]),
        "HinhThuc": "0",
        "DonViXuLy": dossier["unit_name"],
    }


def _entry(dossier: dict[str, Any], step: dict[str, Any]) -> dict[str, Any]:
    return {
        "MaHoSo": dossier["code"],
        "NguoiXuLy": step["officer"],
        "ThoiDiemXuLy": _date(step["occurred_at"]),
        "NoiDungXuLy": step["text"],
        "TrangThai": str(step["status"]),
    }


def main() -> None:
    """Serve the lines of a conformance report until there are no more."""
    pusher = NaivePusher(json.loads(sys.stdin.readline())["portal"])
    lock, ended = threading.Lock(), threading.Event()

    def run() -> None:
        while not ended.wait(_TICK_SECONDS):
            with lock:
                pusher.tick()

    ticking = threading.Thread(target=run)
    ticking.start()
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        with lock:
            for dossier in json.loads(line)["dossiers"]:
                pusher.take(dossier)
        print(json.dumps({"taken": True}), flush=True)
    ended.set()
    ticking.join()


if __name__ == "__main__":
    main()
