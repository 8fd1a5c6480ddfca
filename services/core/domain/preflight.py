"""What the portal would refuse, found at the counter, not in the worker (portal-interface 2.1 to 2.3)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.filing import Applicant, ApplicantKind, DossierBody

SUMMARY_LENGTH: Final = 1000
OFFICER_LENGTH: Final = 50
FILE_NAME_LENGTH: Final = 4000
RESULT_NAME_LENGTH: Final = 2000

#: The one form that is documented, such as `G03-GD10`.
_FIELD_CODE: Final = re.compile(r"G[0-9]{2}-[A-Z]{2}[0-9]{1,4}")


class Severity(StrEnum):
    REFUSED = "refused"  #: the portal is known to need it otherwise
    DOUBTFUL = "doubtful"  #: clients of later years send it always; whether the portal insists is not known


class Fault(StrEnum):
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNKNOWN_CODE = "unknown_code"
    NOT_ON_PORTAL = "not_on_portal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look again; `pointer` leads into the dossier as the API shows it. Repeats no value."""

    severity: Severity
    fault: Fault
    pointer: str
    limit: int | None = None


def preflight(
    body: DossierBody, entries: Sequence[ProgressEntry], *, procedure_off_portal: bool = False
) -> tuple[Finding, ...]:
    """List what stands in the way of a dossier, worst first.

    `procedure_off_portal` if the portal's catalogue is proven not to have the procedure. That is a doubt and
    no refusal: the list may be behind what the portal takes.
    """
    found = [
        *_missing(body),
        *_applicant(body.applicant),
        *_catalogue(body),
        *_lengths(body, entries),
    ]
    if procedure_off_portal:
        found.append(Finding(Severity.DOUBTFUL, Fault.NOT_ON_PORTAL, "/procedure/code"))
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.REFUSED))


def _missing(body: DossierBody) -> Iterator[Finding]:
    required = {
        "/code": body.code,
        "/procedure/code": body.procedure_code,
        "/procedure/name": body.procedure_name,
        "/procedure/field_code": body.field_code,
        "/procedure/field_name": body.field_name,
        "/unit/name": body.unit_name,
        "/summary": body.summary,
        "/applicant/name": body.applicant.name,
    }
    for pointer, value in required.items():
        if not value.strip():
            yield _refused(Fault.MISSING, pointer)
    if body.received_at is not None and body.due_at is None:
        yield _refused(Fault.MISSING, "/due_at")
    if body.status is Status.FINISHED and body.ended_at is None:
        yield _refused(Fault.MISSING, "/ended_at")
    for number, component in enumerate(body.components):
        if component.digitised and component.link is None:
            yield Finding(Severity.DOUBTFUL, Fault.MISSING, f"/components/{number}/link")


def _applicant(applicant: Applicant) -> Iterator[Finding]:
    if applicant.kind is ApplicantKind.CITIZEN and applicant.identity_number is None:
        yield Finding(Severity.DOUBTFUL, Fault.MISSING, "/applicant/identity_number")
    if applicant.kind is ApplicantKind.BUSINESS and applicant.organisation_number is None:
        yield Finding(Severity.DOUBTFUL, Fault.MISSING, "/applicant/organisation_number")


def _catalogue(body: DossierBody) -> Iterator[Finding]:
    if body.field_code and not _FIELD_CODE.fullmatch(body.field_code):
        yield Finding(Severity.DOUBTFUL, Fault.UNKNOWN_CODE, "/procedure/field_code")


def _lengths(body: DossierBody, entries: Iterable[ProgressEntry]) -> Iterator[Finding]:
    yield from _longer_than(SUMMARY_LENGTH, {"/summary": body.summary})
    yield from _longer_than(
        FILE_NAME_LENGTH, {f"/components/{i}/name": paper.name for i, paper in enumerate(body.components)}
    )
    yield from _longer_than(
        RESULT_NAME_LENGTH, {f"/results/{i}/name": paper.name for i, paper in enumerate(body.results)}
    )
    yield from _longer_than(
        OFFICER_LENGTH, {f"/timeline/{i}/officer": entry.officer for i, entry in enumerate(entries)}
    )


def _longer_than(limit: int, texts: dict[str, str]) -> Iterator[Finding]:
    for pointer, text in texts.items():
        if len(text) > limit:
            yield _refused(Fault.TOO_LONG, pointer, limit)


def _refused(fault: Fault, pointer: str, limit: int | None = None) -> Finding:
    return Finding(Severity.REFUSED, fault, pointer, limit)
