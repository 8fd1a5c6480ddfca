"""Whatever is sent, the portal answers in its own words: no server error, no silence, no broken JSON."""

import pytest

from services.mock_portal.settings import PortalSettings
from services.mock_portal.strictness import Strictness
from tests.contract.mock_portal_fuzzing import fuzz


@pytest.mark.parametrize("strictness", list(Strictness))
def test_bent_calls_give_no_server_error(strictness: Strictness) -> None:
    done = fuzz(766, 700, PortalSettings(strictness=strictness))

    assert done.statuses.total() == 700
    # The generator reaches both sides of the checks.
    assert {200, 400} <= set(done.statuses)
    assert {"0", "-1"} <= set(done.codes)


@pytest.mark.fault
@pytest.mark.timeout(900)
@pytest.mark.parametrize("strictness", list(Strictness))
def test_a_hundred_thousand_bent_calls_give_no_server_error(strictness: Strictness) -> None:
    done = fuzz(2022, 34_000, PortalSettings(strictness=strictness))

    assert done.statuses.total() == 34_000
