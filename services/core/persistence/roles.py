"""The roles that migration 0021 makes; a connection takes one as it is opened."""

from enum import StrEnum


class DatabaseRole(StrEnum):
    """None of them can log in; a login takes the role that it was granted."""

    OWNER = "lienthong_owner"  #: owns the tables; for migrations only
    API = "lienthong_api"
    WORKER = "lienthong_worker"
    OPERATOR = "lienthong_operator"  #: the console and the commands
    METRICS = "lienthong_metrics"  #: columns that counts are made of, and no others
    AUDIT = "lienthong_audit"  #: reads the audit log, for an auditor's own tools
