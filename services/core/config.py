"""Settings from the environment (`LIENTHONG_...`), one class per service.

Read in main modules and in the command line only; everything below gets values. A missing value stops the
start with the variable's name; secrets have no default.
"""

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.core.domain.verdict import Comparison
from services.core.persistence.roles import DatabaseRole


class DatabaseRights(StrEnum):
    """With whose rights a service works on the database."""

    SERVICE = "service"  #: those of its own role, which the login must have been granted
    LOGIN = "login"  #: those of the login, whatever they are


class DatabaseSettings(BaseSettings):
    """Where dossiers are kept."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_", hide_input_in_errors=True)

    database_url: SecretStr
    database_pool_size: int = Field(default=10, ge=1, le=100)
    database_rights: DatabaseRights = DatabaseRights.SERVICE

    def role(self, own: DatabaseRole) -> DatabaseRole | None:
        """Give the role that a service takes, its `own` or none."""
        return own if self.database_rights is DatabaseRights.SERVICE else None


class BrokerSettings(BaseSettings):
    """Where the doorbell hangs. Without a URL the worker only polls."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_", hide_input_in_errors=True)

    redis_url: SecretStr | None = None


class VerdictSettings(BaseSettings):
    """What is not documented of the portal's verdict (portal-interface 5.1, rule 7)."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_PORTAL_")

    comparison: Comparison = Comparison.INSTANT


class PortalSettings(BaseSettings):
    """The national portal; times in seconds."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_PORTAL_", hide_input_in_errors=True)

    url: str
    username: str
    password: SecretStr
    organisation_code: str
    dstcode: str = "VN:GOV:000.00.00.G22:vpcpdvcprovider"
    login_path: str = "/XrdAdapter/RestService/forward/mapi/login"
    call_path: str = "/XrdAdapter/RestService/forward/mapi/g"
    call_seconds: float = Field(default=20.0, gt=0)
    reply_bytes: int = Field(default=262_144, ge=1024)
    dossiers_per_call: int = Field(default=50, ge=1, le=1000)
    entries_per_call: int = Field(default=200, ge=1, le=10_000)
    catalogue_seconds: float = Field(default=60.0, gt=0)
    catalogue_bytes: int = Field(default=16_777_216, ge=1024)
    #: Of an answer with more gone than this share it is believed what it lists, not what it leaves out.
    catalogue_vanished_share: float = Field(default=0.05, ge=0, lt=1)


class PopulationWay(StrEnum):
    """How questions reach the population database."""

    DIRECT = "direct"  #: SOAP on the exchange platform
    GATEWAY = "gateway"  #: JSON through a provincial gateway
    LGSP = "lgsp"  #: SOAP within JSON through the province's service platform, with a token


class PopulationSettings(BaseSettings):
    """The national population database; times in seconds. Without a URL look-ups wait."""

    model_config = SettingsConfigDict(
        env_prefix="LIENTHONG_POPULATION_", env_ignore_empty=True, hide_input_in_errors=True
    )

    url: str | None = None
    way: PopulationWay = PopulationWay.DIRECT
    username: str = ""
    secret: SecretStr = SecretStr("")
    client_system: str | None = None
    api_key: SecretStr | None = None
    #: the way `lgsp` only: where its tokens come from, and what the platform gave the province
    token_url: str | None = None
    token_client: str = ""
    token_secret: SecretStr = SecretStr("")
    access_key: str = ""
    access_secret: SecretStr = SecretStr("")
    app_name: str = ""
    partner_code: str = ""
    partner_code_customer: str = ""
    call_seconds: float = Field(default=10.0, gt=0)
    reply_bytes: int = Field(default=262_144, ge=1024)
    lanes: int = Field(default=2, ge=1, le=16)
    #: questions under way at once in each lane
    calls_at_once: int = Field(default=8, ge=1, le=64)
    retry_base_seconds: float = Field(default=1.0, gt=0)
    retry_cap_seconds: float = Field(default=900.0, gt=0)
    probe_seconds: float = Field(default=5.0, gt=0)
    probe_cap_seconds: float = Field(default=15.0, gt=0)
    #: for how long a match stands for the same person, unit, purpose and legal basis
    reuse_days: float = Field(default=30.0, ge=0)

    @model_validator(mode="after")
    def _check_token_url(self) -> Self:
        if self.url is not None and self.way is PopulationWay.LGSP and self.token_url is None:
            raise ValueError("LIENTHONG_POPULATION_TOKEN_URL: the way lgsp needs it")
        return self


class EvaluationSettings(BaseSettings):
    """The portal's public reports of index 766; they may stand at another address than its services."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_PORTAL_")

    url: str
    evaluation_url: str | None = None
    evaluation_seconds: float = Field(default=60.0, gt=0)
    evaluation_bytes: int = Field(default=16_777_216, ge=1024)

    @property
    def address(self) -> str:
        """Give the reports' own address, or the portal's."""
        return self.evaluation_url or self.url


class Holdings(StrEnum):
    """How we learn what the portal holds."""

    REPORT = "report"  #: from files that a person exports
    SERVICE = "service"  #: from a list service that nobody has published


class HoldingsSettings(BaseSettings):
    """Where the reconciliation gets the portal's side from."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_PORTAL_")

    holdings: Holdings = Holdings.REPORT


class WorkerSettings(BaseSettings):
    """How the sync worker goes about it; times in seconds."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_WORKER_")

    #: at most; how many there are follows from how the portal bears it
    calls_in_flight: int = Field(default=8, ge=1, le=64)
    poll_seconds: float = Field(default=1.0, gt=0)
    lease_seconds: float = Field(default=60.0, gt=0)
    retry_base_seconds: float = Field(default=1.0, gt=0)
    retry_cap_seconds: float = Field(default=900.0, gt=0)
    ask_after_seconds: float = Field(default=5.0, ge=0)
    #: from a portal that fails to the first probe, and between probes at most
    probe_seconds: float = Field(default=5.0, gt=0)
    probe_cap_seconds: float = Field(default=15.0, gt=0)
    stop_seconds: float = Field(default=20.0, gt=0)
    look_ups_at_once: int = Field(default=8, ge=1, le=64)
    #: Of the clock in Việt Nam; twenty minutes past it the portal's catalogue is read.
    catalogue_hour: int = Field(default=2, ge=0, le=23)
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 9101


class ApiSettings(BaseSettings):
    """The desk API."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_API_", env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = Field(default=1, ge=1, le=64)
    metrics_host: str = "127.0.0.1"
    #: Without one, nothing about this API is counted for Prometheus.
    metrics_port: int | None = None
    body_bytes: int = Field(default=1_048_576, ge=1024)
    #: how long a revoked key or officer may still work, a former role hold, and a changed key file go unseen
    access_cache_seconds: float = Field(default=30.0, ge=0, le=60)
    #: API keys name a client and nobody else; where people answer for what they do, they are refused
    keys_accepted: bool = True
    #: of clients that are not marked as unattended
    officers_required: bool = False
    #: our name in tokens
    issuer: str = "urn:lienthong:api"
    #: private keys that access tokens are signed with (`lienthong keys`); without them there are none
    token_keys: Path | None = None
    token_seconds: float = Field(default=600.0, ge=60, le=3600)
    catalogue_cache_seconds: float = Field(default=30.0, ge=0)
    #: whose word is taken for where a call comes from
    proxy_address: str = "127.0.0.1"
    #: calls worked on at once in each process; one more is told to come again
    calls_in_flight: int = Field(default=512, ge=1)
    #: for a body to arrive, with a second more for each kilobyte of it
    body_seconds: float = Field(default=30.0, gt=0)
    #: calls a second of one client, and at once; without a rate there is no limit
    client_rate: float | None = Field(default=None, gt=0)
    client_burst: int = Field(default=100, ge=1)
    #: whether `/docs` and `/openapi.json` are served
    docs: bool = True
    #: how long a look-up by hand waits for its answer
    lookup_wait_seconds: float = Field(default=5.0, ge=0, le=30)
    #: look-ups by hand in 24 hours
    lookups_per_officer: int = Field(default=50, ge=1)
    lookups_per_unit: int = Field(default=300, ge=1)
    #: whole identity numbers that an officer is shown in 24 hours
    reveals_per_officer: int = Field(default=100, ge=0)


class OfficerSettings(BaseSettings):
    """Who says who officers are. Without keys nobody's token is believed."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_OFFICER_", env_ignore_empty=True)

    issuer: str | None = None
    audience: str = "lienthong"
    #: the issuer's public keys as a JWK set (`lienthong keys fetch`)
    keys: Path | None = None

    @model_validator(mode="after")
    def _check_keys(self) -> Self:
        if self.keys is not None and self.issuer is None:
            raise ValueError("LIENTHONG_OFFICER_KEYS needs LIENTHONG_OFFICER_ISSUER")
        return self


class AuditSettings(BaseSettings):
    """The chain over the audit log: where its roots go, and the key that signs them (32 bytes or more)."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_AUDIT_", env_ignore_empty=True)

    seal_seconds: float = Field(default=60.0, gt=0)
    roots_folder: Path | None = None
    key_file: Path | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.roots_folder is None) is not (self.key_file is None):
            raise ValueError(
                "LIENTHONG_AUDIT_ROOTS_FOLDER và LIENTHONG_AUDIT_KEY_FILE phải đặt cùng nhau"
                " / must be set together"
            )
        return self


class MetricsSettings(BaseSettings):
    """The metrics service."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_METRICS_")

    host: str = "127.0.0.1"
    port: int = 8001
    unit_labels: bool = True
    statement_seconds: float = Field(default=2.0, gt=0)


class ConsoleSettings(BaseSettings):
    """The console of operations."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_CONSOLE_")

    host: str = "127.0.0.1"
    port: int = 8002
    statement_seconds: float = Field(default=2.0, gt=0)


class ProcessSettings(BaseSettings):
    """Where the process runs, and what it was built of.

    `crash_at` is where a fault test wants it to die (`telemetry.crash_points`).
    """

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_")

    environment: str = "development"
    commit: str | None = None
    crash_at: str | None = None


class LogSettings(BaseSettings):
    """How much is said, and how."""

    model_config = SettingsConfigDict(env_prefix="LIENTHONG_LOG_")

    level: str = "INFO"


def settings_faults(error: ValidationError) -> str | None:
    """Name the variables that are missing or wrong, for a person; `None` if it is not about settings."""
    classes = {cls.__name__: cls for cls in BaseSettings.__subclasses__()}
    settings = classes.get(error.title)
    if settings is None:
        return None
    prefix = settings.model_config.get("env_prefix", "")
    return "\n".join(
        f"Biến môi trường {prefix}{str(fault['loc'][0]).upper() if fault['loc'] else '...'}: "
        + ("chưa đặt / not set" if fault["type"] == "missing" else f"không hợp lệ / invalid: {fault['msg']}")
        for fault in error.errors(include_input=False, include_url=False)
    )
