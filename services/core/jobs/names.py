"""Names under which jobs travel; both ends import them from here."""

from typing import Final

QUEUE: Final = "lienthong:jobs"
LOOK_AT_QUEUE: Final = "delivery.look"
KEEP_PARTITIONS: Final = "partitions.keep"
