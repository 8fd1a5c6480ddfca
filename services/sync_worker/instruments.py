"""What one worker process counts about itself, for Prometheus."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from prometheus_client import Counter, Gauge, Histogram

from services.core.application.check_queue import QueueFault
from services.core.domain.delivery import Operation
from services.core.domain.filing import DossierBody
from services.core.domain.lookup import Outcome as LookUpAnswer
from services.core.domain.lookup import Question, result_of
from services.core.domain.outcome import LookUpOutcome, Outcome, Unsendable, outcome_name
from services.core.domain.ports import EntriesOf, PopulationGateway, PortalGateway, Sent
from services.core.telemetry.metric_names import worker
from services.core.telemetry.metric_names.metric import Metric

_ATTEMPTS = Counter(worker.DELIVERY_ATTEMPTS.name, worker.DELIVERY_ATTEMPTS.help, ("operation", "outcome"))
_LOGINS = Counter(worker.PORTAL_LOGINS.name, worker.PORTAL_LOGINS.help, ("outcome",))
_CLAIMS = Counter(worker.CLAIMS.name, worker.CLAIMS.help)
_MENDED = Counter(worker.QUEUE_MENDED.name, worker.QUEUE_MENDED.help, ("fault",))
_SECONDS = Histogram(
    worker.PORTAL_CALL_SECONDS.name,
    worker.PORTAL_CALL_SECONDS.help,
    ("operation",),
    buckets=worker.PORTAL_CALL_SECONDS.buckets,
)


def _gauge(metric: Metric) -> Gauge:
    return Gauge(metric.name, metric.help)


_QUESTIONS = Counter(worker.POPULATION_CALLS.name, worker.POPULATION_CALLS.help, ("outcome",))
_QUESTION_SECONDS = Histogram(
    worker.POPULATION_CALL_SECONDS.name,
    worker.POPULATION_CALL_SECONDS.help,
    buckets=worker.POPULATION_CALL_SECONDS.buckets,
)
_POPULATION_CONFIGURED = _gauge(worker.POPULATION_CONFIGURED)
_IN_FLIGHT = _gauge(worker.PORTAL_CALLS_IN_FLIGHT)
_CALL_LIMIT = _gauge(worker.PORTAL_CALL_LIMIT)
_RETRY_TOKENS = _gauge(worker.RETRY_TOKENS)
_HEARTBEAT = _gauge(worker.WORKER_HEARTBEAT)
_STARVING = _gauge(worker.QUEUE_STARVING)


def count_claims(number: int) -> None:
    """Count leased dossiers, and show that the loop is alive."""
    _CLAIMS.inc(number)
    _HEARTBEAT.set_to_current_time()


def tell_pace(*, calls: int, retry_tokens: float) -> None:
    """Show how much this worker allows itself."""
    _CALL_LIMIT.set(calls)
    _RETRY_TOKENS.set(retry_tokens)


def count_login(outcome: str) -> None:
    """Count a login at the portal."""
    _LOGINS.labels(outcome).inc()


def count_checked(mended: Mapping[QueueFault, int], *, starving: int) -> None:
    """Count what a check of the queue found; faults that were not found show as 0."""
    for fault in QueueFault:
        _MENDED.labels(fault.value).inc(mended.get(fault, 0))
    _STARVING.set(starving)


def tell_population(*, configured: bool) -> None:
    """Say whether this worker may ask the population database; without an address look-ups wait."""
    _POPULATION_CONFIGURED.set(configured)


class MeasuredPopulation:
    """A population gateway that counts and times the questions of another."""

    def __init__(self, population: PopulationGateway) -> None:
        self._population = population

    async def ask(self, question: Question) -> LookUpAnswer:
        """Ask and count."""
        with _QUESTION_SECONDS.time():
            outcome = await self._population.ask(question)
        _QUESTIONS.labels(result_of(outcome).value).inc()
        return outcome


class MeasuredPortal:
    """A portal gateway that counts and times the calls of another."""

    def __init__(self, portal: PortalGateway) -> None:
        self._portal = portal

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        """Push and count."""
        operation = Operation.CREATE if create else Operation.UPDATE
        with _timed(operation):
            sent = await self._portal.push_dossiers(bodies, create=create)
        return _counted(operation, sent, len(bodies) - len(sent.left_out))

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        """Push and count; a dossier counts once, however many entries it has."""
        with _timed(Operation.PROGRESS):
            sent = await self._portal.push_entries(batch)
        return _counted(Operation.PROGRESS, sent, len(batch) - len(sent.left_out))

    async def look_up(self, code: str) -> LookUpOutcome:
        """Ask and count."""
        with _timed(Operation.LOOK_UP):
            outcome = await self._portal.look_up(code)
        _count(Operation.LOOK_UP, outcome, 1)
        return outcome


@contextmanager
def _timed(operation: Operation) -> Iterator[None]:
    started = time.perf_counter()
    with _IN_FLIGHT.track_inprogress():
        yield
    _SECONDS.labels(operation.value).observe(time.perf_counter() - started)


def _counted(operation: Operation, sent: Sent, dossiers: int) -> Sent:
    if not isinstance(sent.outcome, Unsendable):
        _count(operation, sent.outcome, dossiers)
    return sent


def _count(operation: Operation, outcome: Outcome | LookUpOutcome, dossiers: int) -> None:
    _ATTEMPTS.labels(operation.value, outcome_name(outcome)).inc(dossiers)
