"""The list of figures, apart from those of the steps, which are data."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.false_late import FalseLateCause
from services.core.domain.onboarding.reported import ReportedFigure
from services.core.domain.onboarding.step import Step, SubjectKind
from services.core.domain.reporting.figure import Counted, Figure, Section
from services.core.domain.wording import FALSE_LATE_CAUSES, Bilingual

_RECEIVED: Final = Bilingual("Hồ sơ tiếp nhận trong kỳ", "dossiers received in the period")
_ON_PORTAL: Final = Bilingual(
    "Biên nhận của Cổng cho hồ sơ tiếp nhận trong kỳ", "the portal's receipts for dossiers of the period"
)
_TWO_CLOCKS: Final = Bilingual(
    "Đồng hồ một cửa so với những gì Cổng đã xác nhận",
    "the desk's clock beside what the portal has acknowledged",
)
_LOOKED_UP: Final = Bilingual("Nhật ký tra cứu, theo ngày", "the record of look-ups, by day")
_CATALOGUE: Final = Bilingual("Danh mục thủ tục hiện tại", "the present catalogue of procedures")
_FILED: Final = Bilingual("Hồ sơ theo ngày nộp", "dossiers by the day of filing")
_PAID: Final = Bilingual("Danh sách chi trả theo ngày chi", "payouts by the day of payment")
_EVENTS: Final = Bilingual(
    "Sự kiện đến hết ngày cuối kỳ; số người đủ điều kiện theo ngày",
    "events up to the last day; those eligible by date",
)
_HELPED: Final = Bilingual("Sự kiện hỗ trợ trong kỳ", "events of the period")
_REPORTED: Final = Bilingual("Số do cơ quan báo cáo trong kỳ", "counts reported for the period")


def _figures(
    section: Section, counted: Counted, source: Bilingual, names: Mapping[str, tuple[str, str]]
) -> Iterator[Figure]:
    for code, (vi, en) in names.items():
        yield Figure(code, section, counted, Bilingual(vi, en), source)


def _causes() -> dict[str, tuple[str, str]]:
    return {
        f"falsely_late_{cause}": (
            f"Báo trễ oan vì: {FALSE_LATE_CAUSES[cause].vi}",
            f"Falsely late because: {FALSE_LATE_CAUSES[cause].en}",
        )
        for cause in FalseLateCause
    }


_ALL: Final = (
    *_figures(
        Section.DELIVERY, Counted.DOSSIERS, _RECEIVED, {"received": ("Hồ sơ tiếp nhận", "Dossiers received")}
    ),
    *_figures(
        Section.DELIVERY,
        Counted.DOSSIERS,
        _ON_PORTAL,
        {"synced": ("Hồ sơ đã đồng bộ lên Cổng DVCQG", "Dossiers synchronised to the national portal")},
    ),
    *_figures(
        Section.DELIVERY,
        Counted.DOSSIERS,
        _TWO_CLOCKS,
        {
            "falsely_late": ("Cổng báo quá hạn dù xong đúng hạn", "Shown late although finished on time"),
            "really_late": ("Quá hạn thật trong số bị báo quá hạn", "Really late among those shown late"),
            **_causes(),
        },
    ),
    *_figures(
        Section.LOOK_UPS,
        Counted.LOOK_UPS,
        _LOOKED_UP,
        {
            "look_ups": ("Lượt tra cứu trên hồ sơ tiếp nhận", "Look-ups per dossier received"),
            "verified": ("Hồ sơ đã xác thực người nộp", "Dossiers with a verified applicant"),
        },
    ),
    *_figures(
        Section.SERVICES,
        Counted.PROCEDURES,
        _CATALOGUE,
        {
            "services_on_portal": ("Dịch vụ công có trên Cổng DVCQG", "Services on the national portal"),
            "services_full": ("Dịch vụ công toàn trình", "Full online services"),
            "services_partial": ("Dịch vụ công một phần", "Partial online services"),
            "services_online_on_portal": (
                "Dịch vụ trực tuyến đã có trên Cổng DVCQG", "Online services that are on the national portal"
            ),
        },
    ),
    *_figures(
        Section.DOSSIERS,
        Counted.DOSSIERS,
        _FILED,
        {
            "filed": ("Hồ sơ nộp trong kỳ", "Dossiers filed in the period"),
            "filed_online": ("Hồ sơ nộp trực tuyến", "Dossiers filed online"),
            "filed_at_desk": ("Hồ sơ nộp trực tiếp", "Dossiers filed at the desk"),
            "filed_by_post": ("Hồ sơ nộp qua bưu chính", "Dossiers filed by post"),
            "returned_by_post": ("Trả kết quả qua bưu chính", "Results handed over by post"),
            "self": ("Công dân tự kê khai", "Prepared by the citizen"),
            "assisted": ("Kê khai có hỗ trợ", "Prepared with help"),
            "on_behalf": ("Làm hộ, làm thay", "Prepared on behalf of the citizen"),
            "accepted_in_time": ("Trả lời trong 8 giờ làm việc", "Answered within eight working hours"),
            "accepted_late": ("Trả lời quá 8 giờ làm việc", "Answered after eight working hours"),
        },
    ),
    *_figures(
        Section.DOSSIERS,
        Counted.PAPERS,
        _FILED,
        {
            "digitised_components": ("Thành phần hồ sơ được số hóa", "Papers handed in and digitised"),
            "reused_components": ("Thành phần hồ sơ được tái sử dụng", "Papers reused"),
            "digitised_results": ("Kết quả giải quyết được số hóa", "Results digitised"),
            "papers_asked_again": ("Giấy tờ đã có vẫn phải nộp lại", "Known papers asked for again"),
        },
    ),
    *_figures(
        Section.DOSSIERS,
        Counted.VALUES,
        _FILED,
        {"values_asked_again": ("Thông tin đã có vẫn phải khai lại", "Known values asked for again")},
    ),
    *_figures(
        Section.DOSSIERS,
        Counted.FEES,
        _FILED,
        {
            "paid_fees": ("Khoản phí, lệ phí đã nộp", "Fees paid"),
            "paid_without_cash": ("Khoản đã nộp không dùng tiền mặt", "Fees paid without cash"),
        },
    ),
    *_figures(
        Section.DOSSIERS,
        Counted.VND,
        _FILED,
        {
            "paid_vnd": ("Số tiền phí, lệ phí đã nộp", "Sum of fees paid"),
            "paid_without_cash_vnd": ("Số tiền nộp không dùng tiền mặt", "Sum paid without cash"),
        },
    ),
    *_figures(
        Section.ONBOARDING,
        Counted.PEOPLE,
        _HELPED,
        {"helped": ("Người được hỗ trợ lần đầu", "People helped for the first time")},
    ),
    *_figures(
        Section.ONBOARDING,
        Counted.ACCOUNTS,
        _REPORTED,
        {
            ReportedFigure.IDENTITY_ACCOUNTS: (
                "Tài khoản định danh điện tử đã kích hoạt", "Identity accounts activated"
            ),
            ReportedFigure.ID_CARDS: ("Thẻ căn cước đã cấp", "Identity cards issued"),
            ReportedFigure.SIGNATURES_GIVEN: ("Chữ ký số đã cấp", "Signatures given"),
        },
    ),
    *_figures(
        Section.OFFICES,
        Counted.DOCUMENTS,
        _REPORTED,
        {
            ReportedFigure.DOCUMENTS_SIGNED: (
                "Văn bản xử lý và ký số điện tử", "Documents handled and signed electronically"
            ),
            ReportedFigure.DOSSIERS_ONLINE: (
                "Hồ sơ tiếp nhận, xử lý trực tuyến", "Dossiers received and handled online"
            ),
        },
    ),
    *_figures(
        Section.OFFICES,
        Counted.PROCEDURES,
        _REPORTED,
        {
            ReportedFigure.ESSENTIAL_SERVICES: (
                "Dịch vụ công thiết yếu đã triển khai", "Essential services in operation"
            ),
            ReportedFigure.PROCEDURES_CUT: (
                "Thủ tục cắt giảm giấy tờ về cư trú", "Procedures that no longer ask for residence papers"
            ),
            ReportedFigure.PROCEDURES_CHANGED: (
                "Thủ tục sửa đổi vì giấy tờ về cư trú", "Procedures changed because of residence papers"
            ),
        },
    ),
    *_figures(
        Section.SOCIAL_SECURITY,
        Counted.PAYOUTS,
        _PAID,
        {"paid_out_without_cash": ("Lượt chi trả không dùng tiền mặt", "Payouts without cash")},
    ),
    *_figures(
        Section.SOCIAL_SECURITY,
        Counted.VND,
        _PAID,
        {"paid_out_without_cash_vnd": ("Số tiền chi trả không dùng tiền mặt", "Sum paid out without cash")},
    ),
)  # fmt: skip

#: By code, in the order of the report.
FIGURES: Final[Mapping[str, Figure]] = MappingProxyType({figure.code: figure for figure in _ALL})

_SUBJECTS: Final = MappingProxyType(
    {
        SubjectKind.PERSON: (Section.ONBOARDING, Counted.PEOPLE),
        SubjectKind.HOUSEHOLD: (Section.ONBOARDING, Counted.HOUSEHOLDS),
        SubjectKind.OFFICER: (Section.OFFICES, Counted.PEOPLE),
        SubjectKind.HAMLET: (Section.OFFICES, Counted.PLACES),
        SubjectKind.UNIT: (Section.OFFICES, Counted.PLACES),
    }
)


def figure_of_step(step: Step) -> Figure:
    """Make the figure of a step of the catalogue: who has it, of those who are eligible."""
    section, counted = _SUBJECTS[step.subject]
    return Figure(f"step_{step.code}", section, counted, Bilingual(step.name_vi, step.name_en), _EVENTS)
