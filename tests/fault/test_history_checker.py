"""The checker itself: it passes a sound run, and finds each kind of broken promise where it was planted."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fault.checker import check
from tests.fault.evidence import Entry, Evidence, Ledger, StoredDelivery, StoredDossier, StoredEntry
from tests.fault.history import Attempt, History, Kind, Told

CANARY = "017193987654"
World = tuple[list[Attempt], Evidence]


def dossier(number: int, entries: int) -> StoredDossier:
    lines = tuple(
        StoredEntry(seq, travels=True, entry=Entry(f"2026010508000{seq}", 2, _text(number, seq)))
        for seq in range(1, entries + 1)
    )
    delivery = StoredDelivery("synced", None, 1, entries, 1, entries, on_portal=True)
    return StoredDossier(f"id-{number}", f"code-{number}", f"create-{number}", 1, entries, lines, delivery)


def _text(number: int, seq: int) -> str:
    return "Tiếp nhận hồ sơ" if seq == 1 else f"step-{number}-{seq}"


def world(dossiers: int = 3, entries: int = 3) -> World:
    """Give a sound run: each create was told twice, each step once."""
    stored = [dossier(number, entries) for number in range(dossiers)]
    attempts = []
    for item in stored:
        told = Attempt(item.marker, Kind.CREATE, item.marker, Told.OK, item.id, item.code, '"1-1"')
        attempts += [replace(told, told=Told.UNKNOWN, id=None, code=None, etag=None), told, told]
        attempts += [
            Attempt(line.entry.text, Kind.PROGRESS, item.marker, Told.OK, item.id)
            for line in item.entries
            if line.seq > 1
        ]
    ledger = Ledger({item.code: tuple(item.travelling) for item in stored})
    return attempts, Evidence(stored, {item.marker: [item.id] for item in stored}, ledger, {"a.log": b"x"})


def stored_as(run: World, **changes: object) -> World:
    attempts, evidence = run
    first = replace(evidence.dossiers[0], **changes)  # type: ignore[arg-type]  # the names are the fields'
    return attempts, replace(evidence, dossiers=[first, *evidence.dossiers[1:]])


def delivered_as(run: World, **changes: object) -> World:
    delivery = run[1].dossiers[0].delivery
    assert delivery is not None
    return stored_as(run, delivery=replace(delivery, **changes))  # type: ignore[arg-type]  # as above


def shown_as(run: World, entries: tuple[Entry, ...]) -> World:
    attempts, evidence = run
    shown = {**evidence.ledger.entries, "code-0": entries}
    return attempts, replace(evidence, ledger=replace(evidence.ledger, entries=shown))


def told_as(run: World, position: int, **changes: object) -> World:
    attempts, evidence = run
    attempts[position] = replace(attempts[position], **changes)  # type: ignore[arg-type]  # as above
    return attempts, evidence


def shown(run: World) -> tuple[Entry, ...]:
    return run[1].ledger.entries["code-0"]


def plus_on_portal(run: World) -> World:
    attempts, evidence = run
    shown = {**evidence.ledger.entries, "code-99": ()}
    return attempts, replace(evidence, ledger=replace(evidence.ledger, entries=shown))


def without_first(run: World) -> World:
    attempts, evidence = run
    ledger = replace(
        evidence.ledger, entries={c: e for c, e in evidence.ledger.entries.items() if c != "code-0"}
    )
    return attempts, replace(evidence, dossiers=evidence.dossiers[1:], ledger=ledger)


def twice_at_desk(run: World) -> World:
    attempts, evidence = run
    copy = replace(evidence.dossiers[0], id="id-x", code="code-x", delivery=None)
    return attempts, replace(evidence, dossiers=[*evidence.dossiers, copy])


def log_with(content: bytes) -> Callable[[World], World]:
    return lambda run: (run[0], replace(run[1], logs={"worker.log": b"... " + content + b" ..."}))


def refused_but_there(run: World) -> World:
    attempts, evidence = run
    kept = [a for a in attempts if a.marker != "step-0-3"]
    return [*kept, Attempt("step-0-3", Kind.PROGRESS, "create-0", Told.FAILED)], evidence


LOST_LINE = StoredEntry(2, travels=True, entry=Entry("20260105080002", 2, "somebody else's"))

PLANTED: dict[str, tuple[str, Callable[[World], World]]] = {
    "an acknowledged dossier is gone": ("lost", without_first),
    "an acknowledged step is gone": (
        "lost",
        lambda run: stored_as(
            run, entries=(run[1].dossiers[0].entries[0], LOST_LINE, run[1].dossiers[0].entries[2])
        ),
    ),
    "a dossier has another number than was told": ("lost", lambda run: told_as(run, 1, code="code-9")),
    "the portal holds what we have forgotten": ("lost", plus_on_portal),
    "a refused step is there": ("contradicted", refused_but_there),
    "a repeated create made two dossiers": ("doubled at desk", twice_at_desk),
    "the history has a gap": (
        "half-written",
        lambda run: stored_as(run, entries=run[1].dossiers[0].entries[::2]),
    ),
    "the delivery row is missing": ("half-written", lambda run: stored_as(run, delivery=None)),
    "the delivery row does not know the last step": (
        "half-written",
        lambda run: delivered_as(run, target_seq=2),
    ),
    "the answer is not remembered": (
        "half-written",
        lambda run: (run[0], replace(run[1], answers={})),
    ),
    "a repeated create was answered differently": (
        "answered differently",
        lambda run: told_as(run, 2, etag='"2-2"'),
    ),
    "one answer names a dossier twice": (
        "answered differently",
        lambda run: (run[0], replace(run[1], answers={**run[1].answers, "create-0": ["id-0", "id-0"]})),
    ),
    "an entry is on the portal twice": (
        "doubled on portal",
        lambda run: shown_as(run, (*shown(run), shown(run)[1])),
    ),
    "a dossier was created on the portal twice": (
        "doubled on portal",
        lambda run: (run[0], replace(run[1], ledger=replace(run[1].ledger, doubled_creates=1))),
    ),
    "two entries changed places": ("out of order", lambda run: shown_as(run, shown(run)[::-1])),
    "an entry was skipped": ("out of order", lambda run: shown_as(run, shown(run)[::2])),
    "an entry counts as acknowledged that is not there": (
        "synced without receipt",
        lambda run: shown_as(run, shown(run)[:-1]),
    ),
    "a dossier counts as synced that is not there": (
        "synced without receipt",
        lambda run: (run[0], replace(run[1], ledger=Ledger({"code-1": run[1].ledger.entries["code-1"]}))),
    ),
    "a synced dossier has an open step": (
        "synced without receipt",
        lambda run: delivered_as(run, acked_seq=2),
    ),
    "a log shows a number": ("leaked", log_with(CANARY.encode())),
    "a log shows a number in base64": ("leaked", log_with(base64.b64encode(CANARY.encode()))),
}


def promises(run: World) -> set[str]:
    attempts, evidence = run
    return {violation.promise for violation in check(attempts, evidence, canaries=[CANARY])}


@given(dossiers=st.integers(0, 4), entries=st.integers(1, 5))
def test_a_sound_run_passes(dossiers: int, entries: int) -> None:
    assert promises(world(dossiers, entries)) == set()


@pytest.mark.parametrize("what", PLANTED)
def test_what_was_planted_is_found(what: str) -> None:
    promise, plant = PLANTED[what]
    assert promise in promises(plant(world()))


def test_an_attempt_without_an_answer_may_have_happened_or_not() -> None:
    attempts, evidence = world()
    nowhere = Attempt("m-1", Kind.CREATE, "m-1", Told.UNKNOWN)
    there = [replace(a, told=Told.UNKNOWN, id=None, code=None, etag=None) for a in attempts]
    assert promises(([*there, nowhere], evidence)) == set()


def test_what_has_not_come_to_rest_is_no_violation() -> None:
    assert promises(delivered_as(world(), state="due", acked_seq=1)) == set()
    assert promises(shown_as(delivered_as(world(), state="due", acked_seq=1), shown(world())[:2])) == set()


def test_a_history_is_read_as_it_was_told(tmp_path: Path) -> None:
    attempts, _ = world()
    history = History(tmp_path / "history.jsonl")
    for attempt in attempts:
        history.note(attempt)
    assert list(history.attempts()) == attempts
    history.close()
