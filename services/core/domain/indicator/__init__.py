"""Index 766 (766/QĐ-TTg): the published 100-point score of a unit, indicator by indicator."""

from services.core.domain.indicator.catalogue import (
    INDICATORS,
    OF_LOWER_UNIT,
    OF_PROVINCE,
    Basis,
    Cost,
    Doubt,
    Group,
    Indicator,
)
from services.core.domain.indicator.counts import CatalogueCounts, DossierCounts, index_of
from services.core.domain.indicator.facts import Fact, facts_of, month_of
from services.core.domain.indicator.formula import Formula, Share, rounded
from services.core.domain.indicator.report import IndexReport, Scored, Sum, total_of

__all__ = [
    "INDICATORS",
    "OF_LOWER_UNIT",
    "OF_PROVINCE",
    "Basis",
    "CatalogueCounts",
    "Cost",
    "DossierCounts",
    "Doubt",
    "Fact",
    "Formula",
    "Group",
    "IndexReport",
    "Indicator",
    "Scored",
    "Share",
    "Sum",
    "facts_of",
    "index_of",
    "month_of",
    "rounded",
    "total_of",
]
