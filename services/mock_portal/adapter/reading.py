"""From one object of the adapter's wire to a checked one in the portal's notation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.mock_portal.adapter import items
from services.mock_portal.adapter.denial import bad_request
from services.mock_portal.adapter.notation import TimeForm, WrongField, in_portal_notation
from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.items import closed
from services.mock_portal.strictness import Strictness

_MEMBER_CODES: Final = {
    "TaiLieuNop": items.PAPER_CODES,
    "DanhSachLePhi": items.FEE_CODES,
}
_NO_TIMES: Final[Mapping[str, TimeForm]] = {}


@dataclass(frozen=True, slots=True)
class ItemReader:
    spec: ItemSpec
    times: Mapping[str, TimeForm]
    codes: frozenset[str]

    def read(self, item: object, strictness: Strictness) -> dict[str, object]:
        """Check one object and rewrite it.

        Raises `Denied` (400), which names the field.
        """
        if not isinstance(item, dict):
            raise bad_request("Nội dung gửi phải là đối tượng JSON")
        strict = strictness is Strictness.STRICT
        try:
            rewritten = in_portal_notation(item, self.times, self.codes, strict=strict)
            for name, codes in _MEMBER_CODES.items():
                if isinstance(members := rewritten.get(name), list):
                    rewritten[name] = [_member(member, codes, strict=strict) for member in members]
        except WrongField as fault:
            raise bad_request(str(fault)) from fault
        spec = closed(self.spec) if strict else self.spec
        if fault_words := spec.fault_in(rewritten):
            raise bad_request(fault_words)
        return rewritten

    def read_all(self, held: object, strictness: Strictness) -> list[dict[str, object]]:
        """Check an array.

        Raises `Denied` (400) when it is none, is empty, or one of its members is wrong.
        """
        if not isinstance(held, list) or not held:
            raise bad_request("Nội dung gửi phải là mảng JSON và không được rỗng")
        return [self.read(item, strictness) for item in held]


def _member(member: object, codes: frozenset[str], *, strict: bool) -> object:
    if not isinstance(member, dict):
        return member
    return in_portal_notation(member, _NO_TIMES, codes, strict=strict)


DOSSIER: Final = ItemReader(items.DOSSIER, items.DOSSIER_TIMES, items.DOSSIER_CODES)
PROGRESS: Final = ItemReader(items.PROGRESS, items.PROGRESS_TIMES, items.STATUS_CODES)
STATUS: Final = ItemReader(items.STATUS, _NO_TIMES, items.STATUS_CODES)
