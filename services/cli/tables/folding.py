"""Vietnamese words as people type them, brought to one spelling for comparison."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=20_000)
def fold(text: str) -> str:
    """Give lower-case words without accents and punctuation: `Số CCCD/CMND` becomes `so cccd cmnd`."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NO_WORD.sub(" ", letters).strip()


def squeeze(text: str) -> str:
    """Compose letters (NFC) and make one space of every run of white space, line breaks included."""
    return " ".join(unicodedata.normalize("NFC", text).split())
