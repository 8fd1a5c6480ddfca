"""Why a step failed, and what to try next: the failures that the pilots published, in words for helpers."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from services.core.domain.wording import Bilingual


class Reason(StrEnum):
    NETWORK_LOST = "network_lost"
    REQUEST_WITHOUT_ACCOUNT = "request_without_account"
    STORE_PASSWORD_FORGOTTEN = "store_password_forgotten"  # noqa: S105 - a reason, not a password
    CHIP_NOT_READ = "chip_not_read"
    CARD_CHECK_SLOW = "card_check_slow"
    TOO_MANY_FIELDS = "too_many_fields"
    NO_SMARTPHONE = "no_smartphone"
    NO_NETWORK = "no_network"
    NEEDS_ASSISTANCE = "needs_assistance"
    APP_RESTRICTS_PHONE = "app_restricts_phone"
    CODE_NOT_RECEIVED = "code_not_received"
    DATA_DIFFERS = "data_differs"
    NOT_WILLING = "not_willing"
    OTHER = "other"


#: The provider has the request and says so, and has no account: neither starting nor going on works.
BETWEEN_SYSTEMS: Final = frozenset({Reason.REQUEST_WITHOUT_ACCOUNT})


class Advice(NamedTuple):
    """`meaning` says what happened, `next` what to try."""

    meaning: Bilingual
    next: Bilingual


ADVICE: Final[Mapping[Reason, Advice]] = MappingProxyType(
    {
        Reason.NETWORK_LOST: Advice(
            Bilingual("Mất mạng giữa chừng.", "The line dropped half-way."),
            Bilingual(
                "Làm tiếp lần này với cùng mã lần thực hiện khi có mạng; không đăng ký lại từ đầu.",
                "Resume under the same attempt once there is a line; do not register anew.",
            ),
        ),
        Reason.REQUEST_WITHOUT_ACCOUNT: Advice(
            Bilingual(
                "Nhà cung cấp báo yêu cầu đã tồn tại nhưng tài khoản chưa có.",
                "The provider says that a request exists, and has no account.",
            ),
            Bilingual(
                "Gửi mã tham chiếu cho nhà cung cấp để hủy yêu cầu treo, rồi làm tiếp lần này.",
                "Have the provider cancel the hanging request by its reference, then resume this attempt.",
            ),
        ),
        Reason.STORE_PASSWORD_FORGOTTEN: Advice(
            Bilingual(
                "Quên mật khẩu iCloud hoặc tài khoản kho ứng dụng.",
                "The password of iCloud or of the app store is forgotten.",
            ),
            Bilingual(
                "Khôi phục mật khẩu bằng số điện thoại của chủ máy; hẹn người giữ máy cùng đến.",
                "Restore it by the owner's phone number; ask whoever set up the phone to come along.",
            ),
        ),
        Reason.CHIP_NOT_READ: Advice(
            Bilingual("Điện thoại không đọc được chip của thẻ.", "The phone does not read the card's chip."),
            Bilingual(
                "Tháo ốp lưng, giữ thẻ sát cụm ăng-ten NFC; nếu không được, dùng máy của tổ công nghệ số.",
                "Take the case off and hold the card to the NFC antenna; else use a phone of the team.",
            ),
        ),
        Reason.CARD_CHECK_SLOW: Advice(
            Bilingual("Bước xoay thẻ, quét thẻ quá lâu.", "The rotating-card check takes too long."),
            Bilingual(
                "Làm ở nơi đủ sáng, đặt thẻ trên nền tối; cập nhật ứng dụng trước khi thử lại.",
                "Try in good light with the card on a dark ground; update the app first.",
            ),
        ),
        Reason.TOO_MANY_FIELDS: Advice(
            Bilingual("Phải nhập quá nhiều thông tin.", "Too much has to be typed in."),
            Bilingual(
                "Lấy dữ liệu từ VNeID hoặc mã QR trên thẻ để điền sẵn; cán bộ nhập giúp.",
                "Fill in from VNeID or the card's QR code; let a helper type.",
            ),
        ),
        Reason.NO_SMARTPHONE: Advice(
            Bilingual("Không có điện thoại thông minh.", "There is no smartphone."),
            Bilingual(
                "Đăng ký tài khoản theo hộ qua người thân, hoặc làm tại Bộ phận Một cửa.",
                "Use the household's account through a relative, or the one-stop desk.",
            ),
        ),
        Reason.NO_NETWORK: Advice(
            Bilingual("Nơi ở không có mạng.", "There is no network at the place."),
            Bilingual(
                "Hẹn làm tại nhà văn hóa hoặc trụ sở có Wi-Fi.",
                "Make an appointment at the community house or office that has Wi-Fi.",
            ),
        ),
        Reason.NEEDS_ASSISTANCE: Advice(
            Bilingual("Người dân không tự làm được.", "The citizen cannot do it alone."),
            Bilingual(
                "Cử thành viên tổ công nghệ số đến nhà, ghi là có hỗ trợ.",
                "Send a member of the digital team to the home, and record it as assisted.",
            ),
        ),
        Reason.APP_RESTRICTS_PHONE: Advice(
            Bilingual(
                "Ứng dụng hạn chế điện thoại nên bị gỡ.", "The app restricts the phone and was removed."
            ),
            Bilingual(
                "Giải thích quyền cần cấp; cài lại bản mới nếu người dân đồng ý.",
                "Explain the permissions; install the present version if the citizen agrees.",
            ),
        ),
        Reason.CODE_NOT_RECEIVED: Advice(
            Bilingual("Không nhận được mã OTP.", "The one-time code does not arrive."),
            Bilingual(
                "Kiểm tra số điện thoại chính chủ và sóng; yêu cầu gửi lại sau 5 phút.",
                "Check that the number is the citizen's own and has reception; ask again after 5 minutes.",
            ),
        ),
        Reason.DATA_DIFFERS: Advice(
            Bilingual(
                "Thông tin khác với Cơ sở dữ liệu quốc gia về dân cư.",
                "The particulars differ from the population database.",
            ),
            Bilingual(
                "Đề nghị công an cấp xã đính chính dữ liệu dân cư trước khi thử lại.",
                "Have the commune's police correct the record before trying again.",
            ),
        ),
        Reason.NOT_WILLING: Advice(
            Bilingual("Người dân chưa đồng ý.", "The citizen does not want to."),
            Bilingual(
                "Giải thích lợi ích; nếu vẫn không đồng ý, đóng lần thực hiện này.",
                "Explain what it is good for; if it stays a no, close the attempt.",
            ),
        ),
        Reason.OTHER: Advice(
            Bilingual("Lý do khác.", "Another reason."),
            Bilingual("Hỏi tổ đã làm lần này.", "Ask the team that made the attempt."),
        ),
    }
)
