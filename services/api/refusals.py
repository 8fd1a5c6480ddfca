"""Refusals of the API itself: of calls that are not even put to the domain."""

from services.core.domain.errors import DomainError


class MalformedJson(DomainError):
    """`fault` is one of syntax, encoding, duplicate-name, number, depth."""

    code = "malformed-json"


class MediaTypeUnsupported(DomainError):
    code = "media-type-unsupported"


class RequestKeyMissing(DomainError):
    """A create may have to be repeated, so it needs a key to be known by."""

    code = "request-key-missing"


class EditionMissing(DomainError):
    """A change has to say which state of the dossier it was decided on."""

    code = "edition-missing"


class EditionInvalid(DomainError):
    """The tag is none that was given out, so it cannot be the present one."""

    code = "edition-invalid"


class CursorInvalid(DomainError):
    code = "cursor-invalid"


class TooManyLines(DomainError):
    code = "too-many-lines"


class NoLines(DomainError):
    code = "no-lines"


class OfficerNeeded(DomainError):
    """Somebody took the dossier in; the portal wants the name."""

    code = "officer-needed"


class FieldsNeeded(DomainError):
    """A look-up by hand names neither a dossier nor a person with unit and reason."""

    code = "fields-needed"


class FieldNotWanted(DomainError):
    """The field says something that other fields of the filing say already, or deny."""

    code = "field-not-wanted"


class Overloaded(DomainError):
    """As many calls as one process takes on are being worked on."""

    code = "overloaded"


class TooManyRequests(DomainError):
    """A client is over its rate; `retry_after` is in whole seconds."""

    code = "too-many-requests"


class BodyTooSlow(DomainError):
    """The body came in too slowly to wait for its end."""

    code = "body-too-slow"


class HeadTooLarge(DomainError):
    """Address and headers are larger than any that we ask for."""

    code = "head-too-large"
