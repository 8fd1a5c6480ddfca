"""One row per refusal: its HTTP status, and what people read. Codes are public: add, never rename."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.api.problems.access_rows import ACCESS
from services.api.problems.call_rows import CALLS
from services.api.problems.catalogue_rows import CATALOGUE
from services.api.problems.citizen_rows import CITIZENS
from services.api.problems.dossier_rows import LIFE, NUMBERS
from services.api.problems.limit_rows import LIMITS
from services.api.problems.lookup_rows import LOOKUPS
from services.api.problems.onboarding_rows import ONBOARDING
from services.api.problems.parked_rows import PARKED
from services.api.problems.report_rows import REPORTS
from services.api.problems.row import Row

PROBLEMS: Final[Mapping[str, Row]] = MappingProxyType(
    CALLS | LIMITS | ACCESS | LIFE | NUMBERS | CATALOGUE | PARKED | LOOKUPS | CITIZENS | ONBOARDING | REPORTS
)
