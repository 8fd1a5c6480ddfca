"""What the portal would refuse is found before it is sent."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import (
    Applicant,
    ApplicantKind,
    Channel,
    Component,
    DossierBody,
    Origin,
    Result,
    ResultDelivery,
)
from services.core.domain.preflight import Fault, Finding, Severity, preflight

AT = datetime(2026, 3, 10, 3, tzinfo=UTC)

BODY = DossierBody(
    code="H44.101-260310-0001",
    version=1,
    procedure_code="1.001193",
    procedure_name="Đăng ký khai sinh",
    field_code="G03-GD10",
    field_name="Hộ tịch",
    unit_code="H44.101",
    unit_name="UBND phường Việt Trì",
    status=Status.RECEIVED,
    channel=Channel.DIRECT,
    origin=Origin.DESK,
    result_delivery=ResultDelivery.AT_DESK,
    applicant=Applicant(ApplicantKind.CITIZEN, "Nguyễn Thị Hoa", "025190000123"),
    summary="Đăng ký khai sinh",
    submitted_at=AT,
    received_at=AT,
    due_at=AT,
    ended_at=None,
    returned_at=None,
    components=(Component("Tờ khai", link="https://luutru.vn/1", digitised=True),),
    results=(Result("Giấy khai sinh"),),
)
ENTRY = ProgressEntry(1, Status.RECEIVED, AT, "Trần Văn Bình", None, "Tiếp nhận")


def refused(fault: Fault, pointer: str, limit: int | None = None) -> Finding:
    return Finding(Severity.REFUSED, fault, pointer, limit)


def doubtful(fault: Fault, pointer: str) -> Finding:
    return Finding(Severity.DOUBTFUL, fault, pointer)


def test_a_whole_dossier_is_let_pass() -> None:
    assert preflight(BODY, [ENTRY]) == ()


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"code": ""}, refused(Fault.MISSING, "/code")),
        ({"procedure_code": ""}, refused(Fault.MISSING, "/procedure/code")),
        ({"procedure_name": " "}, refused(Fault.MISSING, "/procedure/name")),
        ({"field_code": ""}, refused(Fault.MISSING, "/procedure/field_code")),
        ({"field_name": ""}, refused(Fault.MISSING, "/procedure/field_name")),
        ({"unit_name": ""}, refused(Fault.MISSING, "/unit/name")),
        ({"summary": "\n"}, refused(Fault.MISSING, "/summary")),
        ({"due_at": None}, refused(Fault.MISSING, "/due_at")),
        ({"status": Status.FINISHED}, refused(Fault.MISSING, "/ended_at")),
        ({"summary": "x" * 1001}, refused(Fault.TOO_LONG, "/summary", 1000)),
        ({"components": (Component("x" * 4001),)}, refused(Fault.TOO_LONG, "/components/0/name", 4000)),
        ({"results": (Result("x"), Result("x" * 2001))}, refused(Fault.TOO_LONG, "/results/1/name", 2000)),
        ({"field_code": "HO-TICH"}, doubtful(Fault.UNKNOWN_CODE, "/procedure/field_code")),
        ({"components": (Component("x", digitised=True),)}, doubtful(Fault.MISSING, "/components/0/link")),
        (
            {"applicant": Applicant(ApplicantKind.CITIZEN, "Hoa", None)},
            doubtful(Fault.MISSING, "/applicant/identity_number"),
        ),
        (
            {"applicant": Applicant(ApplicantKind.BUSINESS, "Công ty", None)},
            doubtful(Fault.MISSING, "/applicant/organisation_number"),
        ),
        (
            {"applicant": Applicant(ApplicantKind.CITIZEN, "", "025190000123")},
            refused(Fault.MISSING, "/applicant/name"),
        ),
    ],
)
def test_each_fault_is_found_alone(changes: dict[str, Any], finding: Finding) -> None:
    assert preflight(replace(BODY, **changes), [ENTRY]) == (finding,)


def test_an_officer_with_too_long_a_name_is_found_in_the_history() -> None:
    long = replace(ENTRY, seq=2, officer="x" * 51)

    assert preflight(BODY, [ENTRY, long]) == (refused(Fault.TOO_LONG, "/timeline/1/officer", 50),)


def test_lengths_at_the_limit_pass() -> None:
    body = replace(
        BODY, summary="x" * 1000, components=(Component("x" * 4000),), results=(Result("x" * 2000),)
    )

    assert preflight(body, [replace(ENTRY, officer="x" * 50)]) == ()


def test_a_dossier_not_received_yet_needs_no_due_time() -> None:
    registered = replace(BODY, status=Status.REGISTERED, received_at=None, due_at=None)

    assert preflight(registered, [ENTRY]) == ()


def test_an_organisation_needs_no_number_of_a_citizen() -> None:
    agency = replace(BODY, applicant=Applicant(ApplicantKind.STATE_AGENCY, "Sở Tư pháp", None))

    assert preflight(agency, [ENTRY]) == ()


def test_what_is_refused_comes_before_what_is_doubtful() -> None:
    body = replace(BODY, field_code="HO-TICH", summary="x" * 1001)

    assert [finding.severity for finding in preflight(body, [ENTRY])] == [
        Severity.REFUSED,
        Severity.DOUBTFUL,
    ]
