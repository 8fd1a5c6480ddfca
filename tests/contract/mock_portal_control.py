"""The mock portal's control as its OpenAPI document describes it, and what an answer is held to."""

from typing import Any, Final

import schemathesis
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


def validate(case: schemathesis.Case[Any]) -> None:
    """Make the call, and hold its answer against the document."""
    if case.path.endswith(("/idle", "/wait", "/await")):
        case.query["timeout"] = PATIENCE
    case.call_and_validate(excluded_checks=[*BEYOND_THE_DOCUMENT])
