"""What every change of a dossier begins and ends with: lock it as the caller knows it, write the line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.catalogue import Catalogue
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.life import Life, Terms
from services.core.domain.reception import Recorded, desk_view, ending_seq
from services.core.domain.verdict import Comparison, flag_while_running
