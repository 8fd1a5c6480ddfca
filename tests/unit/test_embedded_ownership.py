import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from services.embedded.folder import ServerFolder, open_folder
from services.embedded.ownership import claim, has_owner
from services.embedded.ports import LOOPBACK, answers, choose_port, is_free

# Waits until its standard input is closed.
SERVER = [sys.executable, "-I", "-S", "-c", "import sys; sys.stdin.read()"]


@pytest.fixture
def folder(tmp_path: Path) -> ServerFolder:
    return open_folder(tmp_path)


def test_a_folder_has_one_owner_at_a_time(folder: ServerFolder) -> None:
    ownership = claim(folder)
    assert ownership
    assert claim(folder) is None

    ownership.release()
    again = claim(folder)
    assert again
    again.release()


def test_an_owner_is_known_only_once_it_is_announced(folder: ServerFolder) -> None:
    assert not has_owner(folder)
    ownership = claim(folder)
    assert ownership
    assert not has_owner(folder)

    ownership.announce()
    assert has_owner(folder)
    ownership.release()
    assert not has_owner(folder)


def test_a_server_that_outlives_its_owner_keeps_the_folder_but_is_no_owner(folder: ServerFolder) -> None:
    ownership = claim(folder)
    assert ownership
    ownership.announce()
    server = subprocess.Popen(SERVER, stdin=subprocess.PIPE, pass_fds=(ownership.servers_fd,))
    ownership.release()

    with server:
        assert claim(folder) is None
        assert not has_owner(folder)
        # kill -9 gives no chance to let go of anything.
        server.send_signal(signal.SIGKILL)

    freed = claim(folder)
    assert freed
    freed.release()


def test_a_remembered_port_is_kept_while_it_is_free_and_left_to_whoever_took_it() -> None:
    port = choose_port(None)
    assert choose_port(port) == port

    with socket.create_server((LOOPBACK, port)):
        assert answers(port)
        assert not is_free(port)
        assert choose_port(port) != port
    assert not answers(port)


def test_a_port_served_on_all_addresses_is_taken() -> None:
    with socket.create_server(("", 0)) as elsewhere:
        assert not is_free(elsewhere.getsockname()[1])


def test_a_port_just_left_by_a_connection_is_free_again() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection((LOOPBACK, port))
        accepted, _ = server.accept()
        # Whoever closes first, here the server's side, leaves its port waiting for late packets.
        accepted.close()
        client.close()
    assert is_free(port)
