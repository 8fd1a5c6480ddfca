import json
from dataclasses import asdict, dataclass

from services.embedded.folder import ServerFolder, write_private


@dataclass(frozen=True, slots=True)
class State:
    """What a run leaves in the folder: for those who join it, and the ports for the run after it."""

    postgres_port: int
    valkey_port: int
    durable: bool
    ready: bool
    pids: tuple[int, ...]


def write_state(folder: ServerFolder, state: State) -> None:
    write_private(folder.state_file, json.dumps(asdict(state)))


def read_state(folder: ServerFolder) -> State | None:
    """`None` if there is none, or none that can be read: the next start makes a new one."""
    try:
        fields = json.loads(folder.state_file.read_text(encoding="utf-8"))
        return State(
            postgres_port=int(fields["postgres_port"]),
            valkey_port=int(fields["valkey_port"]),
            durable=bool(fields["durable"]),
            ready=bool(fields["ready"]),
            pids=tuple(int(pid) for pid in fields["pids"]),
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
