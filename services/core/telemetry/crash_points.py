"""Places at which a fault test may end this process as a power cut would.

Every call stands under `if __debug__:`, so that `python -O`, which the production image uses, compiles it
away; `tests/architecture/test_crash_points.py` holds the code to it.

    A1 API: a transaction is about to begin       W1 worker: dossiers are claimed, and committed
    A3 API: written; a create is committed, too   W2 worker: connected, nothing sent
    A4 API: committed, not answered               W3 worker: half of a request has left
                                                  W4 worker: a request has left, nothing is read
                                                  W5 worker: the head of the answer is read
                                                  W6 worker: the answer is read, nothing is settled
                                                  W7 worker: settled, not committed
                                                  W8 worker: the settlement is committed
                                                  W9 worker: a refused call is about to be halved
                                                  W11 worker: a dossier is parked, not committed

There is no A2 between the rows of a reception: one statement writes them all. W10 and W12 are left to the
parts of the system that they would stand in.
"""

import os
import re
import signal
from typing import Final

PRODUCTION: Final = "production"

_ORDER: Final = re.compile(r"(?P<point>[AW][0-9]{1,2})(?::(?P<passage>[1-9][0-9]{0,6}))?")


class CrashRefused(ValueError):
    """A crash was ordered where none can be, or one that makes no sense."""


class _Fuse:
    """The point that is armed, and how many passages are left until it ends the process."""

    point: str | None = None
    passages: int = 0


def arm(order: str | None, *, environment: str) -> None:
    """Take an order such as `W4:3`, the third passage of W4; `None` arms nothing.

    Raises `CrashRefused` in production, under `python -O`, and for what is no order.
    """
    if order is None:
        return
    if environment == PRODUCTION or not __debug__:
        raise CrashRefused(
            "LIENTHONG_CRASH_AT chỉ dùng khi kiểm thử; hãy bỏ biến này"
            " / LIENTHONG_CRASH_AT is for tests only; unset it"
        )
    parts = _ORDER.fullmatch(order)
    if parts is None:
        raise CrashRefused("LIENTHONG_CRASH_AT: cần dạng W4 hoặc W4:3 / has to look like W4 or W4:3")
    _Fuse.point, _Fuse.passages = parts["point"], int(parts["passage"] or "1")


def is_armed(point: str) -> bool:
    """Tell whether this point is the one that will end the process."""
    return _Fuse.point == point


def pass_by(point: str) -> None:
    """Pass a point; at the passage that was ordered the process does not come out again."""
    if _Fuse.point != point:
        return
    _Fuse.passages -= 1
    if _Fuse.passages == 0:
        os.kill(os.getpid(), signal.SIGKILL)
