"""What an answer on the wire comes to: HTTP status, body, code and message."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Failure,
    Outcome,
    Rejected,
    Throttled,
    Unknown,
)
from services.core.gateways.portal.reply import Answer, outcome_of_push, read, retry_after

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
DONE = "Đồng bộ hồ sơ thành công"


def body(code: object = 0, message: object = DONE, **more: object) -> bytes:
    return json.dumps({"error_code": code, "message": message, "result": [], **more}).encode()


def push(
    status: int, content: bytes, headers: dict[str, str] | None = None, *, may_exist: bool = True
) -> Outcome:
    """Read an answer and classify it, as a create does."""
    answer = read(status, headers or {}, content, now=NOW)
    return outcome_of_push(answer, may_exist=may_exist) if isinstance(answer, Answer) else answer


def unreadable(content: bytes, status: int = 200) -> Unknown:
    return Unknown(f"HTTP {status}, unreadable body of {len(content)} bytes")


@pytest.mark.parametrize(
    ("code", "message", "outcome"),
    [
        (0, DONE, Accepted(DONE)),
        ("0", DONE, Accepted(DONE)),
        ("00", DONE, Accepted(DONE)),
        (" 0 ", DONE, Accepted(DONE)),
        (0, None, Accepted("")),
        (0, "", Accepted("")),
        ("3", "Cập nhật THÀNH CÔNG", Accepted("Cập nhật THÀNH CÔNG")),
        (-3, DONE, Accepted(DONE)),
        ("-3", unicodedata.normalize("NFD", DONE), Accepted(DONE)),
        ("3", "Cập nhật không thành công", Rejected("3", "Cập nhật không thành công")),
        (3, "Chưa được thành công", Rejected("3", "Chưa được thành công")),
        (0, "Đồng bộ không thành công", Unknown("0: Đồng bộ không thành công")),
        (3, "Hồ sơ D-1 đã tồn tại", AlreadyExists("Hồ sơ D-1 đã tồn tại")),
        ("-3", "HỒ SƠ ĐÃ TỒN TẠI", AlreadyExists("HỒ SƠ ĐÃ TỒN TẠI")),
        (-1, unicodedata.normalize("NFD", "Hồ sơ đã tồn tại"), AlreadyExists("Hồ sơ đã tồn tại")),
        (-1, "Hồ sơ chưa tồn tại trên hệ thống", Rejected("-1", "Hồ sơ chưa tồn tại trên hệ thống")),
        ("-1", "MaTTHC không có", Rejected("-1", "MaTTHC không có")),
        (500, "x", Rejected("500", "x")),
        ("0x", "x", Rejected("0x", "x")),
        ("000", DONE, Rejected("000", DONE)),
        ("-1", "Lỗi hệ thống", Unknown("-1: Lỗi hệ thống")),
        (99, "Cổng đang BẢO TRÌ", Unknown("99: Cổng đang BẢO TRÌ")),
        (-1, "Vui lòng thử lại sau", Unknown("-1: Vui lòng thử lại sau")),
        (-1, "Hệ thống quá tải", Unknown("-1: Hệ thống quá tải")),
        (-1, {"a": 1}, None),
        (None, DONE, None),
        ("", DONE, None),
        (True, DONE, None),
        (False, DONE, None),
        (0.0, DONE, None),
        ([0], DONE, None),
        ({"code": 0}, DONE, None),
    ],
)
def test_code_and_message_of_a_good_answer_decide(
    code: object, message: object, outcome: Outcome | None
) -> None:
    content = body(code, message)
    assert push(200, content) == (outcome or unreadable(content))


def test_an_update_is_refused_by_the_words_that_mean_to_a_create_that_it_is_there() -> None:
    content = body("-1", "Mã giấy tờ đã tồn tại")
    assert push(200, content, may_exist=False) == Rejected("-1", "Mã giấy tờ đã tồn tại")


@pytest.mark.parametrize(
    ("status", "content", "headers", "outcome"),
    [
        (200, b"", {}, Unknown("HTTP 200, unreadable body of 0 bytes")),
        (200, b"<html>Cong dang bao tri</html>", {}, Unknown("HTTP 200, unreadable body of 30 bytes")),
        (200, body()[:20], {}, Unknown("HTTP 200, unreadable body of 20 bytes")),
        (200, b"[]", {}, Unknown("HTTP 200, unreadable body of 2 bytes")),
        (200, b"{}", {}, Unknown("HTTP 200, unreadable body of 2 bytes")),
        (200, b"null", {}, Unknown("HTTP 200, unreadable body of 4 bytes")),
        (200, b"\xff\xfe\x00", {}, Unknown("HTTP 200, unreadable body of 3 bytes")),
        (200, b"[" * 100_000, {}, Unknown("HTTP 200, unreadable body of 100000 bytes")),
        (200, b'{"error_code":' + b"9" * 5000 + b"}", {}, Unknown("HTTP 200, unreadable body of 5015 bytes")),
        (200, b"\xef\xbb\xbf" + body(), {}, Accepted(DONE)),
        (201, body(), {}, Unknown("HTTP 201")),
        (204, b"", {}, Unknown("HTTP 204")),
        (206, body(), {}, Unknown("HTTP 206")),
        (302, b"", {"location": "/bao-tri"}, Unknown("HTTP 302")),
        (400, body(-1, "Thiếu trường"), {}, Rejected("HTTP 400", "Thiếu trường")),
        (400, b"Bad Request", {}, Unknown("HTTP 400, unreadable body of 11 bytes")),
        (401, b"", {}, AuthRefused("HTTP 401")),
        (403, body(), {}, AuthRefused("HTTP 403")),
        (404, b"<html></html>", {}, Unknown("HTTP 404, unreadable body of 13 bytes")),
        (404, body(0, DONE), {}, Rejected("HTTP 404", DONE)),
        (408, b"", {}, Unknown("HTTP 408")),
        (409, body(), {}, Unknown("HTTP 409")),
        (413, b"", {}, Rejected("HTTP 413", "")),
        (413, body(-1, "Quá lớn"), {}, Rejected("HTTP 413", "Quá lớn")),
        (422, body(-1, "Sai kiểu"), {}, Rejected("HTTP 422", "Sai kiểu")),
        (429, b"", {}, Throttled(None)),
        (429, b"", {"retry-after": "7"}, Throttled(timedelta(seconds=7))),
        (500, body(), {}, Unknown("HTTP 500")),
        (502, b"<html>", {}, Unknown("HTTP 502")),
        (503, b"", {}, Unknown("HTTP 503")),
        (503, b"", {"retry-after": "x"}, Throttled(None)),
        (503, b"", {"retry-after": "30"}, Throttled(timedelta(seconds=30))),
        (504, b"", {}, Unknown("HTTP 504", lingering=True)),
        (999, body(), {}, Unknown("HTTP 999")),
    ],
)
def test_a_situation_on_the_wire_comes_to(
    status: int, content: bytes, headers: dict[str, str], outcome: Outcome
) -> None:
    assert push(status, content, headers) == outcome


def wrapped(inner: object, code: object = "0") -> bytes:
    message = inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
    return json.dumps({"error_code": code, "message": message}).encode()


@pytest.mark.parametrize(
    ("inner", "outcome"),
    [
        ({"error_code": 0, "message": DONE}, Accepted(DONE)),
        ({"error_code": "-1", "message": "Sai"}, Rejected("-1", "Sai")),
        ({"message": "no code"}, None),
        ('{"error_code": 0, "mess', None),
        ("{", None),
        ('  {"error_code": 0}', Accepted("")),
        ("[1]", Accepted("[1]")),
    ],
)
def test_the_wrapping_of_a_gateway_proves_nothing(inner: object, outcome: Outcome | None) -> None:
    content = wrapped(inner)
    assert push(200, content) == (outcome or unreadable(content))


def test_a_gateway_that_wraps_an_object_is_unwrapped_as_well() -> None:
    content = json.dumps({"error_code": 0, "message": {"error_code": -1, "message": "Sai"}}).encode()
    assert push(200, content) == Rejected("-1", "Sai")


@pytest.mark.parametrize(
    ("code", "message", "refused"),
    [
        ("-2", "Phiên làm việc không tồn tại hoặc đã hết hạn, vui lòng đăng nhập lại", True),
        (-1, "Hết phiên", True),
        (-1, "Session expired", True),
        (-1, "Invalid SESSION", True),
        (-1, "Sai phiên bản dữ liệu", False),
        (-1, "Người nộp: Trần Văn Phiên", False),
        (0, "Phiên làm việc mới", False),
    ],
)
def test_a_refused_session_is_recognised_by_its_words(code: object, message: str, *, refused: bool) -> None:
    answer = read(200, {}, body(code, message), now=NOW)
    assert isinstance(answer, Answer)
    assert answer.session_refused is refused


@pytest.mark.parametrize(
    ("session", "kept"), [("abc", "abc"), ("", None), (None, None), (5, None), (["a"], None)]
)
def test_a_session_is_a_text(session: object, kept: str | None) -> None:
    answer = read(200, {}, body(session=session), now=NOW)
    assert isinstance(answer, Answer)
    assert answer.session == kept


@pytest.mark.parametrize(("result", "kept"), [([1], [1]), ([], []), (None, None), ({}, None), ("[]", None)])
def test_a_result_is_a_list(result: object, kept: list[Any] | None) -> None:
    answer = read(200, {}, body(result=result), now=NOW)
    assert isinstance(answer, Answer)
    assert answer.result == kept


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Số giấy tờ 000000000000 không hợp lệ", "Số giấy tờ [number] không hợp lệ"),
        ("000000000 và 000000000000", "[number] và [number]"),
        ("Hồ sơ H44.1-260105-0001, ngày 20260105080000", "Hồ sơ H44.1-260105-0001, ngày 20260105080000"),
        ("x" * 1000, "x" * 300),
        (12, "12"),
    ],
)
def test_the_portals_words_are_kept_short_and_without_identity_numbers(message: object, kept: str) -> None:
    assert push(200, body(-1, message)) == Rejected("-1", kept)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("1", 1),
        (" 30 ", 30),
        ("3600", 3600),
        ("0", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("９", None),
        ("9" * 5000, 86_400),
        ("Mon, 05 Jan 2026 02:01:00 GMT", 60),
        ("Mon, 05 Jan 2026 09:01:00 +0700", 60),
        ("Mon, 05 Jan 2026 02:01:00 -0000", 60),
        ("Mon, 05 Jan 2026 01:59:00 GMT", None),
        ("Mon, 05 Jan 99999 02:01:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", None),
    ],
)
def test_retry_after_is_read(value: str | None, wait: float | None) -> None:
    assert retry_after(value, now=NOW) == (None if wait is None else timedelta(seconds=wait))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
envelopes = st.fixed_dictionaries(
    {"error_code": documents}, optional={"message": documents, "result": documents, "session": documents}
).map(lambda content: json.dumps(content).encode())
statuses = st.integers(100, 599)
header_maps = st.dictionaries(st.just("retry-after"), st.text(max_size=40), max_size=1)
CLASSES = (Accepted, AlreadyExists, Rejected, Throttled, AuthRefused, Unknown)


@given(statuses, header_maps, st.binary(max_size=200) | envelopes)
def test_no_bytes_raise_and_all_come_to_an_outcome(
    status: int, headers: dict[str, str], content: bytes
) -> None:
    outcome = push(status, content, headers)
    assert isinstance(outcome, CLASSES)
    if isinstance(outcome, Accepted):
        assert status == 200


@given(st.binary(max_size=300))
def test_bytes_that_are_no_envelope_are_never_an_acceptance(content: bytes) -> None:
    answer: Answer | Failure = read(200, {}, content, now=NOW)
    if isinstance(answer, Answer):
        assert b"error_code" in content or b"\\u" in content or b"\x00" in content


@given(st.integers(1, len(body()) - 1))
def test_a_cut_answer_is_never_an_acceptance(length: int) -> None:
    assert push(200, body()[:length]) == unreadable(body()[:length])


@given(st.text(max_size=60))
def test_any_retry_after_is_harmless(value: str) -> None:
    wait = retry_after(value, now=NOW)
    assert wait is None or wait >= timedelta()
