"""Answers that say no: RFC 9457 problems in Vietnamese or English, with stable codes."""

from services.api.problems.answer import MEDIA_TYPE, problem_document, problem_response
from services.api.problems.fields import FieldError, field_errors
from services.api.problems.language import Language, Said, wanted_language
from services.api.problems.table import PROBLEMS

__all__ = [
    "MEDIA_TYPE",
    "PROBLEMS",
    "FieldError",
    "Language",
    "Said",
    "field_errors",
    "problem_document",
    "problem_response",
    "wanted_language",
]
