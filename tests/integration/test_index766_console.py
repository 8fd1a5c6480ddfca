"""The pages of index 766, held against the values worked out by hand."""

import re
from html import unescape
from typing import Any

import pytest

from services.console.index_words import DOUBTS, GROUPS
from services.core.domain.indicator import INDICATORS, Doubt, Group
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi
from tests.integration.console_service import console, open_page, rows, shown
from tests.integration.delivery_cases import ScriptedPortal, delivering, rounds
from tests.integration.index766_cases import BY_HAND, file_january, refresh

PAGE = "/index766?unit=H44&month=2026-01"
LIST = "/index766/dossiers?unit=H44&month=2026-01"


@pytest.fixture
async def january(api: DeskApi, sessions: Sessions) -> dict[str, dict[str, Any]]:
    dossiers = await file_january(sessions, api.province)
    await rounds(delivering(sessions, ScriptedPortal()))
    await refresh(sessions)
    return dossiers


def points(number: float | None) -> str:
    return "–" if number is None else f"{number:.2f}".replace(".", ",")


@pytest.mark.usefixtures("january")
async def test_the_page_shows_every_indicator_and_the_total(sessions: Sessions) -> None:
    async with console(sessions) as client:
        html = await open_page(client, PAGE)

    lines = [row for row in rows(html) if "Chỉ số" in row]
    for code, (_, _, won) in BY_HAND.items():
        name = INDICATORS[code].name.vi
        row = next(row for row in lines if row["Chỉ số"].startswith(name))
        assert row["Điểm"].split(" / ")[0] == points(won), code
    assert "52,84 / 100" in shown(html)
    assert "Tỉnh Phú Thọ, tháng 01/2026" in shown(html)
    ranked = [row["Đơn vị"] for row in rows(html) if set(row) == {"Đơn vị", "Điểm"}]
    assert len(ranked) == 3


async def test_every_link_to_dossiers_leads_to_those_that_cost_points(
    sessions: Sessions, january: dict[str, dict[str, Any]]
) -> None:
    async with console(sessions) as client:
        html = await open_page(client, PAGE)
        addresses = [unescape(found) for found in re.findall(r'href="(/index766/dossiers\?.*?)"', html)]
        pages = {address: await open_page(client, address) for address in addresses}

    assert len(pages) == 9, "all indicators of dossiers but the one that has lost nothing"
    late = pages[f"{LIST.replace('?unit', '?indicator=PROGRESS&unit')}"]
    codes = {row["Hồ sơ"] for row in rows(late)}
    assert codes == {january[name]["code"] for name in ("late", "running", "from december")}
    assert "Nguyễn" not in "".join(pages.values())


async def test_a_falsely_late_dossier_is_marked(api: DeskApi, sessions: Sessions) -> None:
    dossiers = await file_january(sessions, api.province)
    await refresh(sessions)
    async with console(sessions) as client:
        html = await open_page(client, f"{LIST}&indicator=PROGRESS")

    marks = {row["Hồ sơ"]: row["Trên Cổng"] for row in rows(html)}
    assert marks[dossiers["whole"]["code"]] == "Báo trễ oan"
    assert marks[dossiers["running"]["code"]] == "Quá hạn"


async def test_long_lists_go_on_page_by_page(api: DeskApi, sessions: Sessions) -> None:
    for _ in range(53):
        await api.ward.created()
    await refresh(sessions)
    async with console(sessions) as client:
        first = await open_page(client, "/index766/dossiers?indicator=ORIGINAL_RESULT_AVAILABLE&unit=H44.101")
        (address,) = re.findall(r'href="(/index766/dossiers\?[^"]*after=[^"]*)"', first)
        second = await open_page(client, unescape(address))

    codes = [row["Hồ sơ"] for html in (first, second) for row in rows(html)]
    assert (len(list(rows(first))), len(set(codes))) == (50, 53)


@pytest.mark.usefixtures("api")
@pytest.mark.parametrize(
    "address",
    [
        "/index766?unit=H99",
        "/index766?unit=H%00",
        "/index766?month=2026-13",
        "/index766?month=x",
        "/index766/dossiers?indicator=NO_SUCH",
        "/index766/dossiers?indicator=ONLINE_USED",
        "/index766/dossiers?indicator=PROGRESS&after=1~x",
    ],
)
async def test_wrong_addresses_are_told_so(sessions: Sessions, address: str) -> None:
    async with console(sessions) as client:
        await open_page(client, address, status=404)


async def test_without_any_unit_the_page_says_what_to_do(sessions: Sessions) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/index766", status=404)

    assert "lienthong import units" in html


def test_every_group_and_doubt_has_its_words() -> None:
    assert set(GROUPS) == set(Group)
    assert set(DOUBTS) == set(Doubt)
