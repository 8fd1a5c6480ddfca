"""The README's tour, typed as it stands there."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def printed(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start `lienthong up`, and give what it prints: addresses and key, by their labels."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "services.cli.main",
            "up",
            "--any-ports",
            "--fresh",
            "--folder",
            str(tmp_path / "up"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    lines: dict[str, str] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            label, _, value = line.strip().partition("  ")
            lines[label] = value.strip()
            if line.startswith("Ctrl-C"):
                break
        yield lines
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=START_SECONDS)


def test_the_tour_works_as_it_is_written(printed: dict[str, str], tmp_path: Path) -> None:
    tour = "\n".join(blocks("sh"))
    # The reader's own values, and a folder that other test runs do not share.
    tour = re.sub(r"(?m)^export KEY=.*$", f"export KEY={printed['Khóa API']}", tour)
    tour = tour.replace("http://127.0.0.1:8000", printed["API"].removesuffix("/docs"))
    tour = tour.replace("http://127.0.0.1:8001", printed["Số đo"].removesuffix("/metrics"))
    tour = tour.replace("http://127.0.0.1:8090", printed["Cổng giả"].removesuffix("/_control/docs"))
    tour = tour.replace("/tmp/dossier.json", str(tmp_path / "dossier.json"))  # noqa: S108 - the reader's path

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", tour],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert '"delivery_state": "due"' in done.stdout
    assert "illegal-transition" in done.stdout
    assert "lienthong_deliveries{" in done.stdout


def test_the_two_commands_stand_in_the_readme() -> None:
    text = "\n".join(blocks(""))

    assert "make demo" in text
    assert "make test" in text
