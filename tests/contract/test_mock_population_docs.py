"""The examples of docs/mock-population.md, as shown but for the address, and its tables against the code."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from services.mock_population.citizen import Trait
from services.mock_population.faults import FaultShape
from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from services.mock_population.ways import PATHS
from tests.contract.population_caller import Caller, elements, soap

PAGE = (Path(__file__).parents[2] / "docs" / "mock-population.md").read_text(encoding="utf-8")
EXAMPLE = re.search(r"```\n(P=.*?)```", PAGE, re.DOTALL)


def test_the_examples_do_what_they_say() -> None:
    assert EXAMPLE is not None
    with running_population(PopulationSettings(citizens=200)) as address, Caller(address) as caller:
        for person in caller.people(limit=10):
            caller.post(soap(elements(person)))
        script = EXAMPLE.group(1).replace("http://127.0.0.1:8091", address).replace("curl ", "curl -sf ")
        subprocess.run(["sh", "-e", "-c", script], check=True, timeout=60)
        (fault,) = caller.control("GET", "/faults")

    assert (fault["shape"], fault["details"]["number_pattern"]) == ("wrong_person", "0012*")


@pytest.mark.parametrize("name", [f.name for f in fields(PopulationSettings) if f.name != "citizens"])
def test_every_switch_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", [*FaultShape, *Trait, *PATHS])
def test_every_shape_trait_and_address_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE
