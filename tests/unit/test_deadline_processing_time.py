import pytest

from services.core.domain.deadline import InvalidProcessingTime, ProcessingTime, TimeUnit


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("3", "working_day", ProcessingTime(3, TimeUnit.WORKING_DAY)),
        ("8", "hour", ProcessingTime(8, TimeUnit.HOUR)),
        ("1", "same_day", ProcessingTime(1, TimeUnit.SAME_DAY)),
        ("30", "calendar_day", ProcessingTime(30, TimeUnit.CALENDAR_DAY)),
        ("12", "month", ProcessingTime(12, TimeUnit.MONTH)),
        ("5.0", "calendar_day", ProcessingTime(5, TimeUnit.CALENDAR_DAY)),
        ("7.5", "working_day", ProcessingTime(60, TimeUnit.HOUR)),
        ("6.25", "working_day", ProcessingTime(50, TimeUnit.HOUR)),
        ("4.75", "working_day", ProcessingTime(38, TimeUnit.HOUR)),
    ],
)
def test_catalogue_texts_are_read(value: str, unit: str, expected: ProcessingTime) -> None:
    assert ProcessingTime.parse(value, unit) == expected


@pytest.mark.parametrize(
    ("value", "unit", "fault", "pointer"),
    [
        ("", "working_day", "not-a-number", "/processing_time_value"),
        ("-1", "working_day", "not-a-number", "/processing_time_value"),
        ("1e3", "working_day", "not-a-number", "/processing_time_value"),
        ("NaN", "working_day", "not-a-number", "/processing_time_value"),
        ("٣", "working_day", "not-a-number", "/processing_time_value"),
        ("0", "working_day", "out-of-range", "/processing_time_value"),
        ("3651", "working_day", "out-of-range", "/processing_time_value"),
        ("2", "same_day", "out-of-range", "/processing_time_value"),
        ("7.1", "working_day", "not-whole", "/processing_time_value"),
        ("0.5", "month", "not-whole", "/processing_time_value"),
        ("3", "day", "unknown-unit", "/processing_time_unit"),
        ("3", "", "unknown-unit", "/processing_time_unit"),
    ],
)
def test_what_gives_no_due_time_is_refused(value: str, unit: str, fault: str, pointer: str) -> None:
    with pytest.raises(InvalidProcessingTime) as refused:
        ProcessingTime.parse(value, unit)
    assert (refused.value.facts["fault"], refused.value.pointer) == (fault, pointer)


def test_the_limits_hold_without_parsing_too() -> None:
    with pytest.raises(InvalidProcessingTime):
        ProcessingTime(0, TimeUnit.HOUR)
    with pytest.raises(InvalidProcessingTime):
        ProcessingTime(2, TimeUnit.SAME_DAY)
