"""`lienthong components`: what is in the installed environment, with versions and licences."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from packaging.requirements import Requirement
from rich.console import Console
from rich.table import Table

app = typer.Typer(help="Thành phần phần mềm và giấy phép / components and licences")

_OURS: Final = "lienthong"
#: Where a licence is not said as an SPDX expression, it is in a classifier.
_CLASSIFIER: Final = "License :: "
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Component:
    """An installed distribution; `needs` are the names of those that it requires here."""

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def reference(self) -> str:
        """Give the package URL that bills of materials know it by."""
        return f"pkg:pypi/{self.name}@{self.version}"


@app.callback(invoke_without_command=True)
def show(
    sbom: Annotated[
        Path | None, typer.Option(help="Ghi SBOM CycloneDX (JSON) / write a bill of materials")
    ] = None,
) -> None:
    """Liệt kê thành phần, hoặc ghi SBOM / list components, or write a bill of materials."""
    found = list(components())
    if sbom is not None:
        sbom.write_text(json.dumps(bill_of_materials(found), indent=1), encoding="utf-8")
        typer.echo(f"Đã ghi / written: {sbom} ({len(found)})")
        return
    table = Table("Thành phần / component", "Phiên bản / version", "Giấy phép / licence")
    for component in found:
        table.add_row(component.name, component.version, component.licence)
    Console().print(table)


def components() -> Iterator[Component]:
    """Give all that the service needs to run, as installed, by name; extras are not among it."""
    waiting, seen = [_OURS], {_OURS}
    found = []
    while waiting:
        name = waiting.pop()
        needs = tuple(sorted(_needs(distribution(name))))
        if name != _OURS:
            found.append(_component(name, needs))
        waiting += [need for need in needs if need not in seen]
        seen.update(needs)
    yield from sorted(found, key=lambda component: component.name)


def bill_of_materials(found: list[Component]) -> dict[str, Any]:
    """Write components as CycloneDX 1.6 (ECMA-424)."""
    own = {"type": "application", "name": _OURS, "version": distribution(_OURS).version, "bom-ref": _OURS}
    names = {component.name: component.reference for component in found}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [
            {
                "type": "library",
                "bom-ref": component.reference,
                "name": component.name,
                "version": component.version,
                "purl": component.reference,
                "licenses": [{"license": {"name": component.licence}}],
            }
            for component in found
        ],
        "dependencies": [
            {"ref": _OURS, "dependsOn": sorted(names[name] for name in _needs(distribution(_OURS)))},
            *(
                {"ref": component.reference, "dependsOn": [names[name] for name in component.needs]}
                for component in found
            ),
        ],
    }


def _component(name: str, needs: tuple[str, ...]) -> Component:
    installed = distribution(name)
    return Component(name, installed.version, _licence(installed), needs)


def _needs(installed: Distribution) -> set[str]:
    """Name what is required without extras of ours, but with those that are asked for of others."""
    needed = set()
    for line in installed.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needed.add(_normal(requirement.name))
            needed |= _extras(requirement)
    return needed


def _extras(requirement: Requirement) -> set[str]:
    return {
        _normal(inner.name)
        for extra in requirement.extras
        for inner in map(Requirement, distribution(requirement.name).requires or ())
        if inner.marker is not None
        and inner.marker.evaluate({"extra": extra})
        and not inner.marker.evaluate({"extra": ""})
    }


def _licence(installed: Distribution) -> str:
    said = installed.metadata.json
    if expression := said.get("license_expression"):
        return str(expression)
    classified = [
        line.rpartition(" :: ")[2]
        for line in said.get("classifier", ())
        if line.startswith(_CLASSIFIER) and " :: " in line.removeprefix(_CLASSIFIER)
    ]
    return " AND ".join(classified) or str(said.get("license", _UNKNOWN)).splitlines()[0]


def _normal(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
