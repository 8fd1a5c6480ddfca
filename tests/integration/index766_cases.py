"""A January of seven dossiers, worked out by hand, in our database and on a portal."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from services.core.application.import_catalogue import import_procedures
from services.core.application.refresh_index766 import refresh_index766
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from tests.desk_api import FOUR_HOURS, NO_TIME, THREE_DAYS, Desk, a_filing
from tests.integration.delivery_cases import ScriptedPortal, delivering, rounds
from tests.integration.portal_clients import connected
from tests.roles import as_role

#: The same rows for our catalogue and the portal's: two services online, two with a fee, one without a time.
PROCEDURES: Final = [
    {
        "code": code,
        "name": f"Thủ tục {code}",
        "field_code": "HO-TICH",
        "field_name": "Hộ tịch",
        "level": "commune",
        "service_level": service_level,
        "processing_time_value": value,
        "processing_time_unit": unit,
        "fee_vnd": fee,
        "yields_paper": "yes",
    }
    for code, service_level, value, unit, fee in (
        (THREE_DAYS, "full", "3", "working_day", "8000"),
        (FOUR_HOURS, "partial", "4", "hour", "10000"),
        (NO_TIME, "information", "", "", ""),
    )
]
_SECOND_WARD: Final = "H44.102"


def _step(status: int, at: str) -> dict[str, Any]:
    return {
        "status": status,
        "occurred_at": f"{at}:00+07:00",
        "officer": "Trần Văn Bình",
        "text": "Bước tiếp theo",
    }


def _past(*steps: tuple[int, str], **changes: Any) -> dict[str, Any]:
    return a_filing(officer=None, history=[_step(status, at) for status, at in steps], **changes)


def _fee(amount: int, paid_by: str) -> list[dict[str, Any]]:
    return [{"name": "Lệ phí", "amount_vnd": amount, "paid_by": paid_by}]


#: Short name, and the dossier. Due times follow from the procedures: three working days, four hours.
JANUARY: Final[Mapping[str, dict[str, Any]]] = {
    # Has everything that can be had.
    "whole": _past(
        (2, "2026-01-05T08:00"),
        (9, "2026-01-07T08:00"),
        channel="online",
        fees=_fee(8000, "portal"),
        components=[{"name": "Tờ khai", "digitised": True}],
        results=[{"name": "Giấy khai sinh", "link": "https://h44.example/1.pdf"}],
        applicant=a_filing()["applicant"] | {"verified_by_vneid": True},
    ),
    "late": _past((2, "2026-01-05T08:00"), (9, "2026-01-12T08:00"), fees=_fee(8000, "cash")),
    "by bank": _past(
        (2, "2026-01-06T09:00"),
        (9, "2026-01-06T10:00"),
        (10, "2026-01-07T08:00"),
        procedure_code=FOUR_HOURS,
        fees=_fee(10_000, "bank"),
        components=[{"name": "Bản chính", "digitised": True}],
    ),
    # In time, and counted in January and in February.
    "over the end": _past(
        (1, "2026-01-28T07:00"),
        (2, "2026-01-28T08:00"),
        (9, "2026-02-02T07:30"),
        channel="online",
        unit_code=_SECOND_WARD,
    ),
    "running": _past(
        (2, "2026-01-20T08:00"),
        procedure_code=NO_TIME,
        due_at="2026-01-30T17:00:00+07:00",
        unit_code=_SECOND_WARD,
    ),
    # Received in the old year, ended late in the new one.
    "from december": _past(
        (2, "2025-12-22T08:00"),
        (9, "2026-01-05T08:00"),
        unit_code=_SECOND_WARD,
        components=[{"name": "Giấy khai sinh", "from_national_store": True}],
    ),
    # Nobody took it in, so it counts nowhere.
    "refused": _past((1, "2026-01-14T08:00"), (3, "2026-01-14T09:00"), unit_code=_SECOND_WARD),
}

#: By hand: numerator, denominator, points of the province.
BY_HAND: Final[Mapping[str, tuple[int | None, int | None, float | None]]] = {
    "PUBLISH_ON_TIME": (0, 0, None),
    "PUBLIC_UPDATE_ON_TIME": (0, 0, None),
    "PUBLIC_CONTENT_FULL": (2, 3, 1.33),
    "DOSSIER_SYNC": (5, 5, 6),
    "PROGRESS": (3, 6, 10),
    "ONLINE_OFFERED": (2, 3, 1.67),
    "ONLINE_USED": (1, 2, 2),
    "ONLINE_FILED": (2, 6, 4),
    "PAYMENT_DOSSIERS": (2, 3, 4),
    "PAYMENT_PROCEDURES": (2, 2, 2),
    "PAYMENT_FEES": (2, 2, 2),
    "ORIGINAL_RESULT_AVAILABLE": (1, 6, 1),
    "SO_HOA_GIAY_TO_GIAI_QUYET": (1, 6, 0.67),
    "REUSED_DIGITIZED_DATA": (2, 6, 0.83),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": (1, 6, 0.67),
    "CITIZEN_DATA_CONNECTED_DOSSIER": (2, 6, 0.67),
    "CITIZEN_DATA_CONNECTED_FORMALITY": (1, 3, 0.67),
    "ELECTRONIC_CERTIFIED_COPY": (None, None, None),
    "DOSSIER_RECEIVING_SATISFACTION": (3, 6, 3.33),
    "PETITION_PROCESSING_ON_TIME": (0, 0, 6),
    "PETITION_HANDLING_SATISFACTION": (0, 0, 6),
    "PETITION_CLASSIFICATION_TTHC": (0, 0, None),
    "PETITION_CLASSIFICATION_STAFF": (0, 0, None),
}
BY_HAND_TOTAL: Final = 52.84


def write_catalogue(folder: Path) -> Path:
    """Write the procedures for the portal."""
    path = folder / "procedures.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(PROCEDURES[0]))
        table.writeheader()
        table.writerows(PROCEDURES)
    return path


async def file_january(sessions: Sessions, desk: Desk) -> dict[str, dict[str, Any]]:
    """Take the dossiers in; gives where each stands, by its short name."""
    async with sessions.begin() as session:
        await import_procedures(session, PROCEDURES)
    return {name: await desk.created(officer=None, **filing) for name, filing in JANUARY.items()}


async def bring_to(url: str, sessions: Sessions) -> None:
    """Bring everything to a portal."""
    forward = "/XrdAdapter/RestService/forward/mapi"
    async with connected(url, login_path=f"{forward}/login", call_path=f"{forward}/g") as client:
        await rounds(replace(delivering(sessions, ScriptedPortal()), portal=client))


async def refresh(sessions: Sessions) -> int:
    """Count until nothing is left; gives how many dossiers were counted anew."""
    dossiers = 0
    while True:
        async with as_role(sessions, DatabaseRole.WORKER).begin() as session:
            done = await refresh_index766(session)
        assert done is not None
        dossiers += done.dossiers
        if done.is_complete:
            return dossiers
