"""Everything on one machine, for those who work on it."""

import fcntl
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

from services.cli.processes import ServiceFailed
from services.cli.seeding import provide_catalogue, provide_client, provide_look_up_account
from services.cli.stack import Stack


def run_everything(folder: Path, *, fresh: bool, any_ports: bool) -> None:
    """Start servers and services, show where they are, and stay until Ctrl-C or SIGTERM."""
    end_on_sigterm()
    with own_folder(folder, fresh=fresh), Stack(folder, any_ports=any_ports) as stack:
        provide_catalogue(stack.database_url)
        key = provide_client(stack.database_url)
        provide_look_up_account(stack.database_url)
        stack.start_services(lambda name: typer.echo(f"  {name}"))
        typer.echo(
            f"API        {stack.addresses.api}/docs\n"
            f"Số đo      {stack.addresses.metrics}/metrics\n"
            f"Theo dõi   {stack.addresses.console}\n"
            f"Cổng giả   {stack.addresses.portal}/_control/docs\n"
            f"Dân cư giả {stack.addresses.population}/_control/docs\n"
            f"Nhật ký    {stack.logs}\n"
            f"Khóa API   {key}\n"
            "Ctrl-C để dừng / to stop"
        )
        stay(stack)


@contextmanager
def own_folder(folder: Path, *, fresh: bool) -> Iterator[None]:
    """Keep a folder to ourselves while the block runs; `fresh` empties it first.

    Raises `ServiceFailed` if another process has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceFailed(
                f"Một tiến trình khác đang dùng {folder}; hãy dừng nó hoặc chọn thư mục khác bằng --folder\n"
                f"another process uses {folder}; stop it, or choose another folder with --folder"
            ) from None
        if fresh:
            for name in ("servers", "logs"):
                shutil.rmtree(folder / name, ignore_errors=True)
        yield


def stay(stack: Stack) -> None:
    """Wait for Ctrl-C; bring back a service that has ended by itself."""
    try:
        while True:
            time.sleep(1)
            for process in stack.processes.values():
                if not process.is_running:
                    typer.echo(
                        f"{process.spec.name} đã dừng, khởi động lại / ended, starting again: {process.log}"
                    )
                    process.start()
    except KeyboardInterrupt:
        typer.echo("Đang dừng / stopping")


def end_on_sigterm() -> None:
    """Turn SIGTERM into an orderly exit, so that servers and services stop with us."""

    def leave(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
