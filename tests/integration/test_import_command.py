"""`lienthong import` and `lienthong clients`, as operations type them."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from services.cli import clients, imports
from services.core.persistence.engine import create_engine
from tests.conftest import empty
from tests.desk_api import PROCEDURES, UNITS, a_filing

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str) -> Run:
    """Type a command on an empty database."""
    asyncio.run(_emptied(database_url))
    environment = {"LIENTHONG_DATABASE_URL": database_url}

    def typed(app: Typer, *arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env=environment)

    return typed


async def _emptied(database_url: str) -> None:
    engine = create_engine(database_url, application="test")
    await empty(engine)
    await engine.dispose()


def write_csv(path: Path, rows: tuple[dict[str, str], ...]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8-sig")
    return str(path)


def write_lines(path: Path, *filings: dict[str, Any] | str) -> str:
    lines = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in filings)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def ready(run: Run, folder: Path) -> None:
    for command, rows in (("units", UNITS), ("procedures", PROCEDURES)):
        done = run(imports.app, command, write_csv(folder / f"{command}.csv", rows))
        assert done.exit_code == 0, done.output
        assert str(len(rows)) in done.output
    assert run(clients.app, "create", "phường", "--unit", "H44.101").exit_code == 0


def test_dossiers_of_an_older_system_are_imported_once(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    old = a_filing(
        officer=None,
        code="CU-1",
        history=[
            {"status": 2, "occurred_at": "2026-03-10T10:00:00+07:00", "officer": "Bình", "text": "Tiếp nhận"}
        ],
    )
    file = write_lines(tmp_path / "dossiers.ndjson", old, a_filing(), "")

    first = run(imports.app, "dossiers", file, "--client", "phường", "--json")
    again = run(imports.app, "dossiers", file, "--client", "phường", "--json")

    assert (first.exit_code, again.exit_code) == (0, 0), first.output
    assert json.loads(first.stdout) == {"received": 2, "repeated": 0, "problems": {}}
    assert json.loads(again.stdout) == {"received": 0, "repeated": 2, "problems": {}}
    assert "2/2" in first.stderr


def test_refused_lines_are_named_and_the_others_kept(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    file = write_lines(
        tmp_path / "dossiers.ndjson", a_filing(), "{", a_filing(unit_code="H44.102"), a_filing()
    )

    done = run(imports.app, "dossiers", file, "--client", "phường")

    assert done.exit_code == 1
    assert f"{file}:2: malformed-json" in done.stderr
    assert f"{file}:3: unknown-unit" in done.stderr
    assert "received 2" in done.stdout


def test_more_lines_than_a_transaction_takes_are_all_imported(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    file = write_lines(tmp_path / "dossiers.ndjson", *[a_filing()] * 501)

    done = run(imports.app, "dossiers", file, "--client", "phường", "--json")

    assert json.loads(done.stdout)["received"] == 501
    assert done.stderr.split() == ["500/501", "501/501"]


def test_an_import_needs_a_client_that_is_there(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)
    file = write_lines(tmp_path / "dossiers.ndjson", a_filing())

    done = run(imports.app, "dossiers", file, "--client", "nobody")

    assert done.exit_code == 1
    assert "Không tìm thấy phần mềm" in done.stderr
    assert "Client not found" in done.stderr


def test_a_bad_catalogue_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "units.csv", (UNITS[0], {**UNITS[1], "level": "ward"}))

    done = run(imports.app, "units", file)

    assert done.exit_code == 1
    assert "Line 3, column level" in done.stderr


def test_working_days_are_imported(run: Run, tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "days.csv", ({"day": "2026-01-02", "kind": "off", "source": "Công văn 12729"},)
    )

    assert json.loads(run(imports.app, "working-days", file, "--json").stdout) == {"imported": 1}


def test_a_key_is_shown_once_listed_without_it_and_revoked(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)

    created = json.loads(
        run(clients.app, "create", "tỉnh", "--unit", "H44", "--scope", "dossiers:read", "--json").stdout
    )
    taken = run(clients.app, "create", "tỉnh", "--unit", "H44")
    revoked = run(clients.app, "revoke", "tỉnh")
    again = run(clients.app, "revoke", "tỉnh")
    listed = run(clients.app, "list", "--json").stdout
    shown = run(clients.app, "list")

    assert created["key"].startswith("lt_")
    assert (taken.exit_code, revoked.exit_code, again.exit_code) == (1, 0, 1)
    rows = {row["name"]: row for row in json.loads(listed)}
    assert (rows["tỉnh"]["unit"], rows["tỉnh"]["scopes"]) == ("H44", ["dossiers:read"])
    assert rows["tỉnh"]["revoked_at"] is not None
    assert rows["phường"]["revoked_at"] is None
    assert created["key"] not in listed
    assert "tỉnh" in shown.stdout


def test_a_client_of_a_unit_that_is_not_there_is_refused(run: Run, tmp_path: Path) -> None:
    ready(run, tmp_path)

    assert run(clients.app, "create", "x", "--unit", "H99").exit_code == 1
    assert run(clients.app, "create", "x", "--unit", "H44.900").exit_code == 1
