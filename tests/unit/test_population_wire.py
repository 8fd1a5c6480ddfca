"""The words of the population database, line by line, and what each answer comes to."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from defusedxml.ElementTree import fromstring

from services.core.domain.identity import IdentityNumber, Sex
from services.core.domain.lookup import (
    Address,
    Asker,
    Birth,
    Match,
    Mismatch,
    NotFound,
    Outcome,
    Question,
    Refusal,
    Refused,
    Unavailable,
    Unknown,
)
from services.core.gateways.population import wire
from services.core.gateways.population.reply import read_message, read_soap

NUMBER, NAME = "001190000123", "Đặng Thị Hòa & Con"
QUESTION = Question(
    UUID(int=7),
    Asker(IdentityNumber("001090000001"), "H44.101"),
    IdentityNumber(NUMBER),
    NAME,
    Birth(1990, date(1990, 5, 21)),
)
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CALL, DATA = "http://dancuquocgia.bca", "http://www.mic.gov.vn/dancu/1.0"


def person(**changes: str) -> str:
    parts = {
        "SoDinhDanh": NUMBER,
        "SoCMND": "111222333",
        "HoVaTen": "<d:Ho/><d:ChuDem/><d:Ten>ĐẶNG THỊ HÒA &amp; CON</d:Ten>",
        "GioiTinh": "0",
        "NgayThangNamSinh": "<d:Nam>1990</d:Nam><d:NgayThangNam>19900521</d:NgayThangNam>",
        "ThuongTru": "<d:MaTinhThanh>25</d:MaTinhThanh><d:MaQuanHuyen/><d:MaPhuongXa>90001</d:MaPhuongXa>"
        "<d:ChiTiet>Tổ 3</d:ChiTiet>",
        "NoiOHienTai": "",
        **changes,
    }
    return (
        "<d:CongDan>"
        + "".join(f"<d:{name}>{value}</d:{name}>" for name, value in parts.items())
        + "</d:CongDan>"
    )


def answer(*people: str) -> str:
    return (
        f'<x:Envelope xmlns:x="{SOAP}"><x:Body><c:TraCuuThongTinCongDanResponse xmlns:c="{CALL}">'
        f'<d:CongdanCollection xmlns:d="{DATA}">{"".join(people)}</d:CongdanCollection>'
        "</c:TraCuuThongTinCongDanResponse></x:Body></x:Envelope>"
    )


def fault(side: str, words: str = "Lỗi") -> str:
    return (
        f'<x:Envelope xmlns:x="{SOAP}"><x:Body><x:Fault><faultcode>x:{side}</faultcode>'
        f"<faultstring>{words}</faultstring></x:Fault></x:Body></x:Envelope>"
    )


def soap(body: str | bytes, status: int = 200, **headers: str) -> Outcome:
    raw = body.encode() if isinstance(body, str) else body
    return read_soap(QUESTION, status, {n.replace("_", "-"): v for n, v in headers.items()}, raw)


FOUND = Match(
    IdentityNumber(NUMBER),
    "ĐẶNG THỊ HÒA & CON",
    Birth(1990, date(1990, 5, 21)),
    Sex.FEMALE,
    Address("25", "90001", "Tổ 3"),
    None,
    IdentityNumber("111222333"),
)


def test_elements_leave_in_the_order_of_the_contract() -> None:
    body = fromstring(wire.envelope(QUESTION, account="tk"))[0]
    call = body[0]
    assert call.tag == f"{{{CALL}}}TraCuuThongTinCongDan"
    assert [(part.tag.split("}")[1], part.text) for part in call] == [
        ("MaYeuCau", QUESTION.id.hex),
        ("MaDVC", "VPCP"),
        ("MaTichHop", "037"),
        ("MaCanBo", "001090000001"),
        ("MaDonVi", "H44.101"),
        ("TaiKhoan", "tk"),
        ("SoDienThoai", "0"),
        ("SoDinhDanh", NUMBER),
        ("HoVaTen", "ĐẶNG THỊ HÒA & CON"),
        ("NgayThangNamSinh", None),
    ]
    assert [(part.tag.split("}")[1], part.text) for part in call[-1]] == [("NgayThangNam", "19900521")]


def test_an_old_card_and_a_year_travel_under_their_own_names() -> None:
    old = Question(QUESTION.id, QUESTION.asker, IdentityNumber("111222333"), NAME, Birth(1951))
    call = fromstring(wire.envelope(old, account=""))[0][0]
    assert call[-3].tag.endswith("SoCMND")
    assert [(part.tag.split("}")[1], part.text) for part in call[-1]] == [("Nam", "1951")]


@pytest.mark.parametrize("prefixes", ["x c d", "soapenv ns1 ns2", "S ns2 ns3"])
def test_prefixes_mean_nothing(prefixes: str) -> None:
    text = answer(person())
    for old, new in zip(("x", "c", "d"), prefixes.split(), strict=True):
        text = text.replace(f"<{old}:", f"<{new}:").replace(f"</{old}:", f"</{new}:")
        text = text.replace(f"xmlns:{old}=", f"xmlns:{new}=")
    assert soap(text) == FOUND


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (answer(person()), FOUND),
        (answer(), NotFound()),
        (answer(person(HoVaTen="<d:Ho/><d:ChuDem/><d:Ten/>")), NotFound()),
        (answer(person(HoVaTen="<d:Ten>Người Khác</d:Ten>")), Mismatch(("name",))),
        (answer(person(SoDinhDanh="001190000999")), Mismatch(("number",))),
        (answer(person(NgayThangNamSinh="<d:Nam>1991</d:Nam>")), Mismatch(("birth",))),
        (answer(person(NgayThangNamSinh="")), Unknown("person without number or birth")),
        (answer(person(SoDinhDanh="", SoCMND="abc")), Unknown("person without number or birth")),
        ("<html>bảo trì</html>", Unknown("no SOAP envelope")),
        (answer(person())[:-30], Unknown("no XML")),
        (f'<x:Envelope xmlns:x="{SOAP}"><x:Body/></x:Envelope>', Unknown("no collection")),
        ('<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', Unknown("no XML")),
        (b"\xff\xfe\x00", Unknown("no XML")),
        ("", Unavailable("HTTP 200, empty")),
        (fault("Client", f"Sai quyền của {NUMBER}"), Refused(Refusal.BY_DATABASE, "Sai quyền của …")),
        (fault("Server"), Unavailable("fault: Lỗi")),
    ],
)
def test_what_an_answer_comes_to(body: str | bytes, outcome: Outcome) -> None:
    assert soap(body) == outcome


@pytest.mark.parametrize(
    ("status", "body", "headers", "outcome"),
    [
        (401, fault("Client"), {}, Unavailable("HTTP 401, credentials")),
        (403, "", {}, Unavailable("HTTP 403, credentials")),
        (429, "", {"retry_after": "7"}, Unavailable("HTTP 429", timedelta(seconds=7))),
        (503, "", {"retry_after": "7"}, Unavailable("HTTP 503", timedelta(seconds=7))),
        (503, "<html/>", {}, Unavailable("HTTP 503")),
        (429, "", {"retry_after": "morgen"}, Unavailable("HTTP 429")),
        (502, "<html/>", {}, Unavailable("HTTP 502")),
        (302, "", {}, Unavailable("HTTP 302, empty")),
        (500, "<html/>", {}, Unavailable("HTTP 500")),
        (500, fault("Client", "Thiếu MaCanBo"), {}, Refused(Refusal.BY_DATABASE, "Thiếu MaCanBo")),
        (500, fault("Server"), {}, Unavailable("fault: Lỗi")),
    ],
)
def test_what_a_status_comes_to(status: int, body: str, headers: dict[str, str], outcome: Outcome) -> None:
    assert soap(body, status, **headers) == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('{"error_code": "0", "message": "@"}', NotFound()),
        ('{"error_code": 0, "message": "@"}', NotFound()),
        ('{"error_code": "-1", "message": "Sai MaCanBo"}', Refused(Refusal.BY_DATABASE, "Sai MaCanBo")),
        ('{"error_code": "0", "message": "bảo trì"}', Unknown("no XML")),
        ('{"error_code": "0"}', Unknown("no message")),
        ('{"message": "x"}', Unknown("no error_code")),
        ("[]", Unknown("no message")),
        ("<html>", Unknown("no JSON")),
        ("", Unavailable("HTTP 200, empty")),
    ],
)
def test_what_a_gateways_message_comes_to(body: str, outcome: Outcome) -> None:
    raw = body.replace("@", answer().replace('"', '\\"')).encode()
    assert read_message(QUESTION, 200, {}, raw) == outcome


@pytest.mark.parametrize("number", [NUMBER, "111222333", "0912345678"])
def test_no_words_of_the_database_carry_a_number_or_the_name(number: str) -> None:
    said = soap(fault("Client", f"{NAME.upper().replace('&', '&amp;')} {number} không có quyền"), 500)
    assert said == Refused(Refusal.BY_DATABASE, "… … không có quyền")
