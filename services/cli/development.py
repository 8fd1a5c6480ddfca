"""Everything on one machine, for those who work on it."""

import signal
import time
from pathlib import Path
from types import FrameType
from typing import NoReturn

import typer

from services.cli.seeding import provide_catalogue, provide_client
from services.cli.stack import Stack


def run_everything(folder: Path) -> None:
    """Start servers and services, show where they are, and stay until Ctrl-C or SIGTERM."""
    end_on_sigterm()
    with Stack(folder) as stack:
        provide_catalogue(stack.database_url)
        key = provide_client(stack.database_url)
        stack.start_services(lambda name: typer.echo(f"  {name}"))
        typer.echo(
            f"API        {stack.addresses.api}/docs\n"
            f"Số đo      {stack.addresses.metrics}/metrics\n"
            f"Cổng giả   {stack.addresses.portal}/_control/docs\n"
            f"Nhật ký    {stack.logs}\n"
            f"Khóa API   {key}\n"
            "Ctrl-C để dừng / to stop"
        )
        stay(stack)


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
