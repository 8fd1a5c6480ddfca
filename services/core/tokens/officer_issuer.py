"""The province's issuer of officers' tokens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from services.core.tokens.keys import Key
from services.core.tokens.kinds import officer_rules
from services.core.tokens.reading import read_token


@dataclass(frozen=True, slots=True)
class OfficerIssuer:
    """Whom we believe who somebody is, by keys that were configured; `audience` is what it calls us."""

    name: str
    audience: str
    keys: Callable[[], Mapping[str, Key]] = field(repr=False)

    def subject_of(self, token: str, *, now: datetime) -> str:
        """Give the subject of a good token; raises `NotAuthenticated`."""
        rules = officer_rules(self.name, audience=self.audience)
        return read_token(token, self.keys(), rules, now=now).subject
