"""`lienthong clients`, `officers` and `keys`, as operations type them."""

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from services.api.main import believed_by
from services.cli import clients, keys, officers
from services.core.application.import_catalogue import import_units
from services.core.config import ApiSettings, OfficerSettings
from services.core.domain.access import NotAuthenticated
from services.core.persistence.engine import create_engine, create_sessions
from services.core.tokens.key_file import KeyFile, write_key_file
from services.core.tokens.keys import InvalidKey, new_key
from tests.conftest import empty
from tests.desk_api import UNITS
from tests.trust import PROVINCE

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str) -> Run:
    """Type a command on a database that has units only."""
    asyncio.run(_prepared(database_url))
    environment = {"LIENTHONG_DATABASE_URL": database_url, "LIENTHONG_OFFICER_ISSUER": PROVINCE}

    def typed(app: Typer, *arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments], env=environment)

    return typed


async def _prepared(database_url: str) -> None:
    engine = create_engine(database_url, application="test")
    await empty(engine)
    async with create_sessions(engine).begin() as session:
        await import_units(session, UNITS)
    await engine.dispose()


def listed(run: Run, app: Typer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(run(app, "list", "--json").stdout)
    return rows


def test_an_officer_is_added_moved_and_let_go(run: Run) -> None:
    added = run(officers.app, "add", "binh", "--name", "Bình", "--unit", "H44.101", "--role", "desk-officer")
    assert added.exit_code == 0, added.output
    assert run(officers.app, "change", "binh", "--unit", "H44", "--role", "auditor").exit_code == 0

    (officer,) = listed(run, officers.app)
    assert (officer["issuer"], officer["unit"], officer["role"], officer["revoked_at"]) == (
        PROVINCE,
        "H44",
        "auditor",
        None,
    )
    assert run(officers.app, "revoke", "binh").exit_code == 0
    assert listed(run, officers.app)[0]["revoked_at"] is not None
    assert run(officers.app, "revoke", "binh").exit_code == 1


def test_an_officer_is_added_once_and_may_come_back(run: Run) -> None:
    add = ("add", "binh", "--name", "Bình", "--unit", "H44.101", "--role", "desk-officer")
    run(officers.app, *add)
    again = run(officers.app, *add)

    assert (again.exit_code, "Officer known already" in again.stderr) == (1, True)
    run(officers.app, "revoke", "binh")
    assert run(officers.app, *add).exit_code == 0
    assert [officer["revoked_at"] for officer in listed(run, officers.app)] == [None]


@pytest.mark.parametrize(
    ("unit", "role", "code"),
    [("H99", "auditor", 1), ("H44.900", "auditor", 1), ("H44", "integration-client", 2), ("H44", "king", 2)],
)
def test_nobody_is_added_to_a_unit_or_a_role_that_is_none(run: Run, unit: str, role: str, code: int) -> None:
    added = run(officers.app, "add", "binh", "--name", "Bình", "--unit", unit, "--role", role)

    assert added.exit_code == code, added.output
    assert listed(run, officers.app) == []


def test_a_client_signs_with_a_key_of_its_own(run: Run, tmp_path: Path) -> None:
    file, public = tmp_path / "desk.json", tmp_path / "desk-public.json"
    run(keys.app, "new", file)
    public.write_text(run(keys.app, "public", file).stdout, encoding="utf-8")
    made = run(
        clients.app, "create", "quầy", "--unit", "H44.101", "--public-key", public, "--unattended", "--json"
    )
    assert made.exit_code == 0, made.output

    (client,) = listed(run, clients.app)
    assert (client["api_key"], client["unattended"]) == (False, True)
    assert client["key_ids"] == list(KeyFile(file, seconds=0).keys())
    assert set(json.loads(made.stdout)) == {"name", "unit", "scopes", "client_id"}


def test_a_client_has_two_keys_at_most(run: Run, tmp_path: Path) -> None:
    run(clients.app, "create", "quầy", "--unit", "H44.101")
    public = tmp_path / "key.json"
    codes = []
    for _ in range(3):
        public.write_text(json.dumps(new_key().public()), encoding="utf-8")
        codes.append(run(clients.app, "add-key", "quầy", public).exit_code)

    assert codes == [0, 0, 1]
    first, second = listed(run, clients.app)[0]["key_ids"]
    assert run(clients.app, "remove-key", "quầy", first).exit_code == 0
    assert run(clients.app, "remove-key", "quầy", first).exit_code == 1
    assert run(clients.app, "add-key", "quầy", public).exit_code == 0
    assert second in listed(run, clients.app)[0]["key_ids"]


def test_a_private_key_is_not_taken_from_a_client(run: Run, tmp_path: Path) -> None:
    private = tmp_path / "key.json"
    private.write_text(json.dumps(dict(new_key().document)), encoding="utf-8")

    refused = run(clients.app, "create", "quầy", "--unit", "H44.101", "--public-key", private)

    assert (refused.exit_code, "Invalid key" in refused.stderr) == (1, True)
    assert listed(run, clients.app) == []


def test_keys_are_added_used_and_removed_one_after_the_other(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    old = run(keys.app, "new", file).stdout.split()[0]
    ids = run(keys.app, "add", file).stdout.split()
    assert ids[0] == old
    assert run(keys.app, "use", file, ids[1]).stdout.split() == [ids[1], old]
    assert run(keys.app, "remove", file, old).stdout.split() == [ids[1]]

    assert file.stat().st_mode & 0o777 == 0o600
    assert run(keys.app, "remove", file, ids[1]).exit_code == 1
    assert run(keys.app, "use", file, old).exit_code == 1
    assert run(keys.app, "new", file).exit_code == 1
    assert '"d"' not in run(keys.app, "public", file, "--set").stdout


def test_a_key_whose_id_begins_with_a_hyphen_is_used_and_removed_like_any_other(
    run: Run, tmp_path: Path
) -> None:
    file, public = tmp_path / "keys.json", tmp_path / "public.json"
    hyphen = next(key for key in iter(new_key, None) if key.id.startswith("-"))
    other = new_key()
    write_key_file(file, [other, hyphen])
    public.write_text(json.dumps(hyphen.public()), encoding="utf-8")
    run(clients.app, "create", "quầy", "--unit", "H44.101", "--public-key", public)

    assert run(keys.app, "use", file, hyphen.id).stdout.split() == [hyphen.id, other.id]
    assert run(keys.app, "remove", file, hyphen.id).stdout.split() == [other.id]
    assert run(clients.app, "remove-key", "quầy", hyphen.id).exit_code == 0


def test_a_key_file_is_read_again_and_a_broken_one_changes_nothing(run: Run, tmp_path: Path) -> None:
    path, now = tmp_path / "keys.json", [0.0]
    run(keys.app, "new", path)
    file = KeyFile(path, seconds=30, now=lambda: now[0])
    first = list(file.keys())
    run(keys.app, "add", path)

    assert list(file.keys()) == first
    now[0] = 30
    assert len(file.keys()) == 2
    path.write_text("{}", encoding="utf-8")
    now[0] = 60
    assert len(file.keys()) == 2
    with pytest.raises(InvalidKey):
        KeyFile(path, seconds=30)


def test_the_local_issuer_stands_in_for_the_provinces(run: Run, tmp_path: Path) -> None:
    file, public = tmp_path / "issuer.json", tmp_path / "issuer-public.json"
    run(keys.app, "new", file)
    public.write_text(run(keys.app, "public", file, "--set").stdout, encoding="utf-8")
    token = run(officers.app, "token", "binh", "--keys", file).stdout.strip()
    settings = OfficerSettings(issuer=PROVINCE, keys=public)

    issuer = believed_by(ApiSettings(), settings).officers

    assert issuer is not None
    assert issuer.subject_of(token, now=datetime.now(UTC)) == "binh"
    with pytest.raises(NotAuthenticated):
        issuer.subject_of(token, now=datetime(2100, 1, 1, tzinfo=UTC))


def test_the_local_issuer_signs_nothing_in_production(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "issuer.json"
    run(keys.app, "new", file)

    refused = CliRunner().invoke(
        officers.app,
        ["token", "binh", "--keys", str(file), "--issuer", PROVINCE],
        env={"LIENTHONG_ENVIRONMENT": "production"},
    )

    assert (refused.exit_code, refused.stdout) == (2, "")


def test_keys_of_nobody_keep_the_service_from_starting(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="needs LIENTHONG_OFFICER_ISSUER"):
        OfficerSettings(keys=tmp_path / "keys.json")


class Issuer(BaseHTTPRequestHandler):
    """Answers with what `answers` has for a path: a status, and a body or where to go."""

    answers: ClassVar[dict[str, tuple[int, str]]] = {}

    def do_GET(self) -> None:
        status, body = self.answers[self.path]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", body)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def issuer() -> Iterator[str]:
    """Serve an issuer's keys, and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Issuer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_issuers_keys_are_fetched_without_what_is_not_for_signing(
    run: Run, tmp_path: Path, issuer: str
) -> None:
    signing, file = new_key(), tmp_path / "issuer.json"
    secret = {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}
    sealing = {**new_key().public(), "kid": "enc", "use": "enc"}
    keys_there = {"keys": [secret, sealing, dict(signing.document)]}
    Issuer.answers = {"/keys": (200, json.dumps(keys_there))}

    assert run(keys.app, "fetch", f"{issuer}/keys", file).exit_code == 0

    (kept,) = KeyFile(file, seconds=0).keys().values()
    assert (kept.id, kept.is_private) == (signing.id, False)


def test_a_bad_answer_of_the_issuer_leaves_the_keys_as_they_were(
    run: Run, tmp_path: Path, issuer: str
) -> None:
    file = tmp_path / "issuer.json"
    run(keys.app, "new", file)
    before = file.read_bytes()
    good = json.dumps({"keys": [new_key().public()]})
    Issuer.answers = {
        "/gone": (404, good),
        "/moved": (302, f"{issuer}/good"),
        "/good": (200, good),
        "/empty": (200, '{"keys": []}'),
        "/page": (200, "<html>"),
        "/endless": (200, " " * 300_000 + good),
    }

    for path in ("/gone", "/moved", "/empty", "/page", "/endless"):
        assert run(keys.app, "fetch", issuer + path, file).exit_code == 1, path
    for address in ("http://dang-nhap.example/keys", "file:///etc/passwd", "keys", "http://127.0.0.1:1/keys"):
        assert run(keys.app, "fetch", address, file).exit_code == 1, address
    assert file.read_bytes() == before
