"""What groups and doubts of index 766 are called on these pages: Vietnamese first, English second."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.indicator import Doubt, Group
from services.core.domain.wording import Bilingual

GROUPS: Final[Mapping[Group, Bilingual]] = MappingProxyType(
    {
        Group.TRANSPARENCY: Bilingual("Công khai, minh bạch", "transparency"),
        Group.PROGRESS: Bilingual("Tiến độ giải quyết", "progress"),
        Group.ONLINE: Bilingual("Dịch vụ công trực tuyến", "online services"),
        Group.PAYMENT: Bilingual("Thanh toán trực tuyến", "online payment"),
        Group.DIGITISATION: Bilingual("Số hóa hồ sơ", "digitisation"),
        Group.SATISFACTION: Bilingual("Mức độ hài lòng", "satisfaction"),
    }
)

DOUBTS: Final[Mapping[Doubt, Bilingual]] = MappingProxyType(
    {
        Doubt.SLOPE: Bilingual(
            "Mới thấy mức 0 và 100 %, khoảng giữa là suy đoán",
            "only 0 and 100 % were ever seen; in between is assumed",
        ),
        Doubt.CAP: Bilingual("Chưa từng thấy mức trần", "the cap was never seen"),
        Doubt.INPUT: Bilingual("Cách đếm chưa được xác nhận", "what is counted is not confirmed"),
        Doubt.LOWER_UNIT: Bilingual(
            "Cổng không cho biết số đếm của đơn vị cấp dưới", "the portal shows no counts of lower units"
        ),
    }
)

NOT_HELD: Final = Bilingual(
    "Hệ thống không có dữ liệu, tính như không phát sinh", "nothing held; scored as though there were no case"
)
