"""Every metric of the house, for the processes that expose it and for the test that holds the docs to it.

Values of labels come from closed lists (states, causes, operations, queries, units), never from dossiers or
people.
"""

from typing import Final

from services.core.telemetry.metric_names import (
    api,
    deliveries,
    exporter,
    figures,
    index766,
    lateness,
    lookups,
    onboarding,
    portal,
    units,
    worker,
)
from services.core.telemetry.metric_names.metric import Kind, Metric, bucket_label

ALL: Final = (
    *deliveries.ALL,
    *lateness.ALL,
    *lookups.ALL,
    *figures.ALL,
    *portal.ALL,
    *units.ALL,
    *onboarding.ALL,
    *index766.ALL,
    *exporter.ALL,
    *worker.ALL,
    *api.ALL,
)

__all__ = [
    "ALL",
    "Kind",
    "Metric",
    "api",
    "bucket_label",
    "deliveries",
    "exporter",
    "figures",
    "index766",
    "lateness",
    "lookups",
    "onboarding",
    "portal",
    "units",
    "worker",
]
