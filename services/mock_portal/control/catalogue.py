"""The dictionaries in the tester's hand."""

from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import BaseModel, ConfigDict, Field

from services.mock_portal.catalogue import Catalogue, Organisation, Procedure
from services.mock_portal.control.access import PortalDep
from services.mock_portal.legal_limit import LegalLimit, LimitUnit

router = APIRouter(prefix="/_control/catalogue", tags=["catalogue"])

MAX_ROWS = 20_000


class ProcedureIn(BaseModel):
    """A procedure; without a processing time it has no legal maximum."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=2000)
    field: str = Field(min_length=1, max_length=500)
    level: str = ""
    processing_time_value: int | None = Field(default=None, ge=0, le=3650)
    processing_time_unit: LimitUnit = LimitUnit.WORKING_DAY
    fee_vnd: int | None = Field(default=None, ge=0)
    service_level: str = "unknown"
    yields_paper: bool = False

    def procedure(self) -> Procedure:
        value = self.processing_time_value
        return Procedure(
            code=self.code,
            name=self.name,
            field_name=self.field,
            level=self.level,
            limit=None if value is None else LegalLimit(value, self.processing_time_unit),
            fee_vnd=self.fee_vnd,
            service_level=self.service_level,
            yields_paper=self.yields_paper,
        )


class OrganisationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=35)
    name: str = Field(min_length=1, max_length=500)
    level: str = Field(pattern="^[0-3]$", description="0 ministry, 1 province, 2 district, 3 commune")


class ListCut(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rows: int | None = Field(ge=0, le=MAX_ROWS, description="Null shows the whole list again")


class CatalogueSize(BaseModel):
    procedures: int
    organisations: int
    fields: int


@router.get("")
async def read_size(portal: PortalDep) -> CatalogueSize:
    return _size(portal.catalogue)


@router.put("/procedures")
async def replace_procedures(
    procedures: Annotated[list[ProcedureIn], Body(max_length=MAX_ROWS)], portal: PortalDep
) -> CatalogueSize:
    """Replace every procedure; a reset brings the loaded ones back."""
    portal.catalogue = Catalogue([row.procedure() for row in procedures], portal.catalogue.organisations)
    return _size(portal.catalogue)


@router.put("/organisations")
async def replace_organisations(
    organisations: Annotated[list[OrganisationIn], Body(max_length=MAX_ROWS)], portal: PortalDep
) -> CatalogueSize:
    rows = [Organisation(row.code, row.name, row.level) for row in organisations]
    portal.catalogue = Catalogue(portal.catalogue.procedures, rows)
    return _size(portal.catalogue)


@router.put("/list-cut", status_code=204)
async def cut_list(order: ListCut, portal: PortalDep) -> None:
    """Let LayDanhSachTTHC break off after so many rows, as an incomplete answer of the real portal does."""
    portal.list_cut_at = order.rows


def _size(catalogue: Catalogue) -> CatalogueSize:
    return CatalogueSize(
        procedures=len(catalogue.procedures),
        organisations=len(catalogue.organisations),
        fields=len(catalogue.field_codes),
    )
