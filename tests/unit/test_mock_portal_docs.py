"""The page for testers lists every switch with its real default, every service and every report."""

import re
from dataclasses import MISSING, Field, fields
from enum import Enum
from pathlib import Path

import pytest

from services.mock_portal.adapter.endpoint import PATHS as ADAPTER_PATHS
from services.mock_portal.evaluation.reports import REPORTS
from services.mock_portal.mapi import SERVICES
from services.mock_portal.settings import PortalSettings
from services.mock_portal.verdict import VerdictRules

PAGE = (Path(__file__).parents[2] / "docs" / "mock-portal.md").read_text(encoding="utf-8")
SWITCHES = PAGE.partition("## Switches")[2].partition("\n## ")[0]
LISTED = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", SWITCHES, flags=re.MULTILINE))
FIELDS = [f for owner in (PortalSettings, VerdictRules) for f in fields(owner) if f.name != "verdict_rules"]


def default_of(switch: "Field[object]") -> str:
    if switch.default_factory is not MISSING:
        return str(switch.default_factory())
    value = switch.default
    return str(value.value if isinstance(value, Enum) else value)


def test_no_switch_is_missing_and_none_is_invented() -> None:
    assert set(LISTED) == {switch.name for switch in FIELDS}


@pytest.mark.parametrize("switch", FIELDS, ids=lambda switch: str(switch.name))
def test_the_listed_default_is_the_real_one(switch: "Field[object]") -> None:
    assert LISTED[switch.name] == default_of(switch)


def test_every_switch_but_the_seed_is_tied_to_a_behaviour() -> None:
    behaviours = PAGE.replace(SWITCHES, "")

    assert [name for name in LISTED if f"`{name}`" not in behaviours] == []


def test_every_service_and_address_is_described() -> None:
    shortened = [name for name in SERVICES if name.removeprefix("LayDanhMuc") not in PAGE]

    assert shortened == []
    assert [name for name in REPORTS if f"`{name}`" not in PAGE] == []
    assert [path for _, path in ADAPTER_PATHS.values() if path not in PAGE] == []
