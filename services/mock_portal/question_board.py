"""Questions that citizens put on the portal, the replies to them, and what organisations publish."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    number: str
    unit: str
    """Organisation it was sent to; empty for every one."""
    title: str
    text: str
    asked: str
    """In wire notation."""


@dataclass(frozen=True, slots=True)
class QuestionReply:
    question: str
    text: str
    organisation: str
    replied: str
    """In wire notation."""


@dataclass(frozen=True, slots=True)
class PublishedAnswer:
    number: str
    unit: str
    question: str
    reply: QuestionReply


FIRST_QUESTIONS: Final = (
    Question("CH-0001", "", "Hỏi về phí", "Xin bản sao trích lục có mất phí không?", "20260105080000"),
    Question("CH-0002", "", "Hỏi về thời hạn", "Hồ sơ nộp chiều thứ Sáu hẹn trả ngày nào?", "20260106093000"),
)
"""Invented, so that an exchange can be tried without preparing it."""


class QuestionBoard:
    def __init__(self) -> None:
        self._questions: dict[str, Question] = {}
        self._replies: dict[str, list[QuestionReply]] = {}
        self._published: dict[str, PublishedAnswer] = {}
        self.clear()

    def clear(self) -> None:
        self._questions = {question.number: question for question in FIRST_QUESTIONS}
        self._replies.clear()
        self._published.clear()

    def __contains__(self, number: str) -> bool:
        return number in self._questions

    def ask(self, unit: str, title: str, text: str, *, asked: str) -> Question:
        """Put a citizen's question; it gets the next number."""
        number = f"CH-{len(self._questions) + 1:04d}"
        self._questions[number] = Question(number, unit, title, text, asked)
        return self._questions[number]

    def sent_to(self, unit: str) -> list[tuple[Question, bool]]:
        """Questions for this organisation, and whether each has a reply."""
        held = [q for q in self._questions.values() if q.unit in ("", unit)]
        return [(question, question.number in self._replies) for question in held]

    def replies_to(self, number: str) -> list[QuestionReply]:
        published = self._published.get(number)
        return [*self._replies.get(number, ()), *([published.reply] if published else [])]

    def reply(self, reply: QuestionReply) -> None:
        self._replies.setdefault(reply.question, []).append(reply)

    def publish(self, answer: PublishedAnswer) -> None:
        """Publish an organisation's own question with its answer; a repeat replaces it."""
        self._published[answer.number] = answer

    def published_by(self, unit: str) -> list[PublishedAnswer]:
        return [answer for answer in self._published.values() if answer.unit == unit]
