"""What the portal would refuse, in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID

from services.api.problems import Language, Said
from services.api.schemas.answer import Answer
from services.core.domain.preflight import Fault, Finding, Severity

FAULTS: Final[Mapping[Fault, Said]] = MappingProxyType(
    {
        Fault.MISSING: Said("Thiếu thông tin này.", "This is missing."),
        Fault.TOO_LONG: Said("Dài quá {limit} ký tự.", "Longer than {limit} characters."),
        Fault.UNKNOWN_CODE: Said(
            "Mã này không có dạng mã của Cổng.", "The code does not have the form of the portal's codes."
        ),
        Fault.NOT_ON_PORTAL: Said(
            "Thủ tục chưa có trên Cổng; hãy kiểm tra mã thủ tục với danh mục của Cổng.",
            "The portal's catalogue does not have this procedure; check its code there.",
        ),
    }
)


class FindingOut(Answer):
    """`refused`: the portal will not take it. `doubtful`: others send it always, and perhaps must."""

    severity: Severity
    fault: Fault
    pointer: str
    text: str

    @classmethod
    def of(cls, finding: Finding, language: Language) -> Self:
        """Show a finding."""
        return cls(
            severity=finding.severity,
            fault=finding.fault,
            pointer=finding.pointer,
            text=FAULTS[finding.fault].in_(language).format(limit=finding.limit),
        )


class PreflightOut(Answer):
    """`sendable` is false if any finding is `refused`."""

    id: UUID
    sendable: bool
    findings: list[FindingOut]

    @classmethod
    def of(cls, dossier_id: UUID, findings: Sequence[Finding], language: Language) -> Self:
        """Show what was found."""
        return cls(
            id=dossier_id,
            sendable=all(finding.severity is not Severity.REFUSED for finding in findings),
            findings=[FindingOut.of(finding, language) for finding in findings],
        )
