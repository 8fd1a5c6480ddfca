"""The pytest plugin: a portal and a population database of one's own in every test process.

pytest loads it in every project that has this package installed, so it imports next to nothing until a
fixture is asked for.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from services.mock_population.settings import PopulationSettings
    from services.mock_portal.settings import PortalSettings
    from services.mock_testing.population import PopulationControl
    from services.mock_testing.portal import PortalControl


@pytest.fixture(scope="session")
def portal_settings() -> "PortalSettings":
    """How the mock portal behaves; override it in a conftest.py."""
    from services.mock_portal.settings import PortalSettings  # noqa: PLC0415 - loaded when asked for

    return PortalSettings()


@pytest.fixture(scope="session")
def portal_address(portal_settings: "PortalSettings") -> Iterator[str]:
    """Address of the mock portal of this test process, on a free port."""
    from services.mock_portal.instance import running_portal  # noqa: PLC0415 - loaded when asked for

    with running_portal(portal_settings) as address:
        yield address


@pytest.fixture
def portal(portal_address: str) -> Iterator["PortalControl"]:
    """Give a mock portal that has just been reset; point the system under test at its `address`."""
    from services.mock_testing.portal import PortalControl  # noqa: PLC0415 - loaded when asked for

    with PortalControl(portal_address) as control:
        control.reset()
        yield control


@pytest.fixture(scope="session")
def population_settings() -> "PopulationSettings":
    """How the mock population database behaves; override it in a conftest.py."""
    from services.mock_population.settings import PopulationSettings  # noqa: PLC0415 - loaded when asked for

    return PopulationSettings(citizens=1000)


@pytest.fixture(scope="session")
def population_address(population_settings: "PopulationSettings") -> Iterator[str]:
    """Address of the mock population database of this test process, on a free port."""
    from services.mock_population.instance import running_population  # noqa: PLC0415 - loaded when asked for

    with running_population(population_settings) as address:
        yield address


@pytest.fixture
def population(population_address: str) -> Iterator["PopulationControl"]:
    """Give a mock population database that has just been reset."""
    from services.mock_testing.population import PopulationControl  # noqa: PLC0415 - loaded when asked for

    with PopulationControl(population_address) as control:
        control.reset()
        yield control
