"""What the evaluation asks of a pushed body, in one number: a bit per yes-or-no fact."""

from collections.abc import Iterator, Mapping
from typing import Final

ONLINE: Final = 1
POSTAL: Final = 2
"""Neither of the two: handed in at the desk, which also stands for a missing KenhThucHien."""
PAID_ONLINE: Final = 4
FEE_LISTED: Final = 8
FEE_DUE: Final = 16
"""A fee is listed and not every Gia is 0."""
RESULT_FILE: Final = 32
DIGITISED_INPUT: Final = 64
REUSED: Final = 128
FROM_CITIZEN_STORE: Final = 256
POPULATION_DATA: Final = 512

_POPULATION_DATABASE: Final = "7"
"""The list of MaCSDL is not public; this is the one that a vendor names in every dossier."""


def facts_of(item: Mapping[str, object]) -> int:
    """Read the facts of a body that passed the checks, be they lenient ones."""
    # Asked before called: most arrays of most bodies are empty, and this runs for every dossier taken in.
    facts = 0
    match item.get("KenhThucHien"):
        case "2":
            facts |= ONLINE
        case "3":
            facts |= POSTAL
    if fees := item.get("DanhSachLePhi"):
        facts |= _fee_facts(fees)
    if item.get("DuocThanhToanTrucTuyen") in ("1", "2"):
        facts |= PAID_ONLINE
    if results := item.get("DanhSachGiayToKetQua"):
        facts |= RESULT_FILE if any(p.get("DuongDanTepTinKetQua") for p in _members(results)) else 0
    if papers := item.get("TaiLieuNop"):
        facts |= _paper_facts(papers, born_on_portal=item.get("NoiNopHoSo") == "1")
    if item.get("HoSoCoThanhPhanSoHoa") == "1":
        facts |= DIGITISED_INPUT | REUSED
    if item.get("TaiKhoanDuocXacThucVoiVNeID") == "1":
        facts |= POPULATION_DATA
    if databases := item.get("DSKetNoiCSDL"):
        asked = any(used.get("MaCSDL") == _POPULATION_DATABASE for used in _members(databases))
        facts |= POPULATION_DATA if asked else 0
    return facts


def _fee_facts(fees: object) -> int:
    prices = [str(fee.get("Gia") or "0") for fee in _members(fees)]
    due = any(price.strip("0.,") for price in prices)
    return FEE_LISTED | (FEE_DUE if due else 0) if prices else 0


def _paper_facts(papers: object, *, born_on_portal: bool) -> int:
    facts = 0
    for paper in _members(papers):
        if paper.get("DuocSoHoa") == "1":
            # Indicator 4.3 asks the papers of dossiers born on the portal, and the body's flag of others.
            facts |= DIGITISED_INPUT | REUSED if born_on_portal else DIGITISED_INPUT
        if paper.get("DuocLayTuKhoDMQG") == "1":
            facts |= FROM_CITIZEN_STORE | POPULATION_DATA
    return facts


def _members(held: object) -> Iterator[Mapping[str, object]]:
    return (member for member in held if isinstance(member, dict)) if isinstance(held, list) else iter(())
