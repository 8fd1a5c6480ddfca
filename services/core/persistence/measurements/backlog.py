"""How the backlog is cut up: by how long it has waited, and by how long there is until the flag."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

#: Lower bounds by the upper bound's name; the first begins below any time.
AGES: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "1m": timedelta(days=-36_500),
        "5m": timedelta(minutes=1),
        "1h": timedelta(minutes=5),
        "4h": timedelta(hours=1),
        "1d": timedelta(hours=4),
        "more": timedelta(days=1),
    }
)
TIME_LEFT: Final[Mapping[str, timedelta]] = MappingProxyType(
    {
        "flagged": timedelta(days=-36_500),
        "1h": timedelta(),
        "4h": timedelta(hours=1),
        "24h": timedelta(hours=4),
        "more": timedelta(hours=24),
    }
)
#: What the portal will never call late on what it knows.
NEVER: Final = "never"
