"""The portal's words without what they tell of a citizen, struck out before they leave the database."""

from typing import Final

#: Fields of an applicant that tell who it is; a test holds them to the class.
PERSONAL_FIELDS: Final = (
    "name",
    "identity_number",
    "organisation_number",
    "portal_account",
    "phone",
    "email",
    "address",
    "birth",
)


def struck(words: str) -> str:
    """Give SQL for `words` without what dossier `d` knows of its applicant, as it is spelt or in capitals.

    The dossier's own number goes, too: with it, each dossier refused for one reason would have a reason of
    its own. The last step catches numbers of other people: 12 digits, or 9 on old cards (portal-interface
    4.6).
    """
    words = f"replace({words}, d.code, '…')"
    for field in PERSONAL_FIELDS:
        known = f"coalesce(d.applicant ->> '{field}', '')"
        words = f"replace(replace({words}, {known}, '…'), upper({known}), '…')"
    return struck_numbers(words)


def struck_numbers(words: str) -> str:
    """Give SQL for `words` without whatever looks like an identity number, where no dossier is at hand."""
    return rf"regexp_replace({words}, '(?<![0-9])([0-9]{{12}}|[0-9]{{9}})(?![0-9])', '…', 'g')"
