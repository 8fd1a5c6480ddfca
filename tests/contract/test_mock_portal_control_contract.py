"""The control does what its OpenAPI document says, whatever is thrown at it."""

from collections.abc import Callable
from typing import Any, TypeVar

import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.contract.mock_portal_control import schema, validate

Test = TypeVar("Test", bound=Callable[..., None])
each_operation: Callable[[Test], Test] = schema.parametrize()


# The tool's systematic cases take half a minute; they run with the many.
@each_operation
@settings(
    max_examples=3,
    phases=[Phase.generate],
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_no_order_breaks_the_control(case: schemathesis.Case[Any]) -> None:
    validate(case)
