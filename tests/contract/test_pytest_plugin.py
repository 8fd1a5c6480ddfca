"""The plugin as a stranger has it: the package installed, an empty folder, the test of the docs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Plugins of the machine that runs this test; a stranger's project has none of them.
OTHERS = (
    "asyncio",
    "anyio",
    "hypothesispytest",
    "schemathesis",
    "timeout",
    "valkey",
    "xdist",
    "xdist.looponfail",
)
PAGE = ROOT / "docs" / "testing-against-the-mocks.md"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with this package installed as pip does it, without its dependencies."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "services", source / "services", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--target", str(target), str(source)], check=True
    )
    return target


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project with the first example of the docs."""
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "test_delivery.py").write_text(example.group(1), encoding="utf-8")
    return tmp_path


def pytest_in(project: Path, installed: Path) -> "subprocess.Popen[str]":
    without = [f"-pno:{name}" for name in OTHERS]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", *without],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(installed)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_docs_test_runs_as_shown_in_two_processes_at_once(project: Path, installed: Path) -> None:
    at_once = [pytest_in(project, installed) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in at_once]

    assert [process.returncode for process in at_once] == [0, 0], outputs
    assert all("3 passed" in output for output in outputs)


WHAT_IS_LOADED = """
import sys

def test_nothing_heavy(pytestconfig):
    assert pytestconfig.pluginmanager.has_plugin("lienthong")
    assert "services.mock_testing.plugin" in sys.modules
    heavy = {"fastapi", "httpx", "uvicorn", "sqlalchemy", "pydantic", "services.mock_portal"}
    assert not heavy & set(sys.modules)
"""


def test_a_project_that_uses_no_fixture_pays_for_none(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "test_weight.py").write_text(WHAT_IS_LOADED, encoding="utf-8")
    process = pytest_in(tmp_path, installed)
    output = process.communicate(timeout=60)[0]

    assert process.returncode == 0, output


SETTINGS = """
import pytest
from services.mock_population.settings import PopulationSettings
from services.mock_portal.settings import PortalSettings

@pytest.fixture(scope="session")
def portal_settings():
    return PortalSettings(deduplicate_progress=True)

@pytest.fixture(scope="session")
def population_settings():
    return PopulationSettings(citizens=7, seed=5)
"""
USES_THEM = """
def test_settings(portal, population):
    assert portal.call("GET", "/state")["switches"]["deduplicate_progress"]
    assert population.call("GET", "/state")["switches"]["seed"] == 5
"""


def test_a_conftest_decides_on_the_switches(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "conftest.py").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "test_switches.py").write_text(USES_THEM, encoding="utf-8")
    process = pytest_in(tmp_path, installed)
    output = process.communicate(timeout=60)[0]

    assert process.returncode == 0, output
