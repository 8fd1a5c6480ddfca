"""Whoever alters the audit log past its triggers is found out, and where."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.record import record
from services.core.application.seal_audit import seal_audit
from services.core.application.verify_audit import Verified, verify_audit
from services.core.domain.audit import Act, Action, Actor
from services.core.domain.audit_chain import Fault, genesis, link
from services.core.persistence.audit_links import LinkRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.root_files import RootFiles
from services.sync_worker.audit import AuditSealing
from tests.roles import as_role

KEY = b"k" * 32
ACTOR = Actor(name="bàn một cửa", officer="Trần Văn Bình")


async def act(session: AsyncSession, name: str) -> None:
    await record(session, actor=ACTOR, act=Act(Action.DOSSIER_READ, (name,), changed=("status",)))


async def write(sessions: Sessions, *names: str) -> None:
    for name in names:
        async with sessions.begin() as session:
            await act(session, name)


async def seal(sessions: Sessions, files: RootFiles | None = None) -> None:
    await AuditSealing(as_role(sessions, DatabaseRole.WORKER), files=files, seconds=60).seal()


async def verified(sessions: Sessions, files: RootFiles | None = None) -> Verified:
    exported = () if files is None else tuple(files.read())
    return await verify_audit(sessions, exported=exported, progress=lambda _: None)


async def faults(sessions: Sessions, files: RootFiles | None = None) -> list[tuple[Fault, int | None]]:
    return [(one.fault, one.position) for one in (await verified(sessions, files)).findings]


async def tamper(sessions: Sessions, *statements: str) -> None:
    """Do what only somebody can do who owns the database."""
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await session.execute(text(statement))


@pytest.fixture
def files(tmp_path: Path) -> RootFiles:
    return RootFiles(tmp_path / "roots", KEY)


@pytest.fixture
async def ten(sessions: Sessions, files: RootFiles) -> None:
    await write(sessions, *(f"D-{number}" for number in range(1, 7)))
    await seal(sessions, files)
    await write(sessions, *(f"D-{number}" for number in range(7, 11)))
    await seal(sessions, files)


@pytest.mark.usefixtures("ten")
async def test_an_untouched_log_verifies(sessions: Sessions, files: RootFiles) -> None:
    await write(sessions, "D-11")

    found = await verified(sessions, files)

    assert (found.entries, found.waiting, found.anchors, found.findings) == (10, 1, 2, [])


ENTRY = "(SELECT entry_id FROM audit_links WHERE position = {})"
EDIT = f"UPDATE audit_log SET officer = 'X' WHERE id = {ENTRY}"  # noqa: S608 - joins constants
DELETE = f"DELETE FROM audit_log WHERE id = {ENTRY}"  # noqa: S608 - joins constants
MOVE = f"UPDATE audit_log SET at = at - interval '90 days' WHERE id = {ENTRY}"  # noqa: S608 - joins constants
SWAP = f"""
UPDATE audit_log a SET objects = b.objects FROM audit_log b
WHERE (a.id, b.id) IN (({ENTRY.format(3)}, {ENTRY.format(5)}), ({ENTRY.format(5)}, {ENTRY.format(3)}))
"""  # noqa: S608 - joins constants
SLIP_IN = """
INSERT INTO audit_log (xid, actor, action, objects, result) VALUES (1, 'x', 'dossier.read', '{}', 'done')
"""
CUT = [
    DELETE.format(10),
    DELETE.format(9),
    "DELETE FROM audit_links WHERE position > 8",
    "DELETE FROM audit_roots WHERE position > 8",
]


@pytest.mark.usefixtures("ten")
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([EDIT.format(4)], [(Fault.EDITED, 4)]),
        ([MOVE.format(4)], [(Fault.DELETED, 4)]),
        ([DELETE.format(4)], [(Fault.DELETED, 4)]),
        ([SWAP], [(Fault.EDITED, 3), (Fault.EDITED, 5)]),
        ([DELETE.format(4), "DELETE FROM audit_links WHERE position = 4"], [(Fault.GAP, 4)]),
        (CUT, [(Fault.CUT_TAIL, 9)]),
        ([SLIP_IN], [(Fault.SLIPPED_IN, None)]),
    ],
    ids=["edited", "moved", "deleted", "swapped", "deleted with its link", "cut off", "slipped in"],
)
async def test_what_was_done_to_the_log_is_found(
    sessions: Sessions,
    files: RootFiles,
    statements: list[str],
    expected: list[tuple[Fault, int | None]],
) -> None:
    await tamper(sessions, *statements)

    assert await faults(sessions, files) == expected


@pytest.mark.usefixtures("ten")
async def test_a_chain_that_was_rebuilt_as_a_whole_shows_against_the_exported_roots_only(
    sessions: Sessions, files: RootFiles
) -> None:
    await tamper(sessions, EDIT.format(8))
    await rebuild(sessions)

    assert await faults(sessions) == []
    assert await faults(sessions, files) == [(Fault.REBUILT, 10)]


@pytest.mark.usefixtures("ten")
async def test_a_root_that_was_not_signed_with_the_key_counts_for_nothing(
    sessions: Sessions, files: RootFiles
) -> None:
    [path] = files.folder.glob("*.jsonl")
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{json.dumps(json.loads(second) | {'hash': '00' * 32})}\n")
    assert await faults(sessions, files) == [(Fault.FORGED_ROOT, 10)]

    path.write_text(f"{second}\n")
    assert await faults(sessions, files) == [(Fault.FORGED_ROOT, 10)]


@pytest.mark.usefixtures("ten")
async def test_a_line_that_a_crash_tore_is_exported_again(sessions: Sessions, files: RootFiles) -> None:
    [path] = files.folder.glob("*.jsonl")
    whole = path.read_text()
    path.write_text(whole[:-20])

    await seal(sessions, files)

    assert path.read_text() == whole


async def test_an_entry_that_commits_late_is_sealed_all_the_same(sessions: Sessions) -> None:
    async with sessions.begin() as late:
        await act(late, "late")
        await write(sessions, "early")
        await seal(sessions)
    await write(sessions, "after")
    await seal(sessions)

    found = await verified(sessions)
    assert (found.entries, found.waiting, found.findings) == (3, 0, [])


async def test_writers_and_sealers_at_once_leave_one_whole_chain(sessions: Sessions) -> None:
    writing = [write(sessions, *(f"{n}-{i}" for i in range(20))) for n in range(4)]

    async def keep_sealing() -> None:
        while not done.is_set():
            await seal(sessions)

    done = asyncio.Event()
    sealers = [asyncio.create_task(keep_sealing()) for _ in range(2)]
    await asyncio.gather(*writing)
    done.set()
    await asyncio.gather(*sealers)
    await seal(sessions)

    found = await verified(sessions)
    assert (found.entries, found.waiting, found.findings) == (80, 0, [])


async def test_the_parts_of_a_long_backlog_make_one_chain(sessions: Sessions) -> None:
    await write(sessions, *"abcdefg")
    for _ in range(3):
        async with sessions.begin() as session:
            await seal_audit(session, limit=3)

    found = await verified(sessions)
    assert (found.entries, found.waiting, found.findings) == (7, 0, [])


@pytest.mark.fault
async def test_a_million_entries_are_verified_within_a_minute(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await _million(session)
    await seal(sessions)

    began = time.monotonic()
    found = await verified(sessions)
    seconds = time.monotonic() - began
    print(f"verified {found.entries} entries in {seconds:.1f} s")  # noqa: T201 - a measurement

    assert (found.entries, found.findings) == (1_000_000, [])
    assert seconds < 60


async def _million(session: AsyncSession) -> None:
    for _ in range(20):
        await session.execute(
            text(
                "INSERT INTO audit_log (client_id, actor, officer, device, unit_path, action, objects,"
                " result, request_id) SELECT uuidv7(), 'bàn một cửa', 'Trần Văn Bình', '10.0.0.1',"
                " 'H44/H44.101/', 'dossier.create', ARRAY[uuidv7()::text], 'done', md5(n::text)"
                " FROM generate_series(1, 50000) n"
            )
        )


async def rebuild(sessions: Sessions) -> None:
    """Make the chain anew over what the log says now, as somebody would who knows how."""
    async with sessions() as session:
        [month] = await LinkRepository(session).months()
        sealed = await LinkRepository(session).sealed(month, after=0, limit=100)
    head = genesis(month)
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for one in sealed:
            assert one.canonical is not None
            head = link(head, one.canonical)
            await session.execute(
                text("UPDATE audit_links SET hash = :hash WHERE position = :position"),
                {"hash": head, "position": one.position},
            )
            await session.execute(
                text("UPDATE audit_roots SET hash = :hash WHERE position = :position"),
                {"hash": head, "position": one.position},
            )
