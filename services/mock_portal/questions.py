"""The five services that exchange questions and answers with an organisation.

Only the names of the services are known; parameters, fields and keys are built after the other services.
"""

from typing import Final

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.dictionaries import FOUND, text_of
from services.mock_portal.intake import take_items
from services.mock_portal.item_spec import ItemSpec
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.question_board import PublishedAnswer, Question, QuestionReply

_REPLY: Final = ItemSpec(
    required=("IdCauHoi", "NoiDungTraLoi", "NgayTraLoi"),
    dates=("NgayTraLoi",),
    texts=frozenset({"NguoiTraLoi", "CoQuanTraLoi"}),
)
_PUBLISHED: Final = ItemSpec(
    required=("IdCauHoi", "NoiDungCauHoi", "NoiDungTraLoi", "NgayTraLoi"),
    dates=("NgayTraLoi",),
    texts=frozenset({"TieuDe", "MaLinhVuc", "NguoiTraLoi", "CoQuanTraLoi"}),
)


def list_for_unit(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayDanhSachHoiDapGuiTuDVCQG: what citizens asked this organisation on the portal."""
    rows = [_question_shown(*held) for held in portal.questions.sent_to(str(body["madonvi"]))]
    return Answer(SUCCESS, FOUND, rows)


def list_published(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayDanhSachHoiDapBoCoQuan: what this organisation has published itself."""
    rows = [
        {"IDCAUHOI": held.number, "NOIDUNG": held.question, "NGAYTRALOI": held.reply.replied}
        for held in portal.questions.published_by(str(body["madonvi"]))
    ]
    return Answer(SUCCESS, FOUND, rows)


def show_reply(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayNoiDungTraLoiTheoCauHoi; a question nobody has answered gives an empty result.

    Raises `Refused` when `idCauHoi` is missing.
    """
    replies = portal.questions.replies_to(text_of(body, "idCauHoi"))
    return Answer(SUCCESS, FOUND, [_reply_shown(reply) for reply in replies])


def take_replies(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Take the answers to citizens' questions.

    Raises `Refused` when an item fails its checks or answers no question of the portal.
    """

    def check(item: dict[str, object]) -> QuestionReply:
        if str(item["IdCauHoi"]) not in portal.questions:
            raise Refused("IdCauHoi không tồn tại trên hệ thống")
        return _reply_of(item)

    take_items(portal, body, spec=_REPLY, key="IdCauHoi", check=check, keep=portal.questions.reply)
    return Answer(SUCCESS, "Đồng bộ kết quả hỏi đáp thành công")


def take_published(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Take questions with answers that the organisation publishes.

    Raises `Refused` when an item fails its checks.
    """
    unit = str(body["madonvi"])

    def check(item: dict[str, object]) -> PublishedAnswer:
        return PublishedAnswer(str(item["IdCauHoi"]), unit, str(item["NoiDungCauHoi"]), _reply_of(item))

    take_items(portal, body, spec=_PUBLISHED, key="IdCauHoi", check=check, keep=portal.questions.publish)
    return Answer(SUCCESS, "Đồng bộ hỏi đáp thành công")


def _reply_of(item: dict[str, object]) -> QuestionReply:
    return QuestionReply(
        question=str(item["IdCauHoi"]),
        text=str(item["NoiDungTraLoi"]),
        organisation=str(item.get("CoQuanTraLoi") or ""),
        replied=str(item["NgayTraLoi"]),
    )


def _question_shown(question: Question, answered: bool) -> dict[str, object]:
    return {
        "IDCAUHOI": question.number,
        "TIEUDE": question.title,
        "NOIDUNG": question.text,
        "NGAYGUI": question.asked,
        "TRANGTHAI": "1" if answered else "0",
    }


def _reply_shown(reply: QuestionReply) -> dict[str, object]:
    return {
        "IDCAUHOI": reply.question,
        "NOIDUNGTRALOI": reply.text,
        "COQUANTRALOI": reply.organisation,
        "NGAYTRALOI": reply.replied,
    }
