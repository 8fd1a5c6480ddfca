"""How one database behaves. What the facts leave open is a switch here, with its reason in docs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

DEFAULT_ACCOUNT: Final = "lienthong-thu"
DEFAULT_SECRET: Final = "bi-mat-thu-nghiem"  # noqa: S105 - what a tester types, printed in the docs


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationSettings:
    """`docs/mock-population.md` gives the source of every default."""

    seed: int = 0
    citizens: int = 5000
    """How many are generated, at least; the last household is completed."""

    accounts: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({DEFAULT_ACCOUNT: DEFAULT_SECRET})
    )
    """User name to secret, of the Basic hash and of the gateways' officer keys."""
    service_url: str | None = None
    """What goes into the Basic hash; `None` takes the address as the caller wrote it."""
    timestamp_tolerance_seconds: float = 300
    api_key: str | None = None
    client_system: str | None = None
    """Wanted `X-Road-Client`; `None` lets any stand, or none."""
    token_seconds: float = 3600

    officers: frozenset[str] = frozenset()
    """Personal numbers of officers who may ask; empty lets in any that is given."""
    enforce_order: bool = True
    refuse_repeated_request_ids: bool = False
    accept_dashed_birth_dates: bool = False

    not_found_as: Literal["no_citizen", "nameless_citizen"] = "no_citizen"
    name_in_one_part: bool = True
    prefix_drift: bool = True
    wrapper_details: bool = False
    max_body_bytes: int = 1024 * 1024
