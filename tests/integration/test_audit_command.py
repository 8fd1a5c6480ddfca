"""`lienthong audit`, and that the other commands are on record."""

import asyncio
import csv
import getpass
import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import Result

from services.cli import accounts, audit, clients, lookups
from services.core.persistence.engine import create_engine, create_sessions
from services.core.persistence.root_files import signed_roots
from services.sync_worker.audit import AuditSealing
from tests.integration.test_import_command import ready, run
from tests.servers import run_sql

__all__ = ["run"]

Run = Callable[..., Result]
MONTHS_AGO, MONTHS_AHEAD = ("--from", "2020-01-01"), ("--to", "2099-12-31")


def listed(run: Run, *arguments: str) -> list[dict[str, object]]:
    done = run(audit.app, "list", "--json", *arguments)
    assert done.exit_code == 0, done.output
    lines: list[dict[str, object]] = json.loads(done.stdout)
    return lines


def test_commands_that_change_something_are_on_record_with_account_and_machine(
    run: Run, tmp_path: Path
) -> None:
    ready(run, tmp_path)
    account = ("--bank-bin", "970436", "--number", "12345678", "--holder", "UBND")
    commands: list[tuple[Typer, tuple[str, ...]]] = [
        (accounts.app, ("set", "H44", *account)),
        (lookups.app, ("require", "H44.101")),
        (clients.app, ("revoke", "phường")),
    ]
    for app, arguments in commands:
        done = run(app, *arguments)
        assert done.exit_code == 0, done.output

    lines = listed(run)

    assert [(line["action"], line["objects"]) for line in lines] == [
        ("catalogue.import", ["units.csv"]),
        ("catalogue.import", ["procedures.csv"]),
        ("client.create", ["phường"]),
        ("account.set", ["H44"]),
        ("lookup.setting", ["H44.101"]),
        ("client.revoke", ["phường"]),
    ]
    assert {(line["actor"], line["device"]) for line in lines} == {(getpass.getuser(), socket.gethostname())}
    assert [line["objects"] for line in listed(run, "--action", "client.create", "--object", "phường")] == [
        ["phường"]
    ]
    assert listed(run, "--actor", "nobody") == []


def test_a_command_that_was_refused_is_not_on_record(run: Run) -> None:
    assert run(clients.app, "revoke", "nobody").exit_code == 1
    assert listed(run) == []


def test_an_export_is_on_record_and_safe_for_spreadsheets(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    assert run(clients.app, "create", "=cmd()", "--unit", "H44").exit_code == 0
    file = tmp_path / "log.csv"

    done = run(audit.app, "export", str(file), "--reason", "thanh tra", *MONTHS_AGO, *MONTHS_AHEAD)

    assert done.exit_code == 0, done.output
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["objects"] for row in rows] == ["units.csv", "procedures.csv", "phường", "'=cmd()"]
    [line] = listed(run, "--action", "audit.export")
    assert line["purpose"] == "thanh tra"


def test_verify_says_what_is_wrong_and_ends_with_1(
    run: Run, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, folder = tmp_path / "key", tmp_path / "roots"
    key.write_text("k" * 64)
    monkeypatch.setenv("LIENTHONG_AUDIT_ROOTS_FOLDER", str(folder))
    monkeypatch.setenv("LIENTHONG_AUDIT_KEY_FILE", str(key))
    ready(run, tmp_path)
    asyncio.run(seal(database_url, folder, key))
    whole = run(audit.app, "verify", "--json")
    assert whole.exit_code == 0, whole.output
    assert json.loads(whole.stdout)["entries"] == 3

    asyncio.run(
        run_sql(
            database_url,
            "DO $$ BEGIN SET LOCAL session_replication_role = replica;"
            " UPDATE audit_log SET officer = 'X' WHERE action = 'client.create'; END $$",
        )
    )
    broken = run(audit.app, "verify")
    assert broken.exit_code == 1
    assert "3" in broken.stdout
    assert "edited" in broken.stdout

    key.write_text("short")
    assert run(audit.app, "verify").exit_code == 2


async def seal(database_url: str, folder: Path, key: Path) -> None:
    engine = create_engine(database_url, application="test")
    files = signed_roots(folder, key)
    await AuditSealing(create_sessions(engine), files=files, seconds=60).seal()
    await engine.dispose()
