"""What the console's pages cost with a million dossiers, nearly all of them history: as `make bench` says."""

import pytest

from benchmarks.console import MOST_BYTES, MOST_MS, OTHERS, read_pages
from benchmarks.database import bench_servers


@pytest.mark.fault
@pytest.mark.timeout(1200)
def test_pages_are_quick_and_small_with_a_million_dossiers() -> None:
    with bench_servers() as servers:
        first, *others = read_pages(servers).pages

    assert first.files == 4
    assert first.bytes_in_all < MOST_BYTES
    # The best of many: what the page costs, not what else this machine is doing.
    assert min(first.ms) < MOST_MS
    assert len(others) == len(OTHERS)
    assert max(min(page.ms) for page in others) < 5 * MOST_MS
