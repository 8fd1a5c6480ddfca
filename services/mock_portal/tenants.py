"""Many portals in one process, none of which knows of the others."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.mock_portal.portal import Portal
from services.mock_portal.settings import PortalSettings
from services.mock_portal.wire_addresses import Endpoints

DEFAULT_TENANT: Final = "default"
MAX_TENANTS: Final = 10_000
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class WrongTenant(Exception):
    """The name is not one, or there are too many tenants; the text says which, Vietnamese first."""


@dataclass(frozen=True, slots=True)
class Tenant:
    name: str
    portal: Portal
    endpoints: Endpoints


class Tenants:
    """A tenant exists from the first call that names it until it is dropped."""

    def __init__(self, settings: PortalSettings, endpoints_of: Callable[[Portal], Endpoints]) -> None:
        """Open the default tenant; raises `OSError` or `ValueError` when its catalogue cannot be read."""
        self._endpoints_of = endpoints_of
        self._settings = settings
        self._tenants: dict[str, Tenant] = {}
        self.default = self._open(DEFAULT_TENANT, Portal(settings))

    def __len__(self) -> int:
        return len(self._tenants)

    def __contains__(self, name: str) -> bool:
        return name in self._tenants

    @property
    def all(self) -> list[Tenant]:
        return list(self._tenants.values())

    def get(self, name: str) -> Tenant:
        """Find the tenant, or open it as it is after a start.

        Raises `WrongTenant`.
        """
        tenant = self._tenants.get(name)
        if tenant is not None:
            return tenant
        if _NAME.fullmatch(name) is None:
            raise WrongTenant(
                "Tên tenant gồm 1-64 chữ cái, số, dấu . _ - / a tenant's name has 1-64 letters, digits, . _ -"
            )
        if len(self._tenants) >= MAX_TENANTS:
            raise WrongTenant(f"Quá {MAX_TENANTS} tenant / more than {MAX_TENANTS} tenants; drop some first")
        return self._open(name, Portal(self._settings, catalogue=self.default.portal.initial_catalogue))

    def drop(self, name: str) -> bool:
        """Forget a tenant and let go of whoever it holds up; false when there is none of this name."""
        tenant = self._tenants.pop(name, None)
        if tenant is None:
            return False
        tenant.portal.stop()
        if tenant is self.default:
            self.default = self._open(
                name, Portal(self._settings, catalogue=self.default.portal.initial_catalogue)
            )
        return True

    def stop(self) -> None:
        for tenant in self._tenants.values():
            tenant.portal.stop()

    def _open(self, name: str, portal: Portal) -> Tenant:
        tenant = self._tenants[name] = Tenant(name, portal, self._endpoints_of(portal))
        return tenant
