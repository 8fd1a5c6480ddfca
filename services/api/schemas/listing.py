"""Lists of dossiers, and what they can be narrowed to."""

import base64
import binascii
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StrictBool

from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer, ETag
from services.api.schemas.dossier import VerdictsOut
from services.api.schemas.filing import Body
from services.api.schemas.instant import Instant
from services.api.schemas.words import StatusNumber
from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import Status
from services.core.domain.identity import IdentityNumber
from services.core.domain.verdict import Verdict
from services.core.persistence.listings import DossierFilter, ListedDossier
