"""What must not get into the repository."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "a registry address": re.compile(r"(?:index-url|registry)\"?\s*[=:]\s*\"?https?://|https?://\S*/simple/"),
    "a machine's path": re.compile(r"(?:^|[\s\"'=(])/(?:root|home|work)/[a-z]"),
    "work left for later": re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b"),
}


def tracked_texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.suffix not in {".csv", ".png"}]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked_texts()
        if FORBIDDEN[what].search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def test_the_lock_has_a_hash_for_every_package() -> None:
    for name in ("requirements.lock", "deploy/requirements.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^\S+==\S+[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0
