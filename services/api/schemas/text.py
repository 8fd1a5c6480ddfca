"""Kinds of fields: text, numbers of people and dossiers, links."""

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.core.domain.code import DossierCode
from services.core.domain.errors import DomainError
from services.core.domain.identity import IdentityNumber, OrganisationNumber
from services.core.domain.lookup import Birth

#: PostgreSQL refuses NUL; other control characters come from broken scanners and forged log lines.
_ONE_LINE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
_LINES: Final = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"

_OFFICER_LENGTH: Final = 50  # what the portal takes (portal-interface 2.3)


def _compose(value: Any) -> Any:
    """Bring Vietnamese letters into one form, so that equal names are equal texts."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value.replace("\r\n", "\n").strip())
    return value


def _checked_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """Pass a refusal of the domain on as an error of the field, by its code."""

    def check(value: str) -> str:
        try:
            return str(parse(value))
        except DomainError as refusal:
            faults = {"fault": str(refusal.facts.get("fault"))}
            raise PydanticCustomError(refusal.code, "refused", faults) from None

    return check


#: One line of text, in NFC, without space around it; lengths count code points.
Line = Annotated[str, Field(min_length=1, max_length=255, pattern=_ONE_LINE), BeforeValidator(_compose)]
ShortLine = Annotated[str, Field(min_length=1, max_length=100, pattern=_ONE_LINE), BeforeValidator(_compose)]
Officer = Annotated[
    str, Field(min_length=1, max_length=_OFFICER_LENGTH, pattern=_ONE_LINE), BeforeValidator(_compose)
]
Summary = Annotated[str, Field(min_length=1, max_length=1000, pattern=_LINES), BeforeValidator(_compose)]
Prose = Annotated[str, Field(min_length=1, max_length=2000, pattern=_LINES), BeforeValidator(_compose)]
FileName = Annotated[str, Field(min_length=1, max_length=4000, pattern=_ONE_LINE), BeforeValidator(_compose)]
ResultName = Annotated[
    str, Field(min_length=1, max_length=2000, pattern=_ONE_LINE), BeforeValidator(_compose)
]

#: Papers travel as links that the portal fetches later (portal-interface 2.2).
Link = Annotated[str, Field(max_length=2000, pattern=r"^https?://[!-~]+$")]
Phone = Annotated[str, Field(max_length=20, pattern=r"^\+?[0-9][0-9 .-]{5,18}$")]
Email = Annotated[str, Field(max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]

IdentityText = Annotated[
    str,
    Field(max_length=20),
    AfterValidator(_checked_by(lambda text: IdentityNumber.parse(text).reveal())),
    WithJsonSchema({"type": "string", "pattern": "^([0-9]{12}|[0-9]{9})$"}),
]
OrganisationText = Annotated[
    str,
    Field(max_length=20),
    AfterValidator(_checked_by(OrganisationNumber.parse)),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{10}(-?[0-9]{3})?$"}),
]
CodeText = Annotated[
    str,
    Field(max_length=100),
    AfterValidator(_checked_by(DossierCode.parse)),
    WithJsonSchema({"type": "string", "maxLength": 64}),
]
BirthText = Annotated[
    str,
    Field(max_length=20),
    AfterValidator(_checked_by(lambda text: Birth.parse(text).text)),
    WithJsonSchema({"type": "string", "pattern": "^(19|20)[0-9]{2}(-[0-9]{2}-[0-9]{2})?$"}),
]
