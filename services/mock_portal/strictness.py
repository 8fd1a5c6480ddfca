"""How much of what the facts do not say the portal lets through."""

from enum import StrEnum


class Strictness(StrEnum):
    STRICT = "strict"
    """Refuse every field and parameter that no source names, and ask for every field of the present list."""
    USUAL = "usual"
    """Check what the facts name, and leave the rest alone."""
    LENIENT = "lenient"
    """Check only what storing and judging need; numbers may stand for texts, any procedure will do."""
