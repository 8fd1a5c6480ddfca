"""Measure everything side by side and write RESULTS.md.

python -m benchmarks.run [--quick] [--only PART] [--rounds N] [--output FILE]
"""

import argparse
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import backlog, console, creates, deliveries, figures, imports, mock, onboarding, scrape
from benchmarks.database import BenchServers, bench_servers
from benchmarks.machine import describe_machine
from benchmarks.report import Part, results
from benchmarks.size import FULL, QUICK, Size

RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def main(arguments: Sequence[str]) -> None:
    """Run what is asked for; a quick or partial run is shown, and written only where `--output` says."""
    options = _parser().parse_args(arguments)
    # As Ctrl-C does: the way out through the blocks that stop servers and remove their folder.
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))
    size = QUICK if options.quick else FULL
    size = replace(size, rounds=options.rounds or size.rounds)
    partial = options.quick or options.only is not None
    output: Path | None = options.output or (None if partial else RESULTS)

    with bench_servers() as servers:
        machine = describe_machine(postgres=servers.postgres_version, folder=servers.folder)
        chosen = [options.only] if options.only else list(_PARTS)
        parts = [_PARTS[name](servers, size) for name in chosen]
    page = results(command=_command(options), machine=machine, parts=parts)
    print(page)
    if output is not None:
        output.write_text(page, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run")
    parser.add_argument("--quick", action="store_true", help="short trials, to see that everything works")
    parser.add_argument("--only", choices=list(_PARTS), help="measure one part")
    parser.add_argument("--rounds", type=int, help="how often each way of creating dossiers is measured")
    parser.add_argument("--output", type=Path, help="where to write the page")
    return parser


def _command(options: argparse.Namespace) -> str:
    """Give the command line without the path of the page, which is nobody else's."""
    words = ["python -m benchmarks.run"]
    words += ["--quick"] if options.quick else []
    words += [f"--only {options.only}"] if options.only else []
    words += [f"--rounds {options.rounds}"] if options.rounds else []
    return " ".join(words)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


#: In the order of the page.
_PARTS: Final[Mapping[str, Callable[[BenchServers, Size], Part]]] = {
    "create": partial(creates.measure, say=_say),
    "delivery": partial(deliveries.measure, say=_say),
    "backlog": partial(backlog.measure, say=_say),
    "mock": lambda servers, size: mock.measure(servers.folder, size, say=_say),
    "import": partial(imports.measure, say=_say),
    "onboarding": partial(onboarding.measure, say=_say),
    "figures": partial(figures.measure, say=_say),
    "scrape": partial(scrape.measure, say=_say),
    "console": partial(console.measure, say=_say),
}

if __name__ == "__main__":
    main(sys.argv[1:])
