"""The shape of a problem answer, for the documentation."""

from typing import Any

from pydantic import BaseModel, Field


class ProblemErrorOut(BaseModel):
    """A field to blame: of the body (`pointer`, RFC 6901), of the address (`parameter`), or a header."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class ProblemOut(BaseModel):
    """RFC 9457; `code` is stable, `title` and `detail` follow `Accept-Language` (Vietnamese, or English)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    request_id: str | None
    facts: dict[str, Any] = Field(default_factory=dict)
    errors: list[ProblemErrorOut] = Field(default_factory=list)
