"""JSON instead of arq's pickle: whoever can write to the broker must not be able to run code."""

import json
from typing import Any


def dumps(job: dict[str, Any]) -> bytes:
    """Encode a job; anything but plain values raises `TypeError`."""
    return json.dumps(job).encode()


def loads(data: bytes) -> dict[str, Any]:
    """Decode a job."""
    job: dict[str, Any] = json.loads(data)
    return job
