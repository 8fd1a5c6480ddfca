"""Tables in Markdown."""

from collections.abc import Iterable, Mapping, Sequence


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a table that ends with an empty line."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def parties(cores: Mapping[str, float]) -> str:
    """Name who kept how many cores busy."""
    return ", ".join(f"{name} {used:.2f}" for name, used in cores.items())
