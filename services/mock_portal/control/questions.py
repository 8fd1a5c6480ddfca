"""Citizens' questions in the tester's hand."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.mock_portal.control.access import PortalDep
from services.mock_portal.wire_time import format_wire_time

router = APIRouter(prefix="/_control/questions", tags=["questions"])


class QuestionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    unit: str = Field(default="", max_length=100, description="`madonvi` it is sent to; every one by default")
    title: str = Field(min_length=1, max_length=500)
    text: str = Field(min_length=1, max_length=4000)


class QuestionAsked(BaseModel):
    number: str


@router.post("", status_code=201)
async def ask_question(question: QuestionIn, portal: PortalDep) -> QuestionAsked:
    """Put a question as a citizen does, by the portal's clock; LayDanhSachHoiDapGuiTuDVCQG shows it."""
    asked = format_wire_time(portal.clock.now())
    return QuestionAsked(
        number=portal.questions.ask(question.unit, question.title, question.text, asked=asked).number
    )
