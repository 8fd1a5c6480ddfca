"""Turns into a server program: what has to happen between our fork and the server's first instruction.

    python -I -S child.py PARENT_PID DEATH_SIGNAL OWNED_FOLDER PROGRAM [ARGUMENT...]

It is a program of its own, started by path, because a `preexec_fn` may deadlock when the caller has threads.
It imports nothing of ours. An empty OWNED_FOLDER keeps the user; otherwise, where the user is one that
PostgreSQL refuses, another identity is taken on and the folder made its own. Exit status 77 means: refused.
"""

import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

EXIT_REFUSED = 77

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522
CLONE_NEWUSER = 0x10000000

libc = ctypes.CDLL(None, use_errno=True)


def main(arguments: list[str]) -> NoReturn:
    parent_pid, death_signal, owned_folder, *command = arguments
    try:
        if owned_folder:
            adopt_identity(Path(owned_folder))
    except OSError as error:
        sys.stderr.write(f"cannot take on an identity that PostgreSQL accepts: {error}\n")
        sys.exit(EXIT_REFUSED)
    # After the change of identity, because the kernel clears the death signal when credentials change.
    _call("prctl", PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent_pid):
        # The parent died before the signal was armed, so nothing would ever stop this server.
        sys.exit("the parent is gone")
    os.execv(command[0], command)  # noqa: S606 - to turn into the server is what this program is for


def adopt_identity(folder: Path) -> None:
    """Stop being a user that PostgreSQL refuses: root, or one without a passwd entry (initdb asks for it).

    A user namespace is first choice: files stay the caller's own. Containers mostly forbid it; there root
    becomes `nobody` and keeps one capability, to pass through folders that are closed to others.
    Raises `OSError` if neither is allowed.
    """
    if os.geteuid() != 0 and _has_passwd_entry(os.geteuid()):
        return
    nobody = pwd.getpwnam("nobody") if _has_passwd_entry("nobody") else None
    if nobody is None:
        raise PermissionError("there is no user 'nobody' in /etc/passwd")
    if _succeeds_in_a_fork(lambda: enter_namespace(nobody)):
        give_folder(folder, os.geteuid(), os.getegid())
        enter_namespace(nobody)
        return
    give_folder(folder, nobody.pw_uid, nobody.pw_gid)
    become(nobody)


def enter_namespace(user: pwd.struct_passwd) -> None:
    """Be seen as `user` by ourselves, while every file and process outside still sees who we are."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} {outer_uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {outer_gid} 1", encoding="ascii")


def become(user: pwd.struct_passwd) -> None:
    """Give up root for `user`, keeping one capability, also after exec: to pass closed folders."""
    _call("prctl", PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(user.pw_gid, user.pw_gid, user.pw_gid)
    os.setresuid(user.pw_uid, user.pw_uid, user.pw_uid)
    bit = 1 << CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _call("capset", ctypes.byref(header), ctypes.byref(effective_permitted_inheritable))
    _call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def give_folder(folder: Path, uid: int, gid: int) -> None:
    """Make everything in `folder` belong to the user, if the folder itself does not yet.

    The folder comes last, so that a run that was cut short is taken up again by the next.
    """
    if folder.stat().st_uid == uid:
        return
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(Path(parent, name), uid, gid, follow_symlinks=False)
    os.chown(folder, uid, gid)


def _has_passwd_entry(user: int | str) -> bool:
    try:
        _ = pwd.getpwuid(user) if isinstance(user, int) else pwd.getpwnam(user)
    except KeyError:
        return False
    return True


def _succeeds_in_a_fork(attempt: Callable[[], None]) -> bool:
    """Try in a child process what could not be undone in this one."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            attempt()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _call(function: str, *arguments: object) -> None:
    # The kernel reads whole registers of prctl's arguments; a plain int would fill half of one.
    whole = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in arguments]
    if getattr(libc, function)(*whole) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


if __name__ == "__main__":
    main(sys.argv[1:])
