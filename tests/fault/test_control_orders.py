"""The mock portal's control under all cases that the tool can think up.

It thinks them up when tests are collected, for seven seconds; `make test` does not read this file.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from tests.contract.mock_portal_control import schema, validate

Test = TypeVar("Test", bound=Callable[..., None])
each_operation: Callable[[Test], Test] = schema.parametrize()


@pytest.mark.fault
@pytest.mark.timeout(600)
@each_operation
@settings(max_examples=200, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
def test_none_of_many_orders_breaks_the_control(case: schemathesis.Case[Any]) -> None:
    validate(case)
