"""What the province knows of a citizen."""

from datetime import date
from typing import Self
from uuid import UUID

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Day, Instant
from services.api.schemas.parts import Body
from services.api.schemas.text import IdentityText
from services.api.schemas.words import ReuseWord
from services.core.domain.citizen import CitizenField, KeptPaper, Prefill, Source
from services.core.domain.filing import Reuse


class CitizenQuestion(Body):
    """Whom one looks for; the number travels in the body and nowhere else."""

    identity_number: IdentityText


class CitizenOut(Answer):
    """Our own id of a citizen, good for URLs."""

    id: UUID


class KnownValueOut(Answer):
    """A value with its origin; a dossier's is what somebody typed, the others are an authority's."""

    field: CitizenField
    value: str
    source: Source
    as_of: Instant


class KeptPaperOut(Answer):
    """A paper of an earlier dossier. Used again, it goes into the new one with this `reuse` and `link`.

    `usual` if the newest dossiers of the procedure carry such a paper.
    """

    name: str
    code: str | None
    link: str
    reuse: ReuseWord
    dossier_code: str
    unit_code: str
    digitised_at: Instant
    valid_until: Day | None
    valid: bool
    usual: bool


class PrefillOut(Answer):
    """What need not be asked again.

    `contradictions` counts filings that gave this citizen's number with another name: look closely if there
    are any.
    """

    id: UUID
    values: list[KnownValueOut]
    papers: list[KeptPaperOut]
    contradictions: int

    @classmethod
    def of(cls, prefill: Prefill, *, today: date) -> Self:
        """Show what is known; papers are valid or not as of `today`."""
        return cls(
            id=prefill.citizen_id,
            values=[KnownValueOut.model_validate(known) for known in prefill.values],
            papers=[_paper(paper, today) for paper in prefill.papers],
            contradictions=prefill.contradictions,
        )


def _paper(paper: KeptPaper, today: date) -> KeptPaperOut:
    return KeptPaperOut(
        name=paper.name,
        code=paper.code,
        link=paper.link,
        reuse=Reuse.RESULT if paper.is_result else Reuse.COMPONENT,
        dossier_code=paper.dossier_code,
        unit_code=paper.unit_code,
        digitised_at=paper.digitised_at,
        valid_until=paper.valid_until,
        valid=paper.is_valid_on(today),
        usual=paper.usual,
    )
