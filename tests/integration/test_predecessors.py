"""What a worker finds of those that died before it on its machine."""

import os
import subprocess
import sys

import pytest

from services.core.persistence.engine import Sessions
from services.sync_worker.predecessors import dead_among, owner_name, take_over
from tests.integration.delivery_cases import change_row, delivery_of, file_dossier, seed_catalogue

MACHINE = owner_name().rpartition(":")[0]


@pytest.fixture
def gone() -> str:
    """Give the owner name of a process of this machine that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return f"{MACHINE}:{process.pid}"


def test_the_gone_and_whoever_bears_our_name_are_dead(gone: str) -> None:
    alive, elsewhere, odd = f"{MACHINE}:{os.getppid()}", "another-machine:1", "somebody"
    me = f"{MACHINE}:1"
    assert dead_among([alive, gone, elsewhere, odd, me], owner=me) == [gone, me]


async def test_what_the_dead_held_is_asked_about_at_once_and_no_more(sessions: Sessions, gone: str) -> None:
    await seed_catalogue(sessions)
    held = {
        owner: await file_dossier(sessions, f"D-{owner}") for owner in (gone, f"{MACHINE}:{os.getppid()}")
    }
    for owner, dossier_id in held.items():
        await change_row(
            sessions,
            dossier_id,
            f"state = 'leased', lease_owner = '{owner}', lease_until = now() + interval '60 s', token = 5",
        )
    await take_over(sessions, owner=owner_name())
    states = [(await delivery_of(sessions, dossier_id)).state for dossier_id in held.values()]
    assert states == ["unknown", "leased"]
