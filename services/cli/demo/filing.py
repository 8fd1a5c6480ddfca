"""The planned dossiers in the words of the API."""

import random
from datetime import datetime, timedelta
from typing import Any, Final

from services.cli.demo.people import Person, choose_officer
from services.cli.demo.plan import PlannedDossier
from services.core.domain.dossier import Status

#: Share of dossiers filed online in the province at that time (published figures, 34.69 % in a neighbour).
ONLINE_SHARE: Final = 0.35
_DEPARTMENT: Final = "Bộ phận Một cửa"
_DIGITISED_SHARE: Final = 0.6


def to_filing(planned: PlannedDossier, person: Person) -> dict[str, Any]:
    """Give the body of a create; the same plan always gives the same body, as a repeated call must."""
    chance = random.Random(planned.number)  # noqa: S311 - invented people, not secrets
    online = chance.random() < ONLINE_SHARE
    return {
        "procedure_code": planned.offer.code,
        "unit_code": planned.unit_code,
        "channel": "online" if online else "direct",
        "filing_mode": "self" if online else chance.choice(["assisted", "on_behalf"]),
        "applicant": {
            "kind": "citizen",
            "name": person.name,
            "identity_number": person.identity_number,
            "birth": person.birth,
        },
        "summary": planned.offer.name[:200],
        "submitted_at": planned.received_at.isoformat(),
        "components": [{"name": "Tờ khai theo mẫu", "digitised": chance.random() < _DIGITISED_SHARE}],
        "fees": [{"name": "Lệ phí", "amount_vnd": planned.offer.fee_vnd}] if planned.offer.fee_vnd else [],
        "history": _history(planned, chance),
    }


def finishing_entry(officer: str) -> dict[str, Any]:
    """Say that the result is ready, just now."""
    return {"status": int(Status.FINISHED), "officer": officer, "text": "Đã có kết quả giải quyết"}


def handing_over_entry(officer: str) -> dict[str, Any]:
    """Say that the citizen has the result, just now."""
    return {"status": int(Status.RETURNED), "officer": officer, "text": "Đã trả kết quả cho công dân"}


def _history(planned: PlannedDossier, chance: random.Random) -> list[dict[str, Any]]:
    lines = [(Status.RECEIVED, planned.received_at, "Tiếp nhận hồ sơ")]
    at_work = planned.received_at + timedelta(minutes=5)
    lines.append((Status.IN_PROCESS, at_work, "Chuyển phòng chuyên môn thụ lý"))
    if planned.supplement is not None:
        asked_at, answered_at = planned.supplement
        lines.append((Status.SUPPLEMENT_REQUESTED, asked_at, "Đề nghị bổ sung giấy tờ còn thiếu"))
        lines.append((Status.IN_PROCESS, answered_at, "Công dân đã bổ sung, tiếp tục xử lý"))
    return [_line(status, at, text, chance) for status, at, text in lines]


def _line(status: Status, at: datetime, text: str, chance: random.Random) -> dict[str, Any]:
    return {
        "status": int(status),
        "occurred_at": at.isoformat(),
        "officer": choose_officer(chance),
        "department": _DEPARTMENT,
        "text": text,
    }
