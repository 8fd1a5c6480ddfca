"""PostgreSQL and Valkey from wheels, as child processes of whoever asks: for demo, tests and development.

Nothing here is for production, where `LIENTHONG_DATABASE_URL` and `LIENTHONG_REDIS_URL` name real servers.
"""

from services.embedded.errors import EmbeddedError
from services.embedded.servers import EmbeddedServers, start_servers

__all__ = ["EmbeddedError", "EmbeddedServers", "start_servers"]
