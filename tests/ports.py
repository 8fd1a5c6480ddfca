"""Ports for processes that tests start."""

import random
import socket
from contextlib import suppress


def free_port() -> int:
    """Choose a free port below those that the kernel gives to outgoing connections, which would snatch it."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            return int(probe.getsockname()[1])
