"""Series by name and labels, as metrics and their slow counterparts name them."""

#: A series: the metric's name, and its labels in the order of their names.
Series = tuple[str, tuple[tuple[str, str], ...]]
Figures = dict[Series, float]


def series(name: str, **labels: str) -> Series:
    return f"lienthong_{name}", tuple(sorted(labels.items()))
