"""Refusals that a caller can act on."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal with a stable `code` and the facts that a remedy needs.

    `code` is public contract: add codes, never rename them. `facts` fill the texts of the answer, so they
    never hold an identity number or a name. `pointer` is the JSON pointer of the field to blame, if any.
    """

    code: ClassVar[str]
    pointer: str | None

    def __init__(self, *, pointer: str | None = None, **facts: object) -> None:
        self.pointer = pointer
        self.facts = facts
        super().__init__(self.code, facts)

    def __str__(self) -> str:
        """Read as `code: fact=value, ...`, which is what a log line or a test failure shows."""
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}: {shown}" if shown else self.code
