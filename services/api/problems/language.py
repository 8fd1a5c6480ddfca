"""Which language an answer is in: Vietnamese, unless English is preferred."""

from enum import StrEnum
from typing import NamedTuple


class Language(StrEnum):
    VIETNAMESE = "vi"
    ENGLISH = "en"


class Said(NamedTuple):
    """One text in both languages."""

    vi: str
    en: str

    def in_(self, language: Language) -> str:
        return self.en if language is Language.ENGLISH else self.vi


def wanted_language(accept_language: str | None) -> Language:
    """Read `Accept-Language` (RFC 9110, 12.5.4); whatever cannot be read means Vietnamese."""
    if not accept_language:
        return Language.VIETNAMESE
    weights = {Language.VIETNAMESE: 0.0, Language.ENGLISH: 0.0}
    for choice in accept_language.split(","):
        tag, _, parameter = choice.partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in weights:
            weights[Language(language)] = max(weights[Language(language)], _weight(parameter))
    preferred = weights[Language.ENGLISH] > weights[Language.VIETNAMESE]
    return Language.ENGLISH if preferred else Language.VIETNAMESE


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
