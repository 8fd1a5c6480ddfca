"""Procedures as the portal's public pages list them: `formality` is the portal's word."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final
from uuid import UUID, uuid5

from services.mock_portal.catalogue import Catalogue, Procedure
from services.mock_portal.evaluation.paging import Page
from services.mock_portal.evaluation.period import WrongQuestion, number_of

_IDS: Final = UUID("c6b1d7a4-0d4f-5a52-9b1d-2f9d3a7e4c55")
_MAX_ROWS: Final = 1000
_AGENCIES: Final = {
    "ministry": "Cơ quan cấp Bộ",
    "province": "Cơ quan cấp tỉnh",
    "district": "Cơ quan cấp huyện",
    "commune": "Ủy ban nhân dân cấp xã",
}


class FormalityUnknown(Exception):
    pass


@lru_cache(maxsize=8192)
def formality_id(code: str) -> str:
    return str(uuid5(_IDS, code))


def list_for_report(catalogue: Catalogue, body: Mapping[str, object]) -> dict[str, object]:
    """Answer `formalities`: `q` in code or name, by pages.

    Raises `WrongQuestion`.
    """
    rows = [_row(procedure) for procedure in _matching(catalogue, body)]
    page = Page.of(body)
    return {"formalities": page.cut(rows), "pagination": page.shown(len(rows))}


def list_for_citizen(catalogue: Catalogue, body: Mapping[str, object]) -> dict[str, object]:
    """Answer `list-all-public-formality-by-citizen`: `limit` rows after `lastId`.

    Every procedure is taken to be open at every department, so `departmentCode` narrows nothing.

    Raises `WrongQuestion`.
    """
    limit = number_of(body, "limit", range(1, _MAX_ROWS + 1))
    wanted = body.get("categoryId")
    rows = [
        _row(p) | {"categoryId": catalogue.field_codes[p.field_name]}
        for p in _matching(catalogue, body)
        if wanted in (None, "", catalogue.field_codes[p.field_name])
    ]
    start = _place_after(rows, body.get("lastId"))
    shown = rows[start : start + limit]
    more = start + limit < len(rows)
    return {"formalities": shown, "lastId": shown[-1]["id"] if shown and more else None}


def show_for_citizen(catalogue: Catalogue, body: Mapping[str, object]) -> dict[str, object]:
    """Answer `get-formality-by-citizen`; the code may stand for the id.

    Raises `FormalityUnknown`.
    """
    procedure = find_formality(catalogue, str(body.get("id")))
    return {
        **_row(procedure),
        "category": procedure.field_name,
        "departmentPromulgateName": "",
        "executingAgencies": [_AGENCIES[procedure.level]] if procedure.level in _AGENCIES else [],
        "executionSteps": [],
    }


def find_formality(catalogue: Catalogue, wanted: str) -> Procedure:
    """Find by id or code.

    Raises `FormalityUnknown`.
    """
    for procedure in catalogue.procedures:
        if wanted in (procedure.code, formality_id(procedure.code)):
            return procedure
    raise FormalityUnknown


def _matching(catalogue: Catalogue, body: Mapping[str, object]) -> Sequence[Procedure]:
    asked = body.get("q")
    if asked is not None and not isinstance(asked, str):
        raise WrongQuestion("q must be a text")
    sought = (asked or "").casefold()
    return [p for p in catalogue.procedures if sought in p.code or sought in p.name.casefold()]


def _row(procedure: Procedure) -> dict[str, object]:
    return {"id": formality_id(procedure.code), "code": procedure.code, "name": procedure.name}


def _place_after(rows: Sequence[Mapping[str, object]], last_id: object) -> int:
    if last_id in (None, ""):
        return 0
    for place, row in enumerate(rows, start=1):
        if row["id"] == last_id:
            return place
    raise WrongQuestion("lastId is not in the list")
