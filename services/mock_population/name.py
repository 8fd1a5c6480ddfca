"""Names that can be told from real ones, and what two spellings of a name have in common."""

import unicodedata
from typing import Final

MARKER: Final = "GIẢ LẬP"
"""Stands in the middle of every generated name: "simulated"."""

SURNAMES: Final = (
    "NGUYỄN", "TRẦN", "LÊ", "PHẠM", "HOÀNG", "HUỲNH", "PHAN", "VŨ", "VÕ", "ĐẶNG", "BÙI", "ĐỖ", "HỒ", "NGÔ",
    "DƯƠNG", "LÝ", "NÔNG", "VI", "GIÀNG", "H'", "RƠ", "KPĂ",
)  # fmt: skip
MALE: Final = (
    "AN", "BÌNH", "CƯỜNG", "DŨNG", "ĐỨC", "HẢI", "HIẾU", "HÙNG", "KHÁNH", "LONG", "MINH", "NAM", "PHÚC",
    "QUÂN", "SƠN", "THẮNG", "TUẤN", "VINH",
)  # fmt: skip
FEMALE: Final = (
    "ÁNH", "CHI", "DUNG", "GIANG", "HÀ", "HẠNH", "HOA", "HƯƠNG", "LAN", "LINH", "MAI", "NGA", "NGỌC",
    "NHUNG", "OANH", "THẢO", "TRANG", "YẾN",
)  # fmt: skip


def full_name(surname: str, given: str) -> str:
    return f"{surname} {MARKER} {given}"


def folded(name: str) -> str:
    """Reduce to bare capital letters and digits: clients send names with and without accents and spaces."""
    spread = unicodedata.normalize("NFD", name.upper().replace("Đ", "D"))
    return "".join(letter for letter in spread if letter.isalnum() and not unicodedata.combining(letter))


def parts(name: str) -> tuple[str, str, str]:
    """Split into surname, middle and given name."""
    words = name.split()
    if len(words) == 1:
        return "", "", name
    return words[0], " ".join(words[1:-1]), words[-1]
