"""What a group of parked dossiers means and what helps, for the officer who has to do it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from services.core.domain.delivery import ParkCause
from services.core.domain.park_group import Fault, kind_of
from services.core.domain.wording import Bilingual


class Help(NamedTuple):
    """`meaning` says what happened, `fix` what to do; `{about}` stands for what the fault is about."""

    meaning: Bilingual
    fix: Bilingual


def help_for(group: str) -> Help | None:
    """Explain a group; `None` for one that another version of the system has named."""
    kind, about = kind_of(group)
    known = _HELP.get(kind)
    if known is None:
        return None
    return Help(*(Bilingual(*(said.replace("{about}", about) for said in part)) for part in known))


_REPLAY: Final = Bilingual("rồi gửi lại cả nhóm.", "then replay the group.")
_BY_ITSELF: Final = Bilingual(
    "sửa xong, hồ sơ tự được gửi lại.", "once corrected, it is sent again by itself."
)

_HELP: Final[Mapping[str, Help]] = MappingProxyType(
    {
        Fault.UNKNOWN_PROCEDURE: Help(
            Bilingual("Cổng không biết thủ tục {about}.", "The portal does not know procedure {about}."),
            Bilingual(
                f"Đối chiếu mã thủ tục với danh mục của Cổng, đợi Cổng có mã này, {_REPLAY.vi}",
                f"Compare the code with the portal's catalogue, wait until the portal has it, {_REPLAY.en}",
            ),
        ),
        Fault.UNKNOWN_UNIT: Help(
            Bilingual("Cổng không biết đơn vị {about}.", "The portal does not know unit {about}."),
            Bilingual(
                f"Đăng ký đơn vị với đơn vị vận hành Cổng, {_REPLAY.vi}",
                f"Have the unit registered by the portal's operator, {_REPLAY.en}",
            ),
        ),
        Fault.MISSING_VALUE: Help(
            Bilingual("Thiếu giá trị mà Cổng bắt buộc: {about}.", "The portal requires a value for {about}."),
            Bilingual(
                f"Bổ sung trong phần mềm một cửa: {_BY_ITSELF.vi}"
                f" Nếu thiếu trong danh mục thủ tục: nhập lại danh mục, {_REPLAY.vi}",
                f"Fill it in at the desk: {_BY_ITSELF.en}"
                f" If the catalogue lacks it: import the catalogue again, {_REPLAY.en}",
            ),
        ),
        Fault.INVALID_VALUE: Help(
            Bilingual(
                "Cổng không nhận giá trị của {about}.", "The portal does not take the value of {about}."
            ),
            Bilingual(
                f"Sửa hồ sơ trong phần mềm một cửa: {_BY_ITSELF.vi}",
                f"Correct the dossier at the desk: {_BY_ITSELF.en}",
            ),
        ),
        Fault.TOO_LONG: Help(
            Bilingual("{about} dài hơn Cổng cho phép.", "{about} is longer than the portal allows."),
            Bilingual(
                f"Rút ngắn trong phần mềm một cửa: {_BY_ITSELF.vi}",
                f"Shorten it at the desk: {_BY_ITSELF.en}",
            ),
        ),
        Fault.TOO_LARGE: Help(
            Bilingual("Hồ sơ lớn hơn Cổng cho phép.", "The dossier is larger than the portal allows."),
            Bilingual(
                f"Bớt giấy tờ đính kèm trong phần mềm một cửa: {_BY_ITSELF.vi}",
                f"Take papers out at the desk: {_BY_ITSELF.en}",
            ),
        ),
        Fault.ALREADY_EXISTS: Help(
            Bilingual("Cổng nói đã có hồ sơ này.", "The portal says that it has this already."),
            Bilingual(
                "Mở hồ sơ trên Cổng và so với dòng thời gian. Đúng là hồ sơ này: gửi lại, hệ thống sẽ tra cứu"
                " trước. Của hồ sơ khác: đóng lại, ghi lý do và nộp dưới số mới.",
                "Open it on the portal and compare. If it is this dossier: replay, it is looked up first. If"
                " it is another one: close it with the reason, and file it under a new number.",
            ),
        ),
        Fault.NOT_ON_PORTAL: Help(
            Bilingual(
                "Cổng không còn hồ sơ mà trước đó Cổng đã ghi nhận.",
                "The portal does not have a dossier that it has acknowledged before.",
            ),
            Bilingual(
                "Báo đơn vị vận hành Cổng kèm biên nhận ở trang hồ sơ; khi Cổng có lại hồ sơ, gửi lại.",
                "Tell the portal's operator; the receipts are on the dossier's page. Replay once it is back.",
            ),
        ),
        Fault.UNREADABLE: Help(
            Bilingual(
                "Dữ liệu đã lưu của hồ sơ không đọc được.", "What is stored of the dossier cannot be read."
            ),
            Bilingual(
                "Báo đơn vị phát triển phần mềm kèm số hồ sơ; sau bản sửa lỗi, gửi lại cả nhóm.",
                "Tell the developers the dossier's number; replay the group after their correction.",
            ),
        ),
        ParkCause.REFUSED: Help(
            Bilingual("Cổng từ chối với lời trên.", "The portal refused with these words."),
            Bilingual(
                f"Sửa hồ sơ trong phần mềm một cửa: {_BY_ITSELF.vi}"
                f" Nếu lỗi ở Cổng: đợi Cổng sửa, {_REPLAY.vi}",
                f"Correct the dossier at the desk: {_BY_ITSELF.en} If the portal is at fault, wait for it,"
                f" {_REPLAY.en}",
            ),
        ),
        ParkCause.UNSENDABLE: Help(
            Bilingual(
                "Hồ sơ thiếu hoặc thừa so với yêu cầu của Cổng.",
                "It lacks something that the portal requires.",
            ),
            Bilingual(
                f"Xem GET /v1/dossiers/{{mã hồ sơ}}/preflight và sửa trong phần mềm một cửa: {_BY_ITSELF.vi}",
                f"See GET /v1/dossiers/{{code}}/preflight and correct it at the desk: {_BY_ITSELF.en}",
            ),
        ),
        ParkCause.UNPROVABLE: Help(
            Bilingual(
                "Đã gửi nhưng không rõ Cổng có nhận không, và Cổng không cho xem tiến độ.",
                "It was sent, whether it arrived is unknown, and the portal does not show its entries.",
            ),
            Bilingual(
                "Mở hồ sơ trên Cổng và so với dòng thời gian. Cổng đã đủ: đóng lại, ghi lý do. Khi Cổng cho"
                " tra cứu tiến độ: gửi lại, hệ thống sẽ tra cứu trước.",
                "Open it on the portal and compare. If all is there: close it with the reason. Once the"
                " portal shows entries: replay, it is looked up first.",
            ),
        ),
        ParkCause.CONFLICT: Help(
            Bilingual("Lịch sử trên Cổng khác với ở đây.", "The portal holds another history than ours."),
            Bilingual(
                "Tìm bước thừa hoặc thiếu trên Cổng và báo đơn vị vận hành Cổng; Cổng sửa xong, gửi lại: hệ"
                " thống sẽ tra cứu trước.",
                "Find the step that one side lacks and tell the portal's operator; replay when it is mended:"
                " it is looked up first.",
            ),
        ),
        ParkCause.CRASH_LOOP: Help(
            Bilingual(
                "Tiến trình đồng bộ dừng đột ngột mỗi lần xử lý hồ sơ này.",
                "The sync worker crashed every time it had this dossier in hand.",
            ),
            Bilingual(
                "Báo đơn vị phát triển phần mềm kèm nhật ký; sau bản sửa lỗi, gửi lại cả nhóm.",
                "Tell the developers, with the worker's log; replay the group after their correction.",
            ),
        ),
    }
)
