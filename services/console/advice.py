"""What to do next, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.delivery import ParkCause
from services.core.domain.false_late import FalseLateCause
from services.core.domain.wording import Bilingual

FALSE_LATE_STEPS: Final[Mapping[FalseLateCause, Bilingual]] = MappingProxyType(
    {
        FalseLateCause.NOT_YET_SENT: Bilingual(
            "Kiểm tra tiến trình đồng bộ (lienthong worker) có chạy không và xem nhật ký của nó; hồ sơ gấp"
            " nhất tự được gửi trước.",
            "See whether the sync worker (lienthong worker) runs, and read its log; the most urgent"
            " dossiers go first by themselves.",
        ),
        FalseLateCause.OUTCOME_UNKNOWN: Bilingual(
            "Hệ thống tự tra cứu trên Cổng trước khi gửi lại: xem thao tác Tra cứu hồ sơ ở dưới có lỗi"
            " không. Hồ sơ nào chờ cán bộ thì mở trang Chờ cán bộ xử lý.",
            "The portal is asked before anything is sent again: see below whether look-ups fail. Parked"
            " ones are on the page of that name.",
        ),
        FalseLateCause.REJECTED: Bilingual(
            "Mở trang Chờ cán bộ xử lý, đọc lời của Cổng và sửa hồ sơ; sửa xong, hồ sơ tự được gửi lại.",
            "Open the page of parked dossiers, read the portal's words and correct them; then they are sent"
            " again by themselves.",
        ),
        FalseLateCause.PORTAL_DOWN: Bilingual(
            "Không phải làm gì với hồ sơ: chúng đứng đầu hàng khi Cổng trở lại. Trang Cổng gián đoạn là"
            " bằng chứng.",
            "Nothing to do for the dossiers: they go first when the portal is back. The page of outages is"
            " the evidence.",
        ),
        FalseLateCause.SENT_AFTER_DUE: Bilingual(
            "Nhắc bộ phận một cửa ghi kết thúc ngay khi xử lý xong, trước ngày hẹn trả.",
            "Ask the desks to record the end as soon as the work is done, before the due time.",
        ),
        FalseLateCause.GIVEN_UP: Bilingual(
            "Lý do đóng ở trang hồ sơ. Hồ sơ có thay đổi thì tự được gửi lại.",
            "The reason is on the dossier's page. A change of the dossier sends it again.",
        ),
        FalseLateCause.RULE_MISMATCH: Bilingual(
            "So trang hồ sơ với kết luận trên Cổng, rồi xem lại cấu hình LIENTHONG_PORTAL_COMPARISON.",
            "Compare the dossier's page with what the portal says, then review LIENTHONG_PORTAL_COMPARISON.",
        ),
    }
)

#: The forecast is bad, and nothing is parked: then the portal is what is narrow.
FORECAST_SLOW: Final = Bilingual(
    "Báo đầu mối kỹ thuật của Cổng kèm con số này; hồ sơ gấp nhất tự được gửi trước, thêm tiến trình đồng bộ"
    " không giúp gì khi chính Cổng chậm. Báo trước cho các đơn vị.",
    "Tell the portal's technical contact this figure; the most urgent dossiers go first by themselves, and"
    " more workers do not help where the portal is slow. Tell the units beforehand.",
)
FORECAST_PARKED: Final = Bilingual(
    "Hồ sơ chờ cán bộ cũng nằm trong dự báo: mở trang Chờ cán bộ xử lý, sửa và gửi lại trước. Phần còn lại là"
    " do Cổng nhận chậm: báo đầu mối kỹ thuật của Cổng kèm con số này.",
    "Parked dossiers are part of it: open their page, mend them and replay them first. The rest is a slow"
    " portal: tell its technical contact this figure.",
)

PARK_STEPS: Final[Mapping[str, Bilingual]] = MappingProxyType(
    {
        ParkCause.REFUSED: Bilingual(
            "Đọc lời của Cổng và sửa hồ sơ trong phần mềm một cửa; sửa xong, hồ sơ tự được gửi lại. Nếu lỗi"
            " ở Cổng hoặc danh mục: khi đã sửa, chạy lienthong parked replay.",
            "Read the portal's words and correct the dossier in the desk software; then it is sent again by"
            " itself. If the portal or a catalogue was at fault: once mended, run lienthong parked replay.",
        ),
        ParkCause.UNSENDABLE: Bilingual(
            "GET /v1/dossiers/{mã hồ sơ}/preflight cho biết trường nào thiếu hoặc quá dài; sửa xong, hồ sơ tự"
            " được gửi lại. Nếu thiếu trong danh mục: nhập lại danh mục, rồi chạy lienthong parked replay.",
            "GET /v1/dossiers/{code}/preflight tells which field is missing or too long; once corrected, the"
            " dossier is sent again by itself. If a catalogue lacks it: import that again, then run lienthong"
            " parked replay.",
        ),
        ParkCause.UNPROVABLE: Bilingual(
            "Mở hồ sơ trên Cổng và so với dòng thời gian ở đây. Khi hồ sơ có thay đổi hoặc chạy lienthong"
            " parked replay, hệ thống tự tra cứu lại; không gửi nữa thì chạy lienthong parked close.",
            "Open the dossier on the portal and compare it with the timeline here. Once the dossier changes,"
            " or on lienthong parked replay, the portal is asked again; lienthong parked close gives it up.",
        ),
        ParkCause.CONFLICT: Bilingual(
            "Mở hồ sơ trên Cổng, tìm bước thừa hoặc thiếu so với dòng thời gian ở đây và báo đơn vị vận hành"
            " Cổng. Khi hồ sơ có thay đổi hoặc chạy lienthong parked replay, hệ thống tự tra cứu lại.",
            "Open the dossier on the portal, find the step that one side lacks, and tell the portal's"
            " operator. Once the dossier changes, or on lienthong parked replay, the portal is asked again.",
        ),
        ParkCause.CRASH_LOOP: Bilingual(
            "Báo đơn vị phát triển phần mềm kèm nhật ký của tiến trình đồng bộ; sau bản sửa lỗi, chạy"
            " lienthong parked replay.",
            "Tell the developers, with the log of the sync worker; after their correction, run lienthong"
            " parked replay.",
        ),
    }
)

_OURS: Final = Bilingual("Ta", "ours")

#: Who could have prevented it.
SIDES: Final[Mapping[FalseLateCause, Bilingual]] = MappingProxyType(
    {
        FalseLateCause.NOT_YET_SENT: _OURS,
        FalseLateCause.OUTCOME_UNKNOWN: _OURS,
        FalseLateCause.REJECTED: _OURS,
        FalseLateCause.PORTAL_DOWN: Bilingual("Cổng", "portal"),
        FalseLateCause.SENT_AFTER_DUE: Bilingual("Cơ quan", "desk"),
        FalseLateCause.GIVEN_UP: Bilingual("Cán bộ đã đóng", "closed by a person"),
        FalseLateCause.RULE_MISMATCH: _OURS,
    }
)

#: Not ours to prevent: the portal gave no chance, the desk told us too late, or a person gave it up.
NOT_OURS: Final = frozenset(cause for cause, side in SIDES.items() if side is not _OURS)
