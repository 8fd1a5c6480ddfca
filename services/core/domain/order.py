"""Which of the waiting dossiers go first.

Earliest flag first among those that can still be saved is as good as a plan that knew the future, for work
of unit size (Glover's matching in convex bipartite graphs). A dossier's row carries all of its entries, so a
later entry that is more urgent than the first one lends it its flag without any rule for that.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby, zip_longest
from typing import Final, Generic, NamedTuple, TypeVar

#: Part of a claim that dossiers already flagged get while others can still be saved (design 4). Where twice
#: as much wants to be sent as the portal takes, each hundredth costs some forty of 12,000 dossiers
#: (`lienthong simulate --scenario capacity-200`); without any, those flagged would wait until it is over.
FLAGGED_SHARE: Final = 0.05
#: Calls from the choice to the acknowledgement of an ending: the body's, and that of the entries.
CALLS_TO_SAVE: Final = 2
#: So long may a round last that carries more than a call. In a longer one what was most urgent at the choice
#: is so no more, and what has become urgent meanwhile waits for its end.
ROUND_SECONDS: Final = 5.0
#: Flags this close together are equally urgent, so units take turns.
BAND: Final = timedelta(minutes=5)
#: A dossier whose claims ended this often with the death of the worker is sent alone, to prove that it is it.
ALONE_AFTER_CRASHES: Final = 2

K = TypeVar("K", bound=Hashable)


class Waiting(NamedTuple, Generic[K]):
    """A dossier with something to send; `flagged_at` is when the portal turns late, if it ever does.

    `averts` if sending it moves the flag away: an ending in time, a supplement request, a later due time.
    What else is sent of a running dossier leaves its flag as it is. A claim looks at some for each that it
    takes, so this is a tuple, which is made in a third of a dataclass's time.
    """

    key: K
    unit_id: int
    flagged_at: datetime | None
    crashes: int = 0
    averts: bool = True


def claim_size(*, per_call: int, at_most: int, call_seconds: float) -> int:
    """Say how many dossiers to claim for one round: what fills a call, and more while calls are quick.

    `call_seconds` is the usual length of a call, zero while unknown.
    """
    if call_seconds <= 0:
        return per_call
    calls = int(ROUND_SECONDS / (CALLS_TO_SAVE * call_seconds))
    return max(per_call, min(at_most, calls * per_call))


def time_to_save(call_seconds: float) -> timedelta:
    """Give the time from a choice to the acknowledgement: a flag that falls earlier cannot be averted."""
    return timedelta(seconds=CALLS_TO_SAVE * call_seconds)


def choose(
    waiting: Iterable[Waiting[K]],
    *,
    size: int,
    now: datetime,
    chance: float,
    reach: timedelta = timedelta(),
) -> list[Waiting[K]]:
    """Choose up to `size`, in the order in which they should go.

    `reach` is the time from the choice to the portal's acknowledgement: a flag before `now + reach` cannot be
    averted any more. `chance`, uniform in [0, 1), rounds the share of the flagged, which small claims would
    else lack.
    """
    flagged, savable, running, calm = _lanes(waiting, horizon=now + reach)
    share = int(size * FLAGGED_SHARE + chance)
    ordered = [*flagged[:share], *savable[: size - min(share, len(flagged))]]
    ordered += [*running, *flagged[share:], *calm, *savable[size - min(share, len(flagged)) :]]
    if ordered and ordered[0].crashes >= ALONE_AFTER_CRASHES:
        return ordered[:1]
    return [one for one in ordered if one.crashes < ALONE_AFTER_CRASHES][:size]


def _lanes(
    waiting: Iterable[Waiting[K]], *, horizon: datetime
) -> tuple[list[Waiting[K]], list[Waiting[K]], list[Waiting[K]], list[Waiting[K]]]:
    flagged, savable, running, calm = [], [], [], []
    for one in waiting:
        if one.flagged_at is None:
            calm.append(one)
        elif one.flagged_at <= horizon:
            flagged.append(one)
        elif one.averts:
            savable.append(one)
        else:
            running.append(one)
    return _in_turn(flagged), _in_turn(savable), _in_turn(running), calm


def _in_turn(lane: list[Waiting[K]]) -> list[Waiting[K]]:
    """Order by flag; within a band the units take turns, each with its most urgent dossier first."""
    lane.sort(key=_flag)
    ordered: list[Waiting[K]] = []
    for _, band in groupby(lane, key=lambda one: _band(_flag(one))):
        ordered += _take_turns(list(band))
    return ordered


def _take_turns(band: Sequence[Waiting[K]]) -> list[Waiting[K]]:
    by_unit: dict[int, list[Waiting[K]]] = {}
    for one in band:
        by_unit.setdefault(one.unit_id, []).append(one)
    if len(by_unit) == 1:
        return list(band)
    return [one for turn in zip_longest(*by_unit.values()) for one in turn if one is not None]


def band_limits(flagged_at: datetime) -> tuple[datetime, datetime]:
    """Give the beginning and the end of the band in which a flag falls."""
    since = datetime.fromtimestamp(_band(flagged_at) * BAND.total_seconds(), UTC)
    return since, since + BAND


def _band(flagged_at: datetime) -> int:
    return int(flagged_at.timestamp() // BAND.total_seconds())


def _flag(one: Waiting[K]) -> datetime:
    assert one.flagged_at is not None  # noqa: S101 - the lanes hold no others
    return one.flagged_at
