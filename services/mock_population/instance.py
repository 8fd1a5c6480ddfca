"""A database of one's own for a test: in this process, on a free port, gone afterwards."""

from contextlib import AbstractContextManager
from functools import partial

from services.mock_kit.server import running_in_thread
from services.mock_population.main import build_server
from services.mock_population.settings import PopulationSettings


def running_population(settings: PopulationSettings | None = None) -> AbstractContextManager[str]:
    """Serve in a thread, and give the address; raises as `running_in_thread` does."""
    build = partial(build_server, settings or PopulationSettings())
    return running_in_thread(lambda port: build(port=port), name="mock population database")
