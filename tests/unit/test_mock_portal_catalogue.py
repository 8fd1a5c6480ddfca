from pathlib import Path

import pytest

from services.mock_portal.catalogue import DEFAULT_ORGANISATIONS, SEED, Catalogue, load_procedures
from services.mock_portal.legal_limit import LegalLimit, LimitUnit

HEADER = (
    "code,name,field_name,level,processing_time_value,processing_time_unit,"
    "fee_vnd,service_level,yields_paper,source,note\n"
)


def written(folder: Path, rows: str) -> Path:
    path = folder / "procedures.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return path


def test_a_published_row_becomes_a_procedure(tmp_path: Path) -> None:
    path = written(
        tmp_path, '1.000080,"Nhận cha, mẹ, con",Hộ tịch,commune,3,working_day,8000,full,yes,both,\n'
    )

    (procedure,) = load_procedures(path)

    assert (procedure.code, procedure.name, procedure.field_name) == (
        "1.000080",
        "Nhận cha, mẹ, con",
        "Hộ tịch",
    )
    assert procedure.limit == LegalLimit(3, LimitUnit.WORKING_DAY)
    assert (procedure.fee_vnd, procedure.service_level, procedure.yields_paper) == (8000, "full", True)


def test_a_time_without_a_unit_is_no_limit(tmp_path: Path) -> None:
    (procedure,) = load_procedures(written(tmp_path, "1.000080,Tên,Hộ tịch,commune,7,,,unknown,no,both,\n"))

    assert procedure.limit is None
    assert procedure.fee_vnd is None


@pytest.mark.parametrize(
    "row",
    [
        "1.000080,Tên,Hộ tịch,commune,bảy,working_day,,unknown,yes,both,\n",
        "1.000080,Tên,Hộ tịch,commune,7,fortnight,,unknown,yes,both,\n",
        ",Tên,Hộ tịch,commune,7,day,,unknown,yes,both,\n",
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, row: str) -> None:
    path = written(tmp_path, "1.000001,Tên,Hộ tịch,commune,1,calendar_day,,unknown,yes,both,\n" + row)

    with pytest.raises(ValueError, match="line 3"):
        load_procedures(path)


def test_a_file_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("code,title\n1,2\n", encoding="utf-8")

    with pytest.raises(ValueError, match="field_name, name"):
        load_procedures(path)


@pytest.mark.parametrize(
    ("code", "with_variants", "without"),
    [
        ("1.001193", True, True),
        ("1.001193.000.00.00.H29", True, False),
        ("1.001193.H29", False, False),
        ("9.999999", False, False),
    ],
)
def test_a_province_variant_stands_for_the_national_code_if_allowed(
    code: str, *, with_variants: bool, without: bool
) -> None:
    catalogue = Catalogue(load_procedures(SEED), DEFAULT_ORGANISATIONS)

    assert (catalogue.find_procedure(code, province_variants=True) is not None) is with_variants
    assert (catalogue.find_procedure(code, province_variants=False) is not None) is without


def test_published_lists_are_read_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "published.csv"
    path.write_text(
        "code,name_vi,field_vi,level,processing_time_value,processing_time_unit\n"
        "1.115019,Cấp phép thi công nút giao,Đường bộ,commune,3.5,working_day\n"
        "1.000157,Cấp giấy phép,Công thương,province,15,day\n",
        encoding="utf-8",
    )

    halves, days = load_procedures(path)

    assert (halves.name, halves.field_name) == ("Cấp phép thi công nút giao", "Đường bộ")
    assert halves.limit == LegalLimit(3.5, LimitUnit.WORKING_DAY)
    assert days.limit == LegalLimit(15, LimitUnit.CALENDAR_DAY)


def test_the_seed_holds_the_published_procedures_without_a_guess() -> None:
    procedures = {procedure.code: procedure for procedure in load_procedures(SEED)}

    assert len(procedures) == 292
    assert procedures["1.001193"].name == "Thủ tục đăng ký khai sinh"
    assert procedures["1.000080"].limit is None
