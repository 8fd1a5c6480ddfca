"""The proof as a page to print: no script, nothing from elsewhere, every value escaped."""

import base64
import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.api import proof_words
from services.api.problems.facts import STATUS_NAMES
from services.api.schemas.delivery import CAUSES, RULES
from services.api.schemas.proof import ProofOut
from services.core.domain import wording

_TEMPLATES: Final = Path(__file__).parent / "templates"
_STYLE: Final = (_TEMPLATES / "proof.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

#: The page may use its own style and nothing else.
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; frame-ancestors 'none'"

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    # A misspelt name is a fault, not an empty place on the page.
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    names=wording, words=proof_words, statuses=STATUS_NAMES, causes=CAUSES, rules=RULES
)
_ENVIRONMENT.filters.update(moment=proof_words.moment, duration=proof_words.duration)


def render(shown: ProofOut) -> str:
    """Fill the page in."""
    template = _ENVIRONMENT.get_template("proof.html")
    return template.render(style=_STYLE, issued_at=shown.issued_at, digest=shown.digest, **dict(shown.proof))
