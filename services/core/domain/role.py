"""What somebody is employed to do."""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """An officer has one; a client that calls for nobody in particular is an integration client."""

    DESK_OFFICER = "desk-officer"
    UNIT_HEAD = "unit-head"
    PROVINCE_SUPERVISOR = "province-supervisor"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    ONBOARDING_TEAM = "onboarding-team"
    INTEGRATION_CLIENT = "integration-client"


OFFICER_ROLES: Final = frozenset(Role) - {Role.INTEGRATION_CLIENT}

#: Vietnamese and English, as people read them.
ROLE_NAMES: Final[dict[Role, tuple[str, str]]] = {
    Role.DESK_OFFICER: ("Cán bộ một cửa", "desk officer"),
    Role.UNIT_HEAD: ("Lãnh đạo đơn vị", "unit head"),
    Role.PROVINCE_SUPERVISOR: ("Giám sát cấp tỉnh", "province supervisor"),
    Role.OPERATOR: ("Vận hành", "operator"),
    Role.AUDITOR: ("Thanh tra", "auditor"),
    Role.ONBOARDING_TEAM: ("Tổ công nghệ số", "onboarding team"),
    Role.INTEGRATION_CLIENT: ("Phần mềm tích hợp", "integration client"),
}
