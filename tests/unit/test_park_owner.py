import pytest

from services.core.domain.delivery import ParkCause
from services.core.domain.park_group import Fault
from services.core.domain.park_help import help_for
from services.core.domain.park_owner import ParkOwner, owner_of
from services.core.domain.wording import PARK_OWNERS


@pytest.mark.parametrize(
    ("group", "owner"),
    [
        ("missing_value:NgayHenTra", ParkOwner.UNIT),
        ("refused: -1: Hồ sơ * thiếu giấy tờ", ParkOwner.UNIT),
        ("unknown_procedure:1.000999", ParkOwner.OPERATIONS),
        ("conflict", ParkOwner.OPERATIONS),
        ("crash_loop", ParkOwner.DEVELOPERS),
        ("brand_new: words", ParkOwner.OPERATIONS),
    ],
)
def test_a_group_belongs_to_whoever_can_mend_it(group: str, owner: ParkOwner) -> None:
    assert owner_of(group) is owner


@pytest.mark.parametrize("kind", [*Fault, *ParkCause])
def test_who_is_to_act_is_who_the_explanation_speaks_to(kind: str) -> None:
    """Units correct at the desk; only of our own software the developers are told."""
    explained = help_for(f"{kind}:X")
    assert explained is not None
    fix = explained.fix.en
    owner = owner_of(kind)
    assert ("at the desk" in fix) == (owner is ParkOwner.UNIT)
    assert ("developers" in fix) == (owner is ParkOwner.DEVELOPERS)


def test_every_owner_has_a_name() -> None:
    assert set(PARK_OWNERS) == set(ParkOwner)
