"""The demo's citizens are those of the mock population database, which falls over as well."""

from datetime import datetime, timedelta
from typing import Final

from services.cli.demo.people import Person
from services.cli.demo.weather import Storm
from services.mock_testing.population import PopulationControl

_YEAR_ONLY: Final = 4

#: Seconds after the first dossier, seconds, fault, words.
_GUSTS: Final[tuple[tuple[float, float, dict[str, object], str, str], ...]] = (
    (
        3,
        10,
        {"shape": "down", "manner": "close"},
        "CSDL dân cư ngừng hoạt động",
        "the population database is down",
    ),
    (
        20,
        6,
        {"shape": "html", "status": 503},
        "CSDL dân cư trả trang báo bảo trì",
        "the population database answers with HTML",
    ),
    (
        32,
        6,
        {"shape": "cut_body"},
        "Câu trả lời của CSDL dân cư bị cắt",
        "answers of the population database are cut off",
    ),
)


def read_people(address: str, count: int) -> list[Person]:
    """Ask the mock for citizens, one for each dossier."""
    with PopulationControl(address) as control:
        return [
            Person(citizen.name, citizen.number, _written(citizen.birth))
            for citizen in control.citizens(limit=count)
        ]


def gusts(start: datetime) -> list[Storm]:
    """Lay the outages of the population database after the start of the intake."""
    return [
        Storm(
            start + timedelta(seconds=after),
            start + timedelta(seconds=after + lasts),
            order,
            vi,
            en,
        )
        for after, lasts, order, vi, en in _GUSTS
    ]


def _written(birth: str) -> str:
    """Write `yyyyMMdd` as desks do."""
    return birth if len(birth) == _YEAR_ONLY else f"{birth[:4]}-{birth[4:6]}-{birth[6:]}"
