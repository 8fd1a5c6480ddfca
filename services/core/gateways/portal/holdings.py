"""The list service of the portal, which nobody has published: *inferred*, and off unless a setting names it.

`ThongKeHoSo` and `LayDanhSachHoSo` are described in docs/reconciliation.md.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final, TypeVar

from services.core.domain.dossier import Status
from services.core.domain.holdings import Bucket, Held, Sum
from services.core.domain.outcome import Failure, Unknown
from services.core.gateways.portal.client import PortalClient
from services.core.gateways.portal.wire import VIETNAM, parse_date

Key = TypeVar("Key")
Value = TypeVar("Value")

_DAY: Final = "%Y%m%d"


class ListService:
    """A `PortalHoldings` that asks the portal itself, within the session of a client."""

    def __init__(self, client: PortalClient) -> None:
        self._client = client

    async def sums(self, first: date, last: date) -> dict[Bucket, Sum] | Failure:
        """Ask for the sums of a range of days in one call."""
        parameters = {"tungay": f"{first:{_DAY}}", "denngay": f"{last:{_DAY}}"}
        rows = await self._client.enquire("ThongKeHoSo", parameters)
        return _by_key(rows, _summed) if isinstance(rows, list) else rows

    async def dossiers(self, bucket: Bucket) -> list[Held] | Failure:
        """Ask for the dossiers of a bucket in one call."""
        parameters = {"madonvihoso": bucket.prefix, "ngay": f"{bucket.day:{_DAY}}"}
        rows = await self._client.enquire("LayDanhSachHoSo", parameters)
        if not isinstance(rows, list):
            return rows
        held = _by_key(rows, _listed)
        return list(held.values()) if isinstance(held, dict) else held


def _by_key(
    rows: list[Any], read: Callable[[dict[str, Any]], tuple[Key, Value]]
) -> dict[Key, Value] | Failure:
    """Read all rows or none: half a list would make dossiers look lost."""
    try:
        pairs = [read(row) for row in rows]
    except (KeyError, TypeError, ValueError) as exc:
        return Unknown(f"unreadable list: {type(exc).__name__}")
    by_key = dict(pairs)
    return by_key if len(by_key) == len(pairs) else Unknown("the list names something twice")


def _summed(row: dict[str, Any]) -> tuple[Bucket, Sum]:
    day = datetime.strptime(row["NGAY"], _DAY).replace(tzinfo=VIETNAM).date()
    return Bucket(day, str(row["MADONVI"])), Sum(int(row["SOHOSO"]), str(row["MABAM"]).lower())


def _listed(row: dict[str, Any]) -> tuple[str, Held]:
    code, last = str(row["MAHOSO"]), row["THOIDIEMCUOI"]
    last_at = parse_date(last) if last else None
    return code, Held(code, Status(int(row["TRANGTHAI"])), int(row["SOTIENDO"]), last_at)
