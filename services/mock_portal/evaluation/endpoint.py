"""The public reporting addresses."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.types import Scope

from services.mock_kit.exchange import Reply
from services.mock_portal.answers import Refused
from services.mock_portal.catalogue import Catalogue
from services.mock_portal.evaluation import formalities, reports
from services.mock_portal.evaluation.period import WrongQuestion
from services.mock_portal.fault_effects import refuse_before
from services.mock_portal.fault_rule import ActiveFault
from services.mock_portal.ledger import Call, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest, parse_object
from services.mock_portal.wire import WireEndpoint

_EVALUATION: Final = "/api/v1/reporting/evaluation/"

LISTS: Final[Mapping[str, Callable[[Catalogue, Mapping[str, object]], dict[str, object]]]] = MappingProxyType(
    {
        "/api/v1/reporting/formalities": formalities.list_for_report,
        "/api/v1/submitting/formality/list-all-public-formality-by-citizen": formalities.list_for_citizen,
        "/api/v1/configuring/formality/get-formality-by-citizen": formalities.show_for_citizen,
    }
)
PATHS: Final = (*(_EVALUATION + name for name in reports.REPORTS), *LISTS)


def operation_of(path: str) -> str:
    """Give the name that fault rules use: the last part of the path."""
    return path.rsplit("/", 1)[1]


class EvaluationEndpoint(WireEndpoint):
    def __init__(self, portal: Portal, path: str) -> None:
        super().__init__(portal)
        self._path = path

    def _read(self, _scope: Scope, raw: bytes) -> WireRequest:
        operation = operation_of(self._path)
        try:
            body, _ = parse_object(raw)
        except Refused as refusal:
            return WireRequest(operation, None, refusal=refusal)
        return WireRequest(operation, None, body=body)

    async def _process(self, call: Call, request: WireRequest, fault: ActiveFault | None) -> Reply:
        if fault is not None:
            _let_refuse(self._portal, fault, request)
        status, answer = await self._answer(request)
        accepted = answer["code"] == "OK"
        call.outcome = Outcome.ACCEPTED if accepted else Outcome.REFUSED
        call.error_code, call.message = str(answer["code"]), str(answer["message"])
        return Reply(status, json.dumps(answer, ensure_ascii=False).encode())

    async def _answer(self, request: WireRequest) -> tuple[int, dict[str, object]]:
        if request.refusal is not None:
            return 400, _refusal("BAD_REQUEST", str(request.refusal))
        try:
            data = await self._data(request.body)
        except WrongQuestion as fault:
            return 400, _refusal("BAD_REQUEST", str(fault))
        except (reports.DepartmentUnknown, formalities.FormalityUnknown):
            return 404, _refusal("NOT_FOUND", "Không tìm thấy cơ quan hoặc thủ tục")
        return self._portal.drift.reading_status(), {"code": "OK", "message": "", "data": data}

    async def _data(self, body: Mapping[str, object]) -> dict[str, object]:
        if (show := LISTS.get(self._path)) is not None:
            return show(self._portal.catalogue, body)
        return await reports.answer(self._portal, reports.REPORTS[operation_of(self._path)], body)


def _let_refuse(portal: Portal, fault: ActiveFault, request: WireRequest) -> None:
    try:
        refuse_before(portal, fault, request.operation, request.session)
    except Refused as refusal:
        request.refusal = refusal


def _refusal(code: str, message: str) -> dict[str, object]:
    return {"code": code, "message": message, "data": None}
