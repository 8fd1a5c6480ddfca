"""What is looked at in a situation, each with a sentence for people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.conformance.evidence import DOSSIERS, PROGRESS, CallSeen, Evidence

_MOST_TRIES_OF_A_REFUSED_ONE: Final = 5
#: What a wait may fall short of Retry-After: clocks and the way there and back.
_WAIT_TOLERANCE_SECONDS: Final = 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """A situation after its time: its dossiers' evidence, and what the portal counted meanwhile."""

    evidence: Sequence[Evidence]
    logins: int
    struck: int
    """Calls that met an ordered fault."""


@dataclass(frozen=True, slots=True)
class Finding:
    holds: bool
    vi: str
    en: str
    detail: str = ""


Check = Callable[[Seen], Finding]


def all_complete(seen: Seen) -> Finding:
    """Check that the portal has every step, in order, with its own time, and nothing else."""
    missing = [e for e in seen.evidence if not e.complete]
    detail = "; ".join(f"{e.code}: {_listed(e.wanted)} ≠ {_listed(e.stored)}" for e in missing[:3])
    return Finding(
        not missing,
        "Mọi bước của mọi hồ sơ có trên Cổng, đúng thứ tự, đúng thời điểm",
        "Every step of every dossier is on the portal, in order, with its own time",
        detail,
    )


def fault_met(seen: Seen) -> Finding:
    """Check that the situation came about at all: without that the rest proves nothing."""
    return Finding(
        seen.struck > 0,
        "Tình huống đã thực sự xảy ra",
        "The situation did come about",
        f"{seen.struck} lượt gọi / calls",
    )


def newest_arrived(seen: Seen) -> Finding:
    """Check that the portal knows where each dossier stands, whatever it was told of the way there."""
    behind = [e for e in seen.evidence if not e.current]
    return Finding(
        not behind,
        "Bước mới nhất của mọi hồ sơ có trên Cổng, đúng thời điểm",
        "The newest step of every dossier is on the portal, with its own time",
        "; ".join(f"{e.code}: {_listed(e.wanted)} ≠ {_listed(e.stored)}" for e in behind[:3]),
    )


def nothing_doubled(seen: Seen) -> Finding:
    doubled = [e for e in seen.evidence if e.doubled]
    detail = "; ".join(f"{e.code}: {_listed(e.doubled)}" for e in doubled[:3])
    return Finding(
        not doubled, "Không có bước nào trên Cổng hai lần", "No step is on the portal twice", detail
    )


def one_supplement_request(seen: Seen) -> Finding:
    """Check that no second request makes the portal count the dossier as late."""
    counts = [evidence.supplement_requests for evidence in seen.evidence]
    return Finding(
        counts == [1] * len(counts),
        "Cổng chỉ đếm một lần yêu cầu bổ sung",
        "The portal counts one supplement request",
        _listed(counts),
    )


def created_once(seen: Seen) -> Finding:
    """Check that nothing was sent again that the portal had accepted."""
    again = [e for e in seen.evidence if len(_accepted(e, DOSSIERS)) > 1]
    return Finding(
        not again,
        "Hồ sơ đã được nhận thì không gửi lại",
        "A dossier that was accepted is not sent again",
        "; ".join(f"{e.code}: {len(_accepted(e, DOSSIERS))}" for e in again[:3]),
    )


def logged_in_again(seen: Seen) -> Finding:
    return Finding(
        seen.logins >= 1,
        "Phiên hết hạn thì đăng nhập lại",
        "It logs in again after the session has ended",
        str(seen.logins),
    )


def waited(seconds: float) -> Check:
    """Check that a throttled call came again no sooner than the portal asked for."""

    def check(seen: Seen) -> Finding:
        gaps = [
            later.after_seconds - earlier.after_seconds
            for e in seen.evidence
            for earlier, later in pairwise(e.calls)
            if earlier.fault == "throttled"
        ]
        patient = bool(gaps) and min(gaps) >= seconds - _WAIT_TOLERANCE_SECONDS
        return Finding(
            patient,
            f"Chờ đủ {seconds:g} giây theo Retry-After",
            f"It waits the {seconds:g} s of Retry-After",
            ", ".join(f"{gap:.1f} s" for gap in gaps) or "-",
        )

    return check


def good_one_complete(seen: Seen) -> Finding:
    """Check that the first dossier arrives, whatever becomes of the second."""
    first = seen.evidence[0]
    return Finding(
        first.current,
        "Hồ sơ đúng vẫn lên Cổng dù hồ sơ khác bị từ chối",
        "A good dossier arrives although another one is refused",
        _listed(first.stored),
    )


def refused_one_left_alone(seen: Seen) -> Finding:
    """Check that the second dossier is given up after a few tries."""
    refused = seen.evidence[1]
    tries = len(refused.calls_of(DOSSIERS))
    return Finding(
        1 <= tries <= _MOST_TRIES_OF_A_REFUSED_ONE and not refused.held,
        "Hồ sơ bị từ chối không bị gửi đi gửi lại",
        "A refused dossier is not sent over and over",
        str(tries),
    )


def entries_only_after_dossier(seen: Seen) -> Finding:
    """Check that no step was sent before the portal had the dossier."""
    early = [e for e in seen.evidence if _sent_early(e)]
    return Finding(
        not early,
        "Không gửi tiến độ trước khi Cổng có hồ sơ",
        "No step is sent before the portal has the dossier",
        "; ".join(e.code for e in early[:3]),
    )


def _sent_early(evidence: Evidence) -> bool:
    created = [call.number for call in _accepted(evidence, DOSSIERS)]
    return any(not created or call.number < created[0] for call in evidence.calls_of(PROGRESS))


def _accepted(evidence: Evidence, service: str) -> list[CallSeen]:
    return [call for call in evidence.calls_of(service) if call.outcome == "accepted"]


def _listed(numbers: Sequence[int]) -> str:
    return " ".join(map(str, numbers)) or "-"
