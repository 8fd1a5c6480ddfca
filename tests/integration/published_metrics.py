"""Published figures as `/metrics` shows them."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from services.core.persistence.engine import Sessions
from tests.integration.metrics_server import serving_metrics

Samples = dict[tuple[str, ...], float]


async def scrape(sessions: Sessions) -> Samples:
    """Give samples by name and values of labels, in the order of their names."""
    async with serving_metrics(sessions) as port, httpx.AsyncClient() as http:
        families = text_string_to_metric_families((await http.get(f"http://127.0.0.1:{port}/metrics")).text)
    return {
        (sample.name.removeprefix("lienthong_"), *(value for _, value in sorted(sample.labels.items()))): (
            sample.value
        )
        for family in families
        for sample in family.samples
    }


def figure(samples: Samples, code: str) -> tuple[float, float | None]:
    """Give numerator and denominator of a figure, whatever report it is in."""
    [numerator] = [
        v for (name, *labels), v in samples.items() if name == "figure_numerator" and code in labels
    ]
    wholes = [v for (name, *labels), v in samples.items() if name == "figure_denominator" and code in labels]
    return numerator, wholes[0] if wholes else None
