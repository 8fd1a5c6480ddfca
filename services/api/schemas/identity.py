"""Whole identity numbers, for a reason."""

from services.api.schemas.answer import Answer
from services.api.schemas.parts import Body
from services.api.schemas.text import Prose


class RevealIn(Body):
    """Why the number is needed; it is kept with who saw it."""

    reason: Prose


class IdentityOut(Answer):
    """The numbers of the applicant and of who filed in their place."""

    applicant: str | None
    agent: str | None
