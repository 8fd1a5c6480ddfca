"""The demo from start to count."""

import asyncio
import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.cli.demo.report import show_addresses, show_figures
from services.cli.demo.screen import Screen
from services.cli.demo.setting import ALWAYS_OPEN, days_around
from services.cli.demo.story import DemoOptions, Story
from services.cli.development import end_on_sigterm, stay
from services.cli.processes import ServiceFailed
from services.cli.seeding import provide_catalogue, provide_client
from services.cli.stack import Stack

#: Two months pass in two minutes, so the worker's waiting times shrink with them. All can be set by hand.
TUNING: Final = {
    "LIENTHONG_PORTAL_CALL_SECONDS": "3",
    "LIENTHONG_WORKER_LEASE_SECONDS": "9",
    "LIENTHONG_WORKER_POLL_SECONDS": "0.5",
    "LIENTHONG_WORKER_RETRY_BASE_SECONDS": "0.5",
    "LIENTHONG_WORKER_RETRY_CAP_SECONDS": "2",
    "LIENTHONG_WORKER_ASK_AFTER_SECONDS": "0.5",
    "LIENTHONG_WORKER_OUTAGE_PROBE_SECONDS": "0.5",
}


def run_demo(options: DemoOptions) -> int:
    """Tell the story; gives 0 if every promise was kept and all counts agree, otherwise 1."""
    end_on_sigterm()
    screen = Screen()
    with _own_folder(options.folder), Stack(options.folder, tuning=TUNING) as stack:
        provide_catalogue(stack.database_url, hours=ALWAYS_OPEN, working=days_around(datetime.now(UTC)))
        key = provide_client(stack.database_url)
        screen.say("PostgreSQL, Valkey")
        stack.start_services(screen.say)
        story = Story(options, stack, screen, key)
        figures = asyncio.run(story.tell())
        show_figures(screen.console, figures, story.falsely_late)
        if options.summary is not None:
            text = json.dumps(figures.summary(), ensure_ascii=False, indent=2)
            options.summary.write_text(f"{text}\n", encoding="utf-8")
        if not options.exit_at_end:
            show_addresses(screen.console, stack)
            stay(stack)
    return 0 if figures.kept else 1


@contextmanager
def _own_folder(folder: Path) -> Iterator[None]:
    """Begin with an empty folder that no other demo uses; the data stay until the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "in-use").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServiceFailed(
                f"Bản trình diễn khác đang chạy ở {folder}; hãy chọn thư mục khác"
                " / another demo runs there; choose another folder: --folder PATH"
            ) from None
        for name in ("servers", "logs"):
            shutil.rmtree(folder / name, ignore_errors=True)
        yield
