"""A portal of one's own for a test: in this process, on a free port, gone afterwards."""

from contextlib import AbstractContextManager
from functools import partial

from services.mock_kit.server import running_in_thread
from services.mock_portal.main import build_server
from services.mock_portal.settings import PortalSettings


def running_portal(settings: PortalSettings | None = None) -> AbstractContextManager[str]:
    """Serve in a thread, and give the address; raises as `running_in_thread` does."""
    build = partial(build_server, settings or PortalSettings())
    return running_in_thread(lambda port: build(port=port), name="mock portal")
