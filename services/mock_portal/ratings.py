"""DongBoDanhGia: citizens' ratings. Only the service's name is known, the fields are built alike."""

from typing import Final

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.intake import take_items
from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal

DISLIKED: Final = "3"

_RATING: Final = ItemSpec(
    required=("MaHoSo", "MucDoHaiLong", "NgayDanhGia"),
    codes={"MucDoHaiLong": frozenset({"1", "2", DISLIKED})},
    dates=("NgayDanhGia",),
    max_lengths={"MaHoSo": 100},
    texts=frozenset({"NoiDungDanhGia"}),
)


def take_ratings(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Take ratings of held dossiers; the last one of a dossier counts.

    Raises `Refused` when an item fails its checks or its dossier is not here.
    """

    def check(item: dict[str, object]) -> tuple[str, str]:
        code = str(item["MaHoSo"])
        if code not in portal.store:
            raise Refused(f"Hồ sơ {code}: MaHoSo chưa tồn tại trên hệ thống, không nhận được đánh giá")
        return code, str(item["MucDoHaiLong"])

    def keep(rating: tuple[str, str]) -> None:
        portal.ratings[rating[0]] = rating[1]

    take_items(portal, body, spec=_RATING, key="MaHoSo", check=check, keep=keep)
    return Answer(SUCCESS, "Đồng bộ đánh giá thành công")
