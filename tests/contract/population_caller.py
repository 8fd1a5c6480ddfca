"""A desk system as the population database meets it: plain httpx, SOAP written out by hand."""

import base64
import hashlib
import json
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

USER, SECRET = "lienthong-thu", "bi-mat-thu-nghiem"
DIRECT, GATEWAY, JSON_GATEWAY = "/dancuquocgia", "/lgsp/dancuquocgia", "/lgsp/json/dancuquocgia"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
CALL = "{http://dancuquocgia.bca}"
ANSWER = "{http://www.mic.gov.vn/dancu/1.0}"


def elements(person: Mapping[str, Any], **changes: str) -> dict[str, str]:
    """The elements of a look-up, in their order; one changed to the empty text is left out."""
    birth = person["birth"]
    form = "Nam" if len(birth) == 4 else "NgayThangNam"
    ordered = {
        "MaYeuCau": "yc-1",
        "MaDVC": "VPCP",
        "MaTichHop": "037",
        "MaCanBo": "001090000001",
        "SoDinhDanh": person["number"],
        "HoVaTen": person["name"],
        "NgayThangNamSinh": f"<{form}>{birth}</{form}>",
        **changes,
    }
    return {name: value for name, value in ordered.items() if value}


def soap(
    parts: Mapping[str, str] | list[tuple[str, str]],
    *,
    operation: str = "TraCuuThongTinCongDan",
    qualified: bool = True,
) -> str:
    pairs = parts if isinstance(parts, list) else list(parts.items())
    content = "".join(f"<{name}>{value}</{name}>" for name, value in pairs)
    if qualified:
        call = f'<{operation} xmlns="http://dancuquocgia.bca">{content}</{operation}>'
    else:
        call = f'<d:{operation} xmlns:d="http://dancuquocgia.bca">{content}</d:{operation}>'
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<e:Header/><e:Body>{call}</e:Body></e:Envelope>"
    )


def basic(user: str, secret: str) -> str:
    return base64.b64encode(f"{user}:{secret}".encode()).decode()


def hashed(url: str, stamp: str, *, user: str = USER, secret: str = SECRET) -> dict[str, str]:
    """The headers that open the direct way."""
    digest = hashlib.sha256(f"{url}{user}{stamp}{secret}".encode()).hexdigest()
    return {"Timestamp": stamp, "Authorization": f"Basic {basic(user, digest)}"}


@dataclass
class Caller:
    address: str
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.address, timeout=10)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def hashed(self, stamp: str, *, user: str = USER, secret: str = SECRET) -> dict[str, str]:
        return hashed(self.address + DIRECT, stamp, user=user, secret=secret)

    def post(self, text: str | bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask directly, with good credentials unless others are given."""
        given = self.hashed(str(int(time.time() * 1000))) if headers is None else headers
        fixed = {"Content-Type": "application/xml", "SOAPAction": '""'}
        return self.http.post(DIRECT, content=text, headers={**fixed, **given})

    def look_up(self, person: Mapping[str, Any], **changes: str) -> list[ET.Element]:
        response = self.post(soap(elements(person, **changes)))
        assert response.status_code == 200, response.text
        return citizens_in(response.text)

    def confirm(self, person: Mapping[str, Any], **changes: str) -> str | None:
        parts = elements(person, **({"MaTichHop": "003"} | changes))
        response = self.post(soap(parts, operation="XacThucThongTinCongDan"))
        body = parsed(response.text)
        return body.findtext(f".//{ANSWER}TonTai")

    def fault(self, response: httpx.Response) -> str:
        fault = parsed(response.text).find(f"{SOAP}Body/{SOAP}Fault")
        assert fault is not None, response.text
        return fault.findtext("faultstring") or ""

    def gateway_body(self, text: str, **changes: str) -> dict[str, str]:
        access = dict.fromkeys(("AccessKey", "SecretKey", "AppName", "PartnerCode", "PartnerCodeCus"), "x")
        return {
            "accessToken": f"Bearer {self.token()}",
            "lgspAccessToken": base64.b64encode(json.dumps(access).encode()).decode(),
            "AuthHash": basic(USER, SECRET),
            "data": text,
            **changes,
        }

    def token(self) -> str:
        response = self.http.post(
            "/lgsp/token",
            data={"grant_type": "client_credentials"},
            headers={"Authorization": f"Basic {basic(USER, SECRET)}"},
        )
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def control(self, method: str, path: str, body: object = None) -> Any:
        response = self.http.request(method, f"/_control{path}", json=body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def people(self, trait: str | None = None, limit: int = 100) -> list[dict[str, Any]]:
        query = f"?limit={limit}" + (f"&trait={trait}" if trait else "")
        rows: list[dict[str, Any]] = self.control("GET", f"/citizens{query}")["rows"]
        return rows


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - written by our own mock


def citizens_in(text: str) -> list[ET.Element]:
    """The people in an answer, found by namespace whatever the prefixes."""
    collection = parsed(text).find(
        f"{SOAP}Body/{CALL}TraCuuThongTinCongDanResponse/{ANSWER}CongdanCollection"
    )
    assert collection is not None, text
    return collection.findall(f"{ANSWER}CongDan")


def text_of(citizen: ET.Element, path: str) -> str:
    """The text at a path of plain names, such as `HoVaTen/Ten`."""
    found = citizen.find("/".join(ANSWER + name for name in path.split("/")))
    assert found is not None, path
    return found.text or ""
