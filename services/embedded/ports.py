import socket

LOOPBACK = "127.0.0.1"


def choose_port(remembered: int | None) -> int:
    """Pick the remembered port if it is still free, otherwise any free one.

    Free now is not free when the server binds it: the caller has to be ready to choose again.
    """
    if remembered is not None and is_free(remembered):
        return remembered
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers do; without it a port is "taken" for a minute after its last connection.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True
