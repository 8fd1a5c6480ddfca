"""The services that push: check every item of the call, then store them all or none."""

from collections.abc import Callable
from typing import Final, TypeVar

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.body_facts import facts_of
from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.items import STATUSES
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.store import Body, Entry, shared
from services.mock_portal.strictness import Strictness

Checked = TypeVar("Checked")

_NOTICES: Final = "2"
_NOTICE_STATUS: Final = ItemSpec(
    required=("MaHoSo", "TrangThai"),
    # 11 is this exchange's own status: the notice was refused.
    codes={"TrangThai": frozenset({*STATUSES, "11"})},
    max_lengths={"MaHoSo": 100},
    texts=frozenset({"NoiDung", "NgayXuLy"}),
)


def push_dossiers(portal: Portal, call: Call, body: dict[str, object]) -> Answer:
    """Create or update dossiers.

    Raises `Refused` when `isUpdating` is neither "True" nor "False", or an item fails its checks.
    """
    mode = body.get("isUpdating")
    if mode not in ("True", "False"):
        raise Refused('isUpdating phải là chuỗi "True" hoặc "False"')
    updating = mode == "True"
    unit = shared(str(body["madonvi"]))
    seen: set[str] = set()

    def check(item: dict[str, object]) -> tuple[str, Body]:
        code = str(item["MaHoSo"])
        _check_procedure(portal, code, str(item.get("MaTTHC") or ""))
        _check_existence(portal, code, updating=updating, repeated=code in seen)
        seen.add(code)
        return code, body_of(call, item, unit=unit)

    def keep(checked: tuple[str, Body]) -> None:
        if updating:
            portal.store.update(*checked)
        else:
            portal.store.create(*checked)

    take_items(portal, body, spec=portal.dossier_spec, key="MaHoSo", check=check, keep=keep)
    return Answer(SUCCESS, "Đồng bộ hồ sơ thành công")


def append_progress(portal: Portal, call: Call, body: dict[str, object]) -> Answer:
    """Append progress entries.

    Raises `Refused` when an item fails its checks or its dossier is not here yet.
    """
    deduplicate = portal.settings.deduplicate_progress

    def check(item: dict[str, object]) -> tuple[str, Entry]:
        code = str(item["MaHoSo"])
        if code not in portal.store:
            raise Refused(f"Hồ sơ {code}: MaHoSo chưa tồn tại trên hệ thống, không cập nhật được tiến độ")
        return code, entry_of(call, item)

    def keep(checked: tuple[str, Entry]) -> None:
        portal.store.append(*checked, deduplicate=deduplicate)

    take_items(portal, body, spec=portal.progress_spec, key="MaHoSo", check=check, keep=keep)
    return Answer(SUCCESS, "Cập nhật tiến độ hồ sơ thành công")


def take_notice_statuses(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Take the statuses of promotion notices, which the portal numbers itself; the ledger alone holds them.

    Raises `Refused` when `type` is not "2", or an item fails its checks.
    """
    if body.get("type") != _NOTICES:
        raise Refused('type phải là chuỗi "2"')
    take_items(portal, body, spec=_NOTICE_STATUS, key="MaHoSo", check=lambda item: item, keep=lambda _: None)
    return Answer(SUCCESS, "Đồng bộ trạng thái hồ sơ thành công")


def take_items(
    portal: Portal,
    body: dict[str, object],
    *,
    spec: ItemSpec,
    key: str,
    check: Callable[[dict[str, object]], Checked],
    keep: Callable[[Checked], None],
) -> None:
    """Keep what passes; the first element of `data` that does not refuses the whole call.

    `key` is the field that names an element in a refusal.

    Raises `Refused`, also for what `check` raises.
    """
    accepted: list[Checked] = []
    try:
        for position, item in enumerate(_items_of(portal, body), start=1):
            accepted.append(check(_sound(item, position, portal, spec, key)))
    except Refused:
        if portal.settings.refused_call_keeps_earlier_items:
            for checked in accepted:
                keep(checked)
        raise
    for checked in accepted:
        keep(checked)


def _items_of(portal: Portal, body: dict[str, object]) -> list[object]:
    items = body.get("data")
    if not isinstance(items, list) or not items:
        raise Refused("data phải là mảng JSON và không được rỗng")
    limit = portal.settings.max_items_per_call
    if limit is not None and len(items) > limit:
        raise Refused(f"data vượt quá {limit} phần tử cho một lần gọi")
    return items


def _sound(item: object, position: int, portal: Portal, spec: ItemSpec, key: str) -> dict[str, object]:
    if not isinstance(item, dict):
        raise Refused(f"Phần tử thứ {position} của data phải là đối tượng")
    settings = portal.settings
    if not settings.scalars_must_be_strings or settings.strictness is Strictness.LENIENT:
        item = {name: _as_text(value) for name, value in item.items()}
    if fault := spec.fault_in(item):
        raise Refused(f"{_name_of(item, position, key)}: {fault}")
    if not str(item[key]).isprintable():
        raise Refused(f"Phần tử thứ {position} của data: {key} có ký tự không hợp lệ")
    return item


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


def _name_of(item: dict[str, object], position: int, key: str) -> str:
    code = item.get(key)
    if isinstance(code, str) and code and code.isprintable():
        return f"Hồ sơ {code}" if key == "MaHoSo" else f"{key} {code}"
    return f"Phần tử thứ {position} của data"


def _check_procedure(portal: Portal, code: str, procedure: str) -> None:
    settings = portal.settings
    if settings.accept_any_procedure or settings.strictness is Strictness.LENIENT:
        return
    if (
        portal.catalogue.find_procedure(procedure, province_variants=settings.accept_province_variants)
        is None
    ):
        raise Refused(f"Hồ sơ {code}: MaTTHC không có trong danh mục thủ tục hành chính")


def _check_existence(portal: Portal, code: str, *, updating: bool, repeated: bool) -> None:
    known = code in portal.store
    if updating and not known:
        raise Refused(f"Hồ sơ {code}: MaHoSo chưa tồn tại trên hệ thống, không cập nhật được")
    if not updating and (known or repeated) and portal.settings.refuse_existing_dossier:
        raise Refused(f"Hồ sơ {code} đã tồn tại", portal.drift.existing_code())


def body_of(call: Call, item: dict[str, object], *, unit: str) -> Body:
    """Keep of a checked item what look-ups, verdicts and the evaluation read."""
    return Body(
        call=call,
        procedure=shared(str(item.get("MaTTHC") or "")),
        status=shared(str(item["TrangThaiHoSo"])),
        received=str(item["NgayTiepNhan"]),
        due=str(item.get("NgayHenTra") or ""),
        ended=str(item.get("NgayKetThucXuLy") or ""),
        unit=unit,
        handler=shared(str(item.get("DonViXuLy") or "")),
        facts=facts_of(item),
        supplements=_supplements_of(item.get("DanhSachHoSoBoSung")),
    )


def _supplements_of(held: object) -> tuple[tuple[str, str], ...]:
    if not held or not isinstance(held, list):
        return ()
    return tuple(
        (str(one["NgayBoSung"]), str(one.get("NgayTiepNhanBoSung") or ""))
        for one in held
        if isinstance(one, dict) and one.get("NgayBoSung")
    )


def entry_of(call: Call, item: dict[str, object]) -> Entry:
    return Entry(
        call=call,
        occurred=str(item["ThoiDiemXuLy"]),
        status=shared(str(item["TrangThai"])),
        officer=shared(str(item.get("NguoiXuLy") or "")),
        text=str(item.get("NoiDungXuLy") or ""),
    )
