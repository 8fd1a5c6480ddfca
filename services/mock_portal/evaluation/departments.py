"""The tree that a report walks: an organisation, and under it the units that handle its dossiers."""

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from services.mock_portal.catalogue import Catalogue
from services.mock_portal.store import Body, Store

_NAMES: Final = UUID("9f7c1b0e-3a55-5f0c-8a0e-6d2f4b8c9d10")
_OLD_FORM: Final = re.compile(r"\d{3}\.\d{2}\.\d{2}\.(\w+)")


@dataclass(frozen=True, slots=True)
class Department:
    """`handler` is empty for an organisation, and the unit's name (DonViXuLy) below it."""

    organisation: str
    name: str
    handler: str = ""

    @property
    def id(self) -> str:
        return str(uuid5(_NAMES, f"{self.organisation}/{self.handler}"))

    def holds(self, body: Body) -> bool:
        return top_of(body.unit) == self.organisation and self.handler in ("", body.handler)

    def shown(self) -> dict[str, object]:
        code = "" if self.handler else self.organisation
        return {"departmentId": self.id, "departmentCode": code, "departmentName": self.name}


def top_of(unit: str) -> str:
    """Code of the organisation a unit code belongs to: `H22` of `000.00.01.H22` and of `H22.01`."""
    old = _OLD_FORM.fullmatch(unit)
    return old.group(1) if old else unit.split(".", 1)[0]


def organisations_of(catalogue: Catalogue, store: Store) -> dict[str, Department]:
    """Give every organisation of the catalogue, and those that only sent something, by code."""
    found = {o.code: Department(o.code, o.name) for o in catalogue.organisations}
    for dossier in store.page(0, len(store)):
        code = top_of(dossier.body.unit)
        found.setdefault(code, Department(code, code))
    return found


def units_of(organisation: Department, store: Store) -> list[Department]:
    """Give the handling units below an organisation, by name."""
    names = {
        dossier.body.handler
        for dossier in store.page(0, len(store))
        if dossier.body.handler and organisation.holds(dossier.body)
    }
    return [Department(organisation.organisation, name, name) for name in sorted(names)]


def find_department(catalogue: Catalogue, store: Store, wanted: str) -> Department | None:
    """Find by id; an organisation also by its code, which spares a tester the way to the id."""
    organisations = organisations_of(catalogue, store)
    if wanted in organisations:
        return organisations[wanted]
    for organisation in organisations.values():
        for department in (organisation, *units_of(organisation, store)):
            if department.id == wanted:
                return department
    return None
