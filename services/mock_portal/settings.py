"""How one mock portal behaves. What the facts leave open is a switch here, with its reason in docs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from services.mock_portal.strictness import Strictness
from services.mock_portal.verdict import VerdictRules

MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class AdapterClient:
    secret: str
    unit: str = ""
    """Organisation code; the client may touch dossiers of this organisation only. Empty: of any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalSettings:
    """`docs/mock-portal.md` gives the source of every default."""

    seed: int = 0
    dstcode: str = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    accounts: Mapping[str, str] = field(default_factory=dict)
    """User name to password; empty lets in any account that sends both."""
    session_seconds: float = 600
    session_error_code: str = "-2"
    error_code_drift: bool = True
    """Whether `error_code` changes its type from answer to answer, as the real one's has."""

    catalogue_path: Path | None = None
    accept_any_procedure: bool = False
    accept_province_variants: bool = True

    strictness: Strictness = Strictness.USUAL
    scalars_must_be_strings: bool = True
    require_later_fields: bool = False
    refuse_existing_dossier: bool = True
    """Off: a repeated create is stored as a second dossier under the same code."""
    deduplicate_progress: bool = False
    refused_call_keeps_earlier_items: bool = False
    max_items_per_call: int | None = None
    max_body_bytes: int = 16 * MEBIBYTE

    gateway_mode: bool = False
    """Whether every answer comes as through a province's gateway: its JSON text inside `message`."""
    gateway_wraps: Literal["reads", "all"] = "reads"
    """What the province's gateway at `/KetNoiMotCuaQuocGia` wraps so."""
    paper_url_key: Literal["URL", "Url"] = "URL"
    """Key of a form's link in LayThuTuc; the sources disagree."""
    no_account_suffix: str = "0000"
    """TraCuuTechID finds no account for a number that ends so."""
    lookup_shows_progress: bool = True
    offers_holdings: bool = False
    adapter_clients: Mapping[str, AdapterClient] = field(default_factory=dict)
    """Client id to its secret and unit; empty lets in any client that sends both."""
    adapter_token_seconds: float = 3600
    adapter_hides_outages: bool = True
    """Whether the fault `down` leaves the adapter standing, which then answers 502."""
    report_system_dossiers: int | None = None
    """What the national report system counts in any period; DOSSIER_SYNC is measured against it."""
    verdict_rules: VerdictRules = field(default_factory=VerdictRules)
