"""Names under which jobs travel; both ends import them from here."""

from typing import Final

QUEUE: Final = "lienthong:jobs"
LOOK_AT_QUEUE: Final = "delivery.look"
DAILY: Final = "daily.look_after"
CATALOGUE: Final = "catalogue.refresh"
