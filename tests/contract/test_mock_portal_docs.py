"""What docs/mock-portal.md gives to copy runs as it stands."""

import re
import subprocess
from pathlib import Path

import pytest

from services.mock_portal.instance import running_portal
from services.mock_portal.orders.faults import ORDER_OF_SHAPE
from services.mock_portal.presets import all_presets

PAGE = (Path(__file__).parents[2] / "docs" / "mock-portal.md").read_text(encoding="utf-8")
CONTROL = PAGE[PAGE.index("## Control") : PAGE.index("## Limits")]
EXAMPLES = re.findall(r"^```\n(.*?)^```$", CONTROL, re.DOTALL | re.MULTILINE)
STRICT = 'set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body "$@"; echo; }\n'


@pytest.mark.timeout(180)
def test_every_example_succeeds_in_the_order_of_the_page(tmp_path: Path) -> None:
    with running_portal() as address:
        script = STRICT + "\n".join(EXAMPLES).replace("http://127.0.0.1:8090", address)
        run = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run.returncode == 0, run.stdout[-2000:] + run.stderr
    assert sum(example.count("curl ") for example in EXAMPLES) > 50
    assert '"replayed":' in run.stdout


def test_every_shape_and_every_preset_stands_on_the_page() -> None:
    for name in [*(shape.value for shape in ORDER_OF_SHAPE), *(preset.name for preset in all_presets())]:
        assert f"| `{name}` |" in CONTROL
