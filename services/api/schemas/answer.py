"""What the desk gets back after a call that takes in or changes a dossier."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.api.schemas.instant import Instant, written
from services.api.schemas.words import StatusNumber
from services.core.application.change_dossier import Moved
from services.core.application.receive_dossiers import Received
from services.core.domain.delivery import DeliveryState
from services.core.persistence.dossiers import Edition


class Answer(BaseModel):
    """Read straight from the values of the use cases."""

    model_config = ConfigDict(from_attributes=True)


ETag = Annotated[str, Field(examples=['"1-1"'], description="What `If-Match` wants, quotes included")]


class DossierStanding(Answer):
    """Where a dossier stands after a call."""

    id: UUID
    code: str
    etag: ETag
    status: StatusNumber
    due_at: Instant | None
    delivery_state: DeliveryState


def tag(edition: Edition) -> str:
    """Write an edition as an entity tag."""
    return f'"{edition}"'


def standing(dossier: Received | Moved) -> dict[str, Any]:
    """Write a `DossierStanding`, ready for JSON: the one answer that is given a thousand times a second."""
    return {
        "id": str(dossier.id),
        "code": dossier.code,
        "etag": tag(dossier.edition),
        "status": int(dossier.status),
        "due_at": None if dossier.due_at is None else written(dossier.due_at),
        "delivery_state": dossier.delivery.value,
    }
