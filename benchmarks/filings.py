"""What the desk sends: filings as the API's users write them, over all units and procedures."""

import json
import random
from typing import Any, Final

from benchmarks.catalogue import PROCEDURE_CODES, UNIT_CODES

_SEED: Final = 766


def filings(number: int) -> list[str]:
    """Give so many JSON bodies, always the same ones; units and procedures are evenly used."""
    draw = random.Random(_SEED)
    return [json.dumps(_filing(i, draw), ensure_ascii=False) for i in range(number)]


def _filing(number: int, draw: random.Random) -> dict[str, Any]:
    return {
        "procedure_code": PROCEDURE_CODES[number // len(UNIT_CODES) % len(PROCEDURE_CODES)],
        "unit_code": UNIT_CODES[number % len(UNIT_CODES)],
        "channel": "direct",
        "filing_mode": "assisted",
        "summary": f"Đề nghị cấp bản sao trích lục, hồ sơ {number}",
        "officer": "Trần Thị Bình",
        "department": "Bộ phận Một cửa",
        "applicant": {
            "kind": "citizen",
            "name": f"Nguyễn Văn {draw.choice(('An', 'Bình', 'Cường', 'Dũng'))}",
            "identity_number": f"025090{draw.randrange(10**6):06}",
            "phone": f"09{draw.randrange(10**8):08}",
            "address": "Tổ 3, phường Việt Trì, tỉnh Phú Thọ",
        },
        "components": [
            {"name": "Tờ khai theo mẫu", "code": "TP.01", "digitised": True},
            {"name": "Giấy tờ tùy thân", "code": "TP.02", "digitised": True},
        ],
        "fees": [{"name": "Lệ phí", "amount_vnd": 8000, "code": "LP.01"}],
    }
