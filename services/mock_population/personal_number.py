"""The twelve-digit personal number (portal facts 4.6; Decree 137/2015 art. 13, Circular 07/2016 art. 7)."""

from typing import Final

from services.mock_population.citizen import Sex

_LAST_SERIAL: Final = 999_999
# Years 1900 to 1999 count as the 20th century here, as on every card.
_FIRST_YEARS: Final = 19


def personal_number(province: str, sex: Sex, year: int, serial: int) -> str:
    """Put together province, century with sex, year and six more digits; there is no check digit.

    Raises `ValueError` when the serial has more than six digits.
    """
    if serial > _LAST_SERIAL:
        raise ValueError("no number left for this province, sex and year")
    digit = 2 * (year // 100 - _FIRST_YEARS) + (sex is Sex.FEMALE)
    return f"0{province}{digit}{year % 100:02d}{serial:06d}"
