"""The moments that a mock's clock can show, as a tester writes them."""

from datetime import UTC, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime

HANOI: Final = ZoneInfo("Asia/Ho_Chi_Minh")

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)


def _usable(moment: datetime) -> datetime:
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("must lie between the years 2000 and 2100")
    return moment.astimezone(UTC)


ClockMoment = Annotated[AwareDatetime, AfterValidator(_usable)]
