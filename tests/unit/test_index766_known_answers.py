"""What the portal answered for one province in quarter 3 of 2026 comes out to the last decimal."""

import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from services.core.domain.indicator import INDICATORS, Scored, Share, total_of

_ANSWERS: Final = json.loads((Path(__file__).parent / "known_answers" / "index766.json").read_text())
_TOTAL: Final = "GROUP_TOTAL"
#: The portal's names for shares that it shows without a code.
_CODES: Final = {
    "totalOnTime/totalReceived": "PROGRESS",
    "(partialCount+fullCount)/authorityCount": "ONLINE_OFFERED",
    "onlineDossierCount/onlineServiceTotal": "ONLINE_USED",
    "channelOnlineSum/channelTotalSum": "ONLINE_FILED",
    "totalDossierOnlinePaymentSuccess/totalDossierFinancialObligation": "PAYMENT_DOSSIERS",
    "totalDossierOnlineFormalityPaymentSuccess/totalFeeDossierFormalityDistinct": "PAYMENT_PROCEDURES",
    "totalFeeDossierFormality/totalFeeFormality": "PAYMENT_FEES",
}
Row = dict[str, Any]


def _blocks() -> dict[str, list[Row]]:
    """Gather the rows that one total adds up."""
    blocks: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _ANSWERS["rows"]:
        blocks[f"{row['unit']}, {row['scope']}, {row['group']}"].append(row)
    return blocks


BLOCKS: Final = _blocks()
#: Lower units show the total of their online services and nothing that it comes from.
ALONE: Final = [rows[0] for rows in BLOCKS.values() if len(rows) == 1 and rows[0]["code"] == _TOTAL]
WITH_TOTAL: Final = [name for name, rows in BLOCKS.items() if len(rows) > 1]
COUNTED: Final = [row for row in _ANSWERS["rows"] if row["code"] != _TOTAL]


def _scored(row: Row) -> Scored:
    given = None
    if row["denominator"] is None and row["ratio"] is not None:
        given = Fraction(str(row["ratio"])) / 100
    share = Share(row["numerator"], row["denominator"], given)
    return Scored(INDICATORS[_code(row)], share)


def _code(row: Row) -> str:
    name: str = row["code"]
    return _CODES.get(name, name)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


@pytest.mark.parametrize("row", COUNTED, ids=lambda row: f"{row['unit'][:12]} {row['code'][:30]}")
def test_every_captured_row_comes_out(row: Row) -> None:
    line = _scored(row)

    if row["ratio"] is not None:
        assert _number(line.ratio) == row["ratio"]
    if row["max_score"] is None:
        return  # part of a group that shows its total alone, which the next test asks for
    assert _number(line.points) == row["score"]
    assert line.indicator.formula.maximum == row["max_score"]


@pytest.mark.parametrize("name", WITH_TOTAL)
def test_every_captured_total_comes_out(name: str) -> None:
    *rows, captured = BLOCKS[name]
    assert captured["code"] == _TOTAL

    total = total_of([_scored(row) for row in rows])

    assert (float(total.points), _number(total.ratio)) == (captured["score"], captured["ratio"])
    assert total.maximum == captured["max_score"]


@pytest.mark.parametrize("row", ALONE, ids=lambda row: f"{row['unit'][:16]} {row['scope']}")
def test_totals_without_counts_lie_where_the_formula_can_reach(row: Row) -> None:
    rest = _of("ONLINE_OTHER", None)
    share = (Fraction(str(row["score"])) - 6) / INDICATORS["ONLINE_USED"].formula.maximum

    total = total_of([_of("ONLINE_USED", share), rest])

    assert float(rest.points or 0) == 6
    assert 0 <= share <= 1
    assert (float(total.points), _number(total.ratio)) == (row["score"], row["ratio"])
    assert total.maximum == row["max_score"]


def test_the_six_groups_add_up_to_the_published_sum() -> None:
    whole = next(total for total in _ANSWERS["totals"] if total["complete"])
    rows: defaultdict[str, list[Row]] = defaultdict(list)
    for row in COUNTED:
        if row["unit"] == "UBND tỉnh Phú Thọ" and row["scope"] == whole["scope"]:
            rows[row["group"]].append(row)

    totals = {group: total_of([_scored(row) for row in found]) for group, found in rows.items()}

    assert {group: float(total.points) for group, total in totals.items()} == whole["groups"]
    assert float(sum(total.points for total in totals.values())) == whole["sum"]
    assert sum(total.maximum for total in totals.values()) == 100


def _of(code: str, ratio: Fraction | None) -> Scored:
    return Scored(INDICATORS[code], Share(None, None, ratio))


def test_nothing_is_left_out_of_the_captured_answers() -> None:
    codes = {_code(row) for row in COUNTED}

    assert codes == set(INDICATORS) - {"ONLINE_OTHER"}
    assert sum(len(rows) for rows in BLOCKS.values()) == len(_ANSWERS["rows"])


def test_only_the_certified_copies_come_as_a_ratio_alone() -> None:
    without_counts = [row["code"] for row in COUNTED if row["numerator"] is None]

    assert without_counts == ["ELECTRONIC_CERTIFIED_COPY"] * 3
