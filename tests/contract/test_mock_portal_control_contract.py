"""The control does what its OpenAPI document says, whatever is thrown at it."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    negative_data_rejection,
    positive_data_acceptance,
)

from services.mock_portal.front import Front
from services.mock_portal.main import create_control
from services.mock_portal.settings import PortalSettings
from services.mock_portal.tenants import Tenants
from services.mock_portal.wire_addresses import wire_endpoints

CONTROL: Final = create_control()
#: An order that fits the document may still contradict itself, or name what is not there; one that nearly
#: fits, such as a number for a text, is understood; of several routes on a path each tells its own methods.
BEYOND_THE_DOCUMENT: Final = (positive_data_acceptance, negative_data_rejection, allow_header_conformance)
#: Seconds; what waits for the caller's time limit is asked for a short one.
PATIENCE: Final = 0.02

schema: Any = schemathesis.openapi.from_dict(CONTROL.openapi())
schema.app = Front(Tenants(PortalSettings(), wire_endpoints), CONTROL)

Test = TypeVar("Test", bound=Callable[..., None])
each_operation: Callable[[Test], Test] = schema.parametrize()


def fuzzed(examples: int, *phases: Phase) -> settings:
    return settings(
        max_examples=examples,
        phases=phases or tuple(Phase),
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


# The tool's systematic cases take half a minute; they run with the many.
@each_operation
@fuzzed(3, Phase.generate)
def test_no_order_breaks_the_control(case: schemathesis.Case[Any]) -> None:
    validate(case)


@pytest.mark.fault
@each_operation
@fuzzed(200)
def test_none_of_many_orders_breaks_the_control(case: schemathesis.Case[Any]) -> None:
    validate(case)


def validate(case: schemathesis.Case[Any]) -> None:
    if case.path.endswith(("/idle", "/wait", "/await")):
        case.query["timeout"] = PATIENCE
    case.call_and_validate(excluded_checks=[*BEYOND_THE_DOCUMENT])
