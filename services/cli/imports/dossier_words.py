"""What desk systems write into columns that hold one of a few words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.dossier import Status

STATUS_WORDS: Final[Mapping[str, Status]] = MappingProxyType(
    {
        word: status
        for status, words in {
            Status.REGISTERED: ("moi dang ky", "cho tiep nhan", "moi nop", "da nop"),
            Status.RECEIVED: ("da tiep nhan", "duoc tiep nhan", "moi tiep nhan", "tiep nhan"),
            Status.REFUSED: ("khong tiep nhan", "khong duoc tiep nhan", "tu choi", "tu choi tiep nhan"),
            Status.IN_PROCESS: ("dang xu ly", "dang giai quyet", "dang thu ly", "cho xu ly"),
            Status.SUPPLEMENT_REQUESTED: ("yeu cau bo sung", "cho bo sung", "dang bo sung", "bo sung ho so"),
            Status.WITHDRAWN: ("cong dan rut ho so", "rut ho so", "da rut", "da rut ho so", "xin rut"),
            Status.STOPPED: ("dung xu ly", "da dung xu ly", "huy ho so", "da huy", "tra lai ho so"),
            Status.FINISHED: (
                "da xu ly xong", "da giai quyet", "da co ket qua", "hoan thanh", "da hoan thanh", "da xu ly",
                "cho tra ket qua", "da giai quyet xong", "co ket qua", "xu ly xong",
            ),
            Status.RETURNED: ("da tra ket qua", "da tra", "tra ket qua", "da tra kq", "da nhan ket qua"),
        }.items()
        for word in words
    }
)  # fmt: skip

#: Verdicts that some systems append to the status; the verdict is ours to reckon.
VERDICT_WORDS: Final = (" truoc han", " dung han", " qua han", " tre han", " som han", " con han")

CHANNEL_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "truc tiep": "direct",
        "tai quay": "direct",
        "nop truc tiep": "direct",
        "mot cua": "direct",
        "truc tuyen": "online",
        "nop truc tuyen": "online",
        "online": "online",
        "qua mang": "online",
        "dvc": "online",
        "cong dvc": "online",
        "cong dvcqg": "online",
        "buu chinh": "post",
        "qua buu chinh": "post",
        "buu dien": "post",
        "bcci": "post",
        "buu chinh cong ich": "post",
        "dich vu buu chinh cong ich": "post",
    }
)

FILING_MODE_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tu ke khai": "self",
        "cong dan": "self",
        "tu thuc hien": "self",
        "duoc ho tro": "assisted",
        "ho tro": "assisted",
        "can bo ho tro": "assisted",
        "lam ho": "on_behalf",
        "lam thay": "on_behalf",
        "lam ho lam thay": "on_behalf",
        "nop thay": "on_behalf",
        "nop ho": "on_behalf",
        "uy quyen": "on_behalf",
    }
)

KIND_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "ca nhan": "citizen",
        "cong dan": "citizen",
        "doanh nghiep": "business",
        "ho kinh doanh": "business",
        "co quan nha nuoc": "state_agency",
        "co quan": "state_agency",
        "to chuc": "organisation",
    }
)

RESULT_DELIVERY_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "truc tiep": "at_desk",
        "tai quay": "at_desk",
        "nhan truc tiep": "at_desk",
        "tai bo phan mot cua": "at_desk",
        "mot cua": "at_desk",
        "buu chinh": "by_post",
        "qua buu chinh": "by_post",
        "buu dien": "by_post",
        "buu chinh cong ich": "by_post",
        "tra qua buu chinh": "by_post",
    }
)

STEP_TEXTS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.REGISTERED: "Đăng ký hồ sơ",
        Status.RECEIVED: "Tiếp nhận hồ sơ",
        Status.REFUSED: "Không tiếp nhận hồ sơ",
        Status.IN_PROCESS: "Xử lý hồ sơ",
        Status.SUPPLEMENT_REQUESTED: "Yêu cầu bổ sung hồ sơ",
        Status.WITHDRAWN: "Công dân rút hồ sơ",
        Status.STOPPED: "Dừng xử lý hồ sơ",
        Status.FINISHED: "Đã xử lý xong",
        Status.RETURNED: "Đã trả kết quả",
    }
)
