"""Who types the commands."""

import getpass
import os
import socket

from services.core.domain.audit import Actor


def account() -> str:
    """Name the account that types; one without a name goes by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operator() -> Actor:
    """Name account and machine, as the audit log has them."""
    return Actor(name=account(), device=socket.gethostname())
