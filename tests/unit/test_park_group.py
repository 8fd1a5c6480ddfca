"""Dossiers with one fault are one group, whatever else differs between them."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.delivery import ParkCause
from services.core.domain.park_group import MAX_LENGTH, Fault, Subject, group_of, kind_of, mask
from services.core.domain.park_help import help_for

DOSSIER = Subject(
    code="H44.101-261121-0007",
    procedure_code="1.000999",
    unit_code="H44.101",
    personal=("Lò Thị Chim Yến", "025190000123", "chim@example.vn"),
)


@pytest.mark.parametrize(
    ("cause", "words", "group"),
    [
        (
            "refused",
            "-1: Hồ sơ {}: MaTTHC không có trong danh mục thủ tục hành chính",
            "unknown_procedure:1.000999",
        ),
        ("refused", "-1: Mã thủ tục hành chính 1.000999 không tồn tại", "unknown_procedure:1.000999"),
        ("refused", "-1: DonViXuLy không có trong danh mục đơn vị", "unknown_unit:H44.101"),
        ("refused", "-1: Mã cơ quan không tồn tại", "unknown_unit:H44.101"),
        ("refused", "-1: Hồ sơ {}: thiếu trường bắt buộc TenTTHC", "missing_value:TenTTHC"),
        (
            "refused",
            "-1: Hồ sơ {}: thiếu trường DSKetNoiCSDL[12].MaCSDL",
            "missing_value:DSKetNoiCSDL[].MaCSDL",
        ),
        ("refused", "-1: TrichYeuHoSo không được để trống", "missing_value:TrichYeuHoSo"),
        ("unsendable", "TenTTHC is missing", "missing_value:TenTTHC"),
        ("refused", "-1: Hồ sơ {}: trường NgayTra sai định dạng yyyyMMddHHmmss", "invalid_value:NgayTra"),
        ("refused", "-1: Hồ sơ {}: trường HinhThuc có giá trị ngoài danh mục", "invalid_value:HinhThuc"),
        ("refused", "-1: Hồ sơ {}: trường NguoiXuLy vượt quá 50 ký tự", "too_long:NguoiXuLy"),
        ("refused", "HTTP 413: ", "too_large"),
        ("refused", "-2: Hồ sơ {} đã tồn tại", "already_exists"),
        ("refused", "-1: Hồ sơ {}: MaHoSo chưa tồn tại trên hệ thống, không cập nhật được", "not_on_portal"),
        ("conflict", "the portal should know the dossier, and says that it does not", "not_on_portal"),
        ("conflict", "portal shows 7 entries, ours in order up to 3", "conflict"),
        ("unprovable", "the portal does not show the entries that it holds", "unprovable"),
        ("unsendable", "KeyError", "unreadable"),
        ("unsendable", "history with a gap", "unreadable"),
    ],
)
def test_words_of_the_portal_fall_into_their_group(cause: str, words: str, group: str) -> None:
    assert group_of(ParkCause(cause), words.format(DOSSIER.code), DOSSIER) == group


def test_in_words_that_are_not_recognised_all_that_varies_is_masked() -> None:
    words = (
        f"-5: Hồ sơ {DOSSIER.code} của LÒ THỊ CHIM YẾN (025190000123, 0912 345 678) nộp 12/03/2026 10:20 bị"
        " trùng với H44.101-261120-0001, thủ tục 2.000815.000.00.00.H44, yêu cầu 9f8e7d6c5b"
    )

    assert group_of(ParkCause.REFUSED, words, DOSSIER) == (
        "refused: -5: Hồ sơ * của * (*, *) nộp * * bị trùng với *, thủ tục 2.000815.000.00.00.H44, yêu cầu *"
    )


def test_two_unknown_procedures_are_two_groups_although_the_portal_names_neither() -> None:
    words = "-1: MaTTHC không có trong danh mục thủ tục hành chính"
    groups = {
        group_of(ParkCause.REFUSED, words, Subject(procedure_code=code)) for code in ("1.000001", "1.000002")
    }

    assert groups == {"unknown_procedure:1.000001", "unknown_procedure:1.000002"}


PROSE = st.text("abcdeghimnoprtuvxyđăâêôơư ,.:!", max_size=60)
NAMES = st.text("abcdeghiklmnopqrstuvxyĐÂ ", min_size=2, max_size=30).filter(lambda name: name.strip())
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1))  # noqa: DTZ001 - written, never reckoned with
CODES = st.integers(1, 9_999_999).map(lambda number: f"H44.101-261121-{number:04}")
NUMBERS = st.integers(10**8, 10**12 - 1).map(str)


@given(
    prose=PROSE,
    codes=st.lists(CODES, min_size=2, max_size=2),
    at=st.lists(MOMENTS, min_size=2, max_size=2),
    numbers=st.lists(NUMBERS, min_size=2, max_size=2),
)
def test_code_date_and_numbers_make_no_difference(
    prose: str, codes: list[str], at: list[datetime], numbers: list[str]
) -> None:
    groups = {
        group_of(
            ParkCause.REFUSED,
            f"-5: {prose} {code} ngày {when:%d/%m/%Y} lúc {when:%H:%M:%S}, {when:%Y%m%d%H%M%S} số {number} ",
            Subject(code=code, personal=(number,)),
        )
        for code, when, number in zip(codes, at, numbers, strict=True)
    }

    assert len(groups) == 1


@given(
    prose=PROSE,
    name=NAMES,
    number=st.from_regex(r"[0-9]{12}|[0-9]{9}", fullmatch=True),
    cause=st.sampled_from(ParkCause),
)
def test_no_group_holds_a_name_or_a_number_of_a_citizen(
    prose: str, name: str, number: str, cause: ParkCause
) -> None:
    words = f"-5: {prose} <{name}> <{name.upper()}> <{number}>"

    group = group_of(cause, words, Subject(personal=(name,)))

    assert number not in group
    assert f"<{name.strip()}>" not in group
    assert f"<{name.upper().strip()}>" not in group
    assert len(group) <= MAX_LENGTH


@given(prose=PROSE, number=st.integers(0, 999_999))
def test_procedure_codes_stay(prose: str, number: int) -> None:
    code = f"1.{number:06}"

    assert code in mask(f"-5: {prose} ({code})")


def test_what_is_masked_already_stays_as_it_is() -> None:
    once = mask("Hồ sơ H44.101-261121-0007 ngày 12/03/2026, số 025190000123")

    assert once == mask(once) == "Hồ sơ * ngày *, số *"


def test_every_fault_and_cause_is_explained_with_its_fix_in_both_languages() -> None:
    for kind in (*Fault, *ParkCause):
        explained = help_for(f"{kind}:1.000999")
        assert explained is not None, kind
        assert all(said and "{about}" not in said for part in explained for said in part), kind


def test_an_explanation_names_what_the_group_is_about() -> None:
    explained = help_for("unknown_procedure:1.000999")

    assert explained is not None
    assert explained.meaning.vi == "Cổng không biết thủ tục 1.000999."
    assert help_for("brand_new: words") is None
    assert kind_of("refused: -1: Hồ sơ *: sai") == ("refused", "-1: Hồ sơ *: sai")
