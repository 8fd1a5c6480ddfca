"""The shape of a row of the problem table."""

from http import HTTPStatus
from typing import NamedTuple

from services.api.problems.language import Said


class Row(NamedTuple):
    """`{name}` in a detail stands for a fact of the refusal. `retry_after` counts seconds."""

    status: HTTPStatus
    title: Said
    detail: Said
    retry_after: int | None = None
