"""What is held, doubled and taken back."""

from datetime import UTC, datetime

from services.mock_portal.ledger import Call
from services.mock_portal.store import Body, Entry, Store

NOW = datetime(2026, 1, 6, tzinfo=UTC)
FIRST, SECOND, THIRD = (Call(number, NOW, "x", unit="H22.01") for number in (1, 2, 3))


def body(call: Call, status: str = "2") -> Body:
    return Body(call=call, procedure="1.001193", status=status, received="20260105080000", due="", ended="")


def entry(call: Call, occurred: str) -> Entry:
    return Entry(call=call, occurred=occurred, status="4", officer="A", text="Chuyển")


def test_entries_taken_back_leave_the_others_and_the_counts_right() -> None:
    store = Store()
    store.create("H22-1", body(FIRST))
    store.append("H22-1", entry(SECOND, "20260106080000"), deduplicate=False)
    store.append("H22-1", entry(THIRD, "20260107080000"), deduplicate=False)

    store.withdraw(THIRD, ["H22-1", "H22-unknown"])
    store.append("H22-1", entry(FIRST, "20260106090000"), deduplicate=False)

    held = store.find("H22-1")
    assert held is not None
    assert [kept.occurred for kept in held.entries] == ["20260106080000", "20260106090000"]
    assert (store.counts.entries, store.counts.out_of_order_entries) == (2, 0)


def test_a_dossier_whose_only_body_is_taken_back_is_gone_with_its_entries() -> None:
    store = Store()
    for code in ("H22-1", "H22-2"):
        store.create(code, body(FIRST if code == "H22-1" else SECOND))
        store.append(code, entry(THIRD, "20260106080000"), deduplicate=False)

    store.withdraw(FIRST, ["H22-1"])

    assert [dossier.code for dossier in store.page(0, 10)] == ["H22-2"]
    assert ("H22-1" in store, len(store), store.counts.entries) == (False, 1, 1)


def test_twice_holds_for_the_block_alone() -> None:
    store = Store()
    with store.storing_twice():
        store.create("H22-1", body(FIRST))
        store.update("H22-1", body(SECOND, "9"))
        store.append("H22-1", entry(SECOND, "20260106080000"), deduplicate=True)
    store.append("H22-1", entry(THIRD, "20260107080000"), deduplicate=True)
    store.append("H22-1", entry(THIRD, "20260107080000"), deduplicate=True)

    held = store.find("H22-1")
    assert held is not None
    assert [kept.status for kept in held.bodies] == ["2", "2", "9", "9"]
    assert [kept.call.number for kept in held.entries] == [2, 2, 3]
    assert (store.counts.duplicate_dossiers, store.counts.duplicate_entries) == (1, 1)
