"""Benchmarks wait for the programs that they measure as long as these live, and no longer."""

from pathlib import Path

import pytest

from benchmarks.program import ProgramFailed, free_port, running

_SLOW_START = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Readiness(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Readiness.asked += 1
        self.send_response(503 if Readiness.asked < 3 else 200)
        self.end_headers()

time.sleep(0.5)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Readiness).serve_forever()
"""


def test_a_program_that_is_silent_and_then_not_ready_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    with running(["-c", _SLOW_START, str(port)], settings={}, log=tmp_path / "log") as program:
        program.wait_until_ready(f"http://127.0.0.1:{port}/")
        program.raise_if_ended()


def test_a_program_that_ends_is_not_waited_for_and_its_last_words_are_told(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}/"
    with (
        running(["-c", "raise SystemExit('no such table')"], settings={}, log=tmp_path / "log") as program,
        pytest.raises(ProgramFailed, match="status 1\nno such table"),
    ):
        program.wait_until_ready(url)
