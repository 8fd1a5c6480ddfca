"""What a call may be: the names that fault rules and the ledger's counts go by."""

from typing import Final

from services.mock_portal.adapter.actions import ACTIONS
from services.mock_portal.evaluation.endpoint import PATHS, operation_of
from services.mock_portal.ledger import LOGIN
from services.mock_portal.mapi import SERVICES

OPERATIONS: Final = frozenset({LOGIN, *SERVICES, *map(operation_of, PATHS), *ACTIONS})
