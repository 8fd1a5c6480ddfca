"""What we run on: whose licences were looked at, and a bill of materials that is whole."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from services.cli.components import app, components

ROOT = Path(__file__).resolve().parents[2]

#: They let us pass the system on without conditions beyond naming them.
LOOKED_AT = {
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC License (ISCL)",
    "MIT",
    "MIT License",
    "MIT-0",
    "PSF-2.0",
    "Python Software Foundation License",
    # Of the file that it covers, changes are to be published; we change none.
    "Mozilla Public License 2.0 (MPL 2.0)",
}


def test_every_licence_is_one_that_was_looked_at() -> None:
    unknown = {
        component.name: component.licence
        for component in components()
        if not set(re.split(" AND | OR ", component.licence)) <= LOOKED_AT
    }
    assert unknown == {}


def test_the_components_are_those_of_the_production_lock() -> None:
    lock = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==(\S+)", lock, re.MULTILINE))
    here = {component.name: component.version for component in components()}

    assert here.items() <= pinned.items()


def test_the_bill_of_materials_names_everything_once_and_depends_on_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"

    assert CliRunner().invoke(app, ["--sbom", str(file)]).exit_code == 0

    bill = json.loads(file.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(references) == len(set(references)) > 40
    named = {reference for one in bill["dependencies"] for reference in one["dependsOn"]}
    assert named == set(references)
    assert {one["ref"] for one in bill["dependencies"]} == {"lienthong", *references}
