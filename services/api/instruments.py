"""What one process of the API counts about itself, for Prometheus, on a port that desks cannot reach."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Final

from fastapi.routing import APIRoute
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.routing import BaseRoute

from services.api.process_family import ProcessFamilyCollector
from services.core.telemetry.build import BuildCollector
from services.core.telemetry.metric_names import api

_REQUESTS = Counter(api.REQUESTS.name, api.REQUESTS.help, api.REQUESTS.labels)
_SECONDS = Histogram(
    api.REQUEST_SECONDS.name,
    api.REQUEST_SECONDS.help,
    api.REQUEST_SECONDS.labels,
    buckets=api.REQUEST_SECONDS.buckets,
)
#: Probes come every few seconds, and would outvote the desks at night.
_PROBES: Final = frozenset({"/healthz", "/readyz"})
_CLASSES: Final = ("2xx", "4xx", "5xx")
_FAILED: Final = 500


def begin_at_zero(routes: Iterable[BaseRoute]) -> None:
    """Show every route before its first call: a rate misses the step from nothing to one."""
    for route in routes:
        if isinstance(route, APIRoute) and route.path not in _PROBES:
            for method in route.methods or ():
                _SECONDS.labels(method, route.path)
                for status in _CLASSES:
                    _REQUESTS.labels(method, route.path, status)


def count_answer(method: str, route: str | None, *, status: int | None, seconds: float) -> None:
    """Count an answer; calls of no route are one series, because callers could make up any number of them."""
    if status is None or route in _PROBES:
        return
    if route is None:
        method, route = "", ""
    _REQUESTS.labels(method, route, f"{status // 100}xx").inc()
    if status < _FAILED:
        _SECONDS.labels(method, route).observe(seconds)


@contextmanager
def serving_counts(host: str, port: int, *, several_processes: bool, commit: str | None) -> Iterator[None]:
    """Serve what this process counts, or with `several_processes` what those count that it will start."""
    build = BuildCollector(commit)
    with TemporaryDirectory(prefix="lienthong-api-") as folder:
        registry = REGISTRY
        if several_processes:
            # The library reads it in the new processes, when they import it.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            registry = CollectorRegistry()
            MultiProcessCollector(registry, path=folder)  # type: ignore[no-untyped-call]  # the library's
            registry.register(ProcessFamilyCollector())
        registry.register(build)
        server, thread = start_http_server(port, addr=host, registry=registry)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
            registry.unregister(build)
