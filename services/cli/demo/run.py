"""The demo from start to count."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Final

from services.cli.demo.onboarding import onboarding_morning
from services.cli.demo.onboarding_report import show_morning
from services.cli.demo.population import read_people
from services.cli.demo.rehearsal import rehearsal_table
from services.cli.demo.report import show_addresses, show_figures
from services.cli.demo.screen import Screen
from services.cli.demo.setting import ALWAYS_OPEN, days_around
from services.cli.demo.story import DemoOptions, Story
from services.cli.development import end_on_sigterm, own_folder, stay
from services.cli.seeding import provide_catalogue, provide_client, provide_look_up_account
from services.cli.stack import Stack

#: Two months pass in two minutes, so the worker's waiting times shrink with them. All can be set by hand.
TUNING: Final = {
    "LIENTHONG_PORTAL_CALL_SECONDS": "3",
    "LIENTHONG_WORKER_LEASE_SECONDS": "9",
    "LIENTHONG_WORKER_POLL_SECONDS": "0.5",
    "LIENTHONG_WORKER_RETRY_BASE_SECONDS": "0.5",
    "LIENTHONG_WORKER_RETRY_CAP_SECONDS": "2",
    "LIENTHONG_WORKER_ASK_AFTER_SECONDS": "0.5",
    "LIENTHONG_WORKER_PROBE_SECONDS": "0.5",
    "LIENTHONG_WORKER_PROBE_CAP_SECONDS": "0.5",
    "LIENTHONG_POPULATION_CALL_SECONDS": "3",
    "LIENTHONG_POPULATION_LANES": "1",
    "LIENTHONG_POPULATION_RETRY_BASE_SECONDS": "0.5",
    "LIENTHONG_POPULATION_RETRY_CAP_SECONDS": "2",
    "LIENTHONG_POPULATION_PROBE_SECONDS": "0.5",
    "LIENTHONG_POPULATION_PROBE_CAP_SECONDS": "0.5",
}


def _stack(options: DemoOptions) -> Stack:
    return Stack(options.folder, tuning=TUNING, any_ports=options.any_ports, citizens=options.dossiers)


def run_demo(options: DemoOptions) -> int:
    """Tell the story; gives 0 if every promise was kept and all counts agree, otherwise 1."""
    end_on_sigterm()
    screen = Screen()
    with own_folder(options.folder, fresh=True), _stack(options) as stack:
        provide_catalogue(stack.database_url, hours=ALWAYS_OPEN, working=days_around(datetime.now(UTC)))
        key = provide_client(stack.database_url)
        provide_look_up_account(stack.database_url)
        screen.say("PostgreSQL, Valkey")
        stack.start_services(screen.say)
        morning = asyncio.run(onboarding_morning(stack, screen, key=key, seed=options.seed))
        people = read_people(stack.addresses.population, options.dossiers)
        story = Story(options, stack, screen, key, people)
        figures = asyncio.run(story.tell())
        show_morning(screen.console, morning)
        show_figures(screen.console, figures, story.falsely_late)
        screen.console.print(rehearsal_table(story.rehearsed, figures))
        if options.summary is not None:
            rehearsed = {"rehearsed": [result.summary() for result in story.rehearsed]}
            summary = figures.summary() | morning.summary() | rehearsed
            text = json.dumps(summary, ensure_ascii=False, indent=2)
            options.summary.write_text(f"{text}\n", encoding="utf-8")
        if not options.exit_at_end:
            show_addresses(screen.console, stack)
            stay(stack)
    return 0 if figures.kept and morning.kept else 1
