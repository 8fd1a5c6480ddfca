"""The metrics service: what PostgreSQL knows, for Prometheus. Any number of copies may run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import structlog
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.config import DatabaseSettings, LogSettings, MetricsSettings
from services.core.persistence.engine import PoolLimits, create_engine, create_sessions
from services.core.persistence.measurements import take_snapshot
from services.core.persistence.schema import present_revision, wanted_revision
from services.core.telemetry import logging
from services.metrics.collectors import SnapshotCollector
from services.metrics.sharing import SharedSnapshot

log = structlog.get_logger()

#: Prometheus servers that scrape in pairs, and people who press reload, cost the database nothing extra.
SHARED_SECONDS: Final = 1.0
