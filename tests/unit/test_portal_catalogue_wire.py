"""The portal's dictionary is read whatever the case of its keys, and nothing is guessed."""

from typing import Any

import pytest

from services.core.domain.deadline import ProcessingTime, TimeUnit
from services.core.gateways.portal.catalogue_wire import detail, listing


def test_keys_are_read_in_any_case_and_bad_rows_are_counted() -> None:
    read = listing(
        [
            {"MATTHC": "1.001193", "TENTTHC": " Khai sinh "},
            {"maTTHC": "1.000894", "TenTTHC": "Kết hôn"},
            {"MATTHC": "", "TENTTHC": "Không mã"},
            {"MATTHC": "1.1"},
            {"MATTHC": "1" * 101, "TENTTHC": "Mã dài"},
            {"MATTHC": "1.2", "TENTTHC": "Ký tự \x00"},
            {"MATTHC": "1.3", "TENTTHC": "Ký tự \ud800"},
            "rác",
            None,
        ]
    )
    assert read.names == {"1.001193": "Khai sinh", "1.000894": "Kết hôn"}
    assert read.unreadable == 7


def procedure(**changes: Any) -> dict[str, Any]:
    return {"MATTHC": "1.001193", "TENTTHC": "Khai sinh", **changes}


def timed(*spans: dict[str, Any]) -> dict[str, Any]:
    return procedure(CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": list(spans)}])


@pytest.mark.parametrize(
    ("value", "unit", "note", "time"),
    [
        ("3", "Ngày làm việc", "", (3, TimeUnit.WORKING_DAY)),
        (" 3 ", "NGÀY LÀM VIỆC", "", (3, TimeUnit.WORKING_DAY)),
        (15, "Ngày", "", (15, TimeUnit.CALENDAR_DAY)),
        ("7,5", "Ngày làm việc", "", (60, TimeUnit.HOUR)),
        ("8", "Giờ", "", (8, TimeUnit.HOUR)),
        ("2", "Tháng", "", (2, TimeUnit.MONTH)),
        ("1", "Ngày làm việc", "Trong ngày làm việc", (1, TimeUnit.SAME_DAY)),
        ("3", "", "", None),
        ("3", "tuần", "", None),
        ("", "Ngày", "", None),
        ("không quá 3", "Ngày", "", None),
        ("0", "Ngày", "", None),
        ("99999", "Ngày", "", None),
        (None, None, None, None),
        (True, "Ngày", "", None),
    ],
)
def test_a_processing_time_is_read_or_left_open(
    value: Any, unit: Any, note: Any, time: tuple[int, TimeUnit] | None
) -> None:
    read = detail(timed({"THOIGIANGIAIQUYET": value, "DONVITINH": unit, "MOTA": note}))
    assert read.times == (frozenset() if time is None else {ProcessingTime(*time)})


def test_times_and_fees_of_all_ways_are_gathered() -> None:
    fees = [{"SoTien": "8000"}, {"SOTIEN": 0}, {"SOTIEN": "theo quy định"}, {"SOTIEN": "-5"}, "rác"]
    day = {"THOIGIANGIAIQUYET": "1", "DONVITINH": "Ngày", "PHILEPHI": fees}
    online = {"Kenh": "2", "ThoiGian": [{**day, "THOIGIANGIAIQUYET": "2", "PHILEPHI": None}]}
    read = detail(procedure(CACHTHUCTHUCHIEN=[{"THOIGIAN": [day]}, online, "rác"]))
    days = {ProcessingTime(1, TimeUnit.CALENDAR_DAY), ProcessingTime(2, TimeUnit.CALENDAR_DAY)}
    assert read.times == days
    assert read.fees_vnd == {8000, 0}


def test_fields_are_read_by_code() -> None:
    fields = [{"MALINHVUC": "G15-HT01", "TENLINHVUC": "Hộ tịch"}, {"TENLINHVUC": "không mã"}]
    assert detail(procedure(LINHVUCTHUCHIEN=fields)).fields == {"G15-HT01": "Hộ tịch"}


def test_the_digest_is_of_all_that_was_said_in_whatever_case() -> None:
    plain = detail(procedure(YEUCAU="Không", CANCUPHAPLY=[{"SOVANBAN": "1"}]))
    lower = detail(
        {"tenTTHC": "Khai sinh", "maTTHC": "1.001193", "yeuCau": "Không", "canCuPhapLy": [{"soVanBan": "1"}]}
    )
    other = detail(procedure(YEUCAU="Có", CANCUPHAPLY=[{"SOVANBAN": "1"}]))
    assert plain.digest == lower.digest != other.digest


@pytest.mark.parametrize("item", [None, "rác", [], {}, {"MATTHC": "1.001193"}, {"TENTTHC": "Khai sinh"}])
def test_what_is_no_procedure_is_refused(item: Any) -> None:
    with pytest.raises(ValueError, match="MATTHC"):
        detail(item)
