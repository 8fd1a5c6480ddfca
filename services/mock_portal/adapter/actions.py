"""The six actions of the adapter, each on the store that the first generation fills too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from services.mock_portal.adapter import reading
from services.mock_portal.adapter.denial import Denied, bad_request, forbidden
from services.mock_portal.adapter.items import LISTS_ONLY_WITH
from services.mock_portal.adapter.upload import NotMultipart, read_files
from services.mock_portal.body_facts import facts_of
from services.mock_portal.evaluation.departments import top_of
from services.mock_portal.intake import body_of, entry_of
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.store import Dossier, shared
from services.mock_portal.strictness import Strictness

AUTHORISE: Final = "token"
NEXT_NUMBER: Final = "so-ho-so"
TAKE_FILES: Final = "tep-tin"

_MAX_UNIT: Final = 35
_NO_UNIT: Final = "000.00.00.G22"
"""Numbers dossiers of clients without a unit: the portal itself."""
_LISTS: Final = ("DanhSachLePhi", "DanhSachGiayToKetQua")


@dataclass(frozen=True, slots=True)
class Ask:
    """One call of the adapter; `client` has shown a valid token, or is empty where none is needed."""

    portal: Portal
    call: Call
    client: str
    value: object
    """The JSON body, form fields or query, whichever the action takes."""
    sent: bytes
    content_type: str

    @property
    def unit(self) -> str:
        """Organisation code the client is bound to, or empty."""
        held = self.portal.settings.adapter_clients.get(self.client)
        return held.unit if held else ""

    def allow(self, unit: str) -> None:
        """Raise `Denied` (403) for another organisation than the client's own."""
        if self.unit and top_of(unit) != top_of(self.unit):
            raise forbidden()

    def text(self, name: str) -> str:
        """Read a field that must stand.

        Raises `Denied` (400).
        """
        value = self.value.get(name) if isinstance(self.value, dict) else None
        if not isinstance(value, str) or not value:
            raise bad_request(f"thiếu trường bắt buộc {name}")
        return value


Action = Callable[[Ask], Mapping[str, object]]


def open_token(ask: Ask) -> Mapping[str, object]:
    """Hand out a token (step 1). Raises `Denied` 400 or 401."""
    client, secret = ask.text("client_id"), ask.text("client_secret")
    clients = ask.portal.settings.adapter_clients
    if clients and (client not in clients or clients[client].secret != secret):
        raise Denied(401, "client_id hoặc client_secret không đúng")
    desk = ask.portal.adapter
    token = {
        "access_token": desk.open_token(client, ask.portal.clock.now()),
        "expires_in": int(desk.tokens.life.total_seconds()),
        "token_type": "Bearer",
        "scope": "default",
    }
    return {"data": token}


def next_number(ask: Ask) -> Mapping[str, object]:
    """Give the next dossier number of the unit `code` (step 2). Raises `Denied` 400 or 403."""
    unit = ask.text("code")
    if not unit.isprintable() or len(unit) > _MAX_UNIT:
        raise bad_request("trường code không hợp lệ")
    ask.allow(unit)
    return {"value": _next_number(ask.portal, unit)}


def take_files(ask: Ask) -> Mapping[str, object]:
    """Take the parts named `files` (step 3). Raises `Denied` 400."""
    try:
        files = [f for f in read_files(ask.content_type, ask.sent) if f.field == "files"]
    except NotMultipart as error:
        raise bad_request("Nội dung gửi phải là multipart/form-data") from error
    if not files:
        raise bad_request("thiếu trường bắt buộc files")
    kept = [(file.name, *ask.portal.adapter.keep_file(file.content)) for file in files]
    return {"data": [{"IdTepTin": i, "HashTepTin": digest, "TenTepTin": name} for name, i, digest in kept]}


def create_dossier(ask: Ask) -> Mapping[str, object]:
    """Create a dossier (step 4); without MaHoSo it gets the next number. Raises `Denied` 400 or 403."""
    portal = ask.portal
    item = reading.DOSSIER.read(ask.value, portal.settings.strictness)
    _check_procedure(portal, str(item["MaTTHC"]))
    _check_files(portal, item)
    given = str(item.get("MaHoSo") or "")
    if not given.isprintable():
        raise bad_request("trường MaHoSo có ký tự không hợp lệ")
    unit = given.split("-", 1)[0] or ask.unit
    ask.allow(unit)
    code = given or _next_number(portal, unit or _NO_UNIT)
    if code in portal.store:
        raise bad_request(f"Hồ sơ {code} đã tồn tại")
    received = item.get("NgayTiepNhan") or item["NgayNop"]
    complete = item | {"NgayTiepNhan": received, "TrangThaiHoSo": item.get("TrangThaiHoSo") or "1"}
    portal.store.create(code, body_of(ask.call, complete, unit=shared(unit)))
    if not given:
        portal.ledger.note_item(ask.call, 0, code)
    return {"data": {"idHoSo": id_of(code), "maHoSo": code}}


def append_progress(ask: Ask) -> Mapping[str, object]:
    """Append entries (step 5); one wrong entry refuses all of them. Raises `Denied` 400 or 403."""
    portal = ask.portal
    entries = [
        (_dossier_of(ask, item, "IDHoSo").code, entry_of(ask.call, item))
        for item in reading.PROGRESS.read_all(ask.value, portal.settings.strictness)
    ]
    for code, entry in entries:
        portal.store.append(code, entry, deduplicate=portal.settings.deduplicate_progress)
    return {"data": {"soLuong": len(entries)}}


def change_statuses(ask: Ask) -> Mapping[str, object]:
    """Change the statuses of dossiers (step 6). Raises `Denied` 400 or 403."""
    portal = ask.portal
    changes = []
    for item in reading.STATUS.read_all(ask.value, portal.settings.strictness):
        _check_lists(item)
        changes.append((_dossier_of(ask, item, "IdHoSo"), item))
    for dossier, item in changes:
        body = replace(
            dossier.body,
            call=ask.call,
            status=shared(str(item["TrangThai"])),
            facts=dossier.body.facts | facts_of(item),
        )
        portal.store.update(dossier.code, body)
    return {"data": {"soLuong": len(changes)}}


ACTIONS: Final[Mapping[str, Action]] = MappingProxyType(
    {
        AUTHORISE: open_token,
        NEXT_NUMBER: next_number,
        TAKE_FILES: take_files,
        "ho-so": create_dossier,
        "tien-do": append_progress,
        "trang-thai": change_statuses,
    }
)


def id_of(code: str) -> str:
    """IdHoSo of a dossier: its code in another guise, so that nothing has to be remembered."""
    return code.encode().hex()


def _next_number(portal: Portal, unit: str) -> str:
    """Pass over numbers that are taken, as after a restored state."""
    while (code := portal.adapter.next_number(unit, portal.clock.now())) in portal.store:
        pass
    return code


def _dossier_of(ask: Ask, item: Mapping[str, object], id_field: str) -> Dossier:
    """Find by MaHoSo, else by id; the id's name is written in two ways, depending on the action."""
    code, given = str(item.get("MaHoSo") or ""), str(item.get(id_field) or "")
    if not code and not given:
        raise bad_request(f"thiếu trường bắt buộc {id_field} hoặc MaHoSo")
    if code and given and given != id_of(code):
        raise bad_request(f"trường {id_field} và MaHoSo không cùng một hồ sơ")
    dossier = ask.portal.store.find(code or _code_behind(given))
    if dossier is None:
        raise bad_request(f"trường {'MaHoSo' if code else id_field} chưa tồn tại trên hệ thống")
    ask.allow(dossier.body.unit)
    return dossier


def _code_behind(dossier_id: str) -> str:
    try:
        return bytes.fromhex(dossier_id).decode()
    except ValueError:
        return ""


def _check_procedure(portal: Portal, code: str) -> None:
    settings = portal.settings
    if settings.accept_any_procedure or settings.strictness is Strictness.LENIENT:
        return
    variants = settings.accept_province_variants
    if portal.catalogue.find_procedure(code, province_variants=variants) is None:
        raise bad_request("trường MaTTHC không có trong danh mục thủ tục hành chính")


def _check_files(portal: Portal, item: Mapping[str, object]) -> None:
    papers = item.get("TaiLieuNop")
    for index, paper in enumerate(papers if isinstance(papers, list) else ()):
        held = portal.adapter.hash_of(str(paper["IdTepTin"]))
        if held is None:
            raise bad_request(f"trường TaiLieuNop[{index}].IdTepTin chưa được tải lên")
        if held != paper["HashTepTin"]:
            raise bad_request(f"trường TaiLieuNop[{index}].HashTepTin không khớp với tệp đã tải lên")


def _check_lists(item: Mapping[str, object]) -> None:
    for name in _LISTS:
        if item.get(name) and item["TrangThai"] not in LISTS_ONLY_WITH:
            raise bad_request(f"trường {name} chỉ gửi kèm TrangThai 5, 6 hoặc 9")
