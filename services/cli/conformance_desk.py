"""Driver of the conformance report for this system itself, started for the occasion; see docs/conformance."""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from services.cli.demo.run import TUNING
from services.cli.development import end_on_sigterm
from services.cli.seeding import provide_catalogue, provide_client
from services.cli.stack import Stack

_TIMEOUT_SECONDS: Final = 30.0


class Counter:
    """Desk software with a key, which hands in what the report asks for."""

    def __init__(self, api: str, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": "vi"}
        self._http = httpx.Client(base_url=api, headers=headers, timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._recorded: dict[str, list[Any]] = {}

    def take(self, dossier: Mapping[str, Any]) -> None:
        """Create a dossier, or record the steps it has got since; raises `httpx.HTTPStatusError`."""
        code, history = dossier["code"], dossier["history"]
        # The first hand-over is the creation, and a repeated one has to say the same.
        created = self._recorded.setdefault(code, history)
        answer = self._http.post(
            "/v1/dossiers", json=_filing(dossier, created), headers={"Idempotency-Key": code}
        )
        answer.raise_for_status()
        present = self._http.get(f"/v1/dossiers/{code}").raise_for_status()
        known = len(self._http.get(f"/v1/dossiers/{code}/timeline").raise_for_status().json()["entries"])
        etag = present.headers["ETag"]
        for step in history[known:]:
            recorded = self._http.post(f"/v1/dossiers/{code}/progress", json=step, headers={"If-Match": etag})
            etag = recorded.raise_for_status().headers["ETag"]


def _filing(dossier: Mapping[str, Any], history: list[Any]) -> dict[str, Any]:
    return {
        "code": dossier["code"],
        "procedure_code": dossier["procedure_code"],
        "unit_code": dossier["unit_code"],
        "channel": "direct",
        "filing_mode": "assisted",
        "applicant": {"kind": "citizen", "name": dossier["applicant_name"]},
        "summary": dossier["summary"],
        "due_at": dossier["due_at"],
        "history": history,
    }


def _messages() -> Iterator[dict[str, Any]]:
    for line in sys.stdin:
        yield json.loads(line)


def _answer(word: str, *, yes: bool = True, reason: str = "") -> None:
    sys.stdout.write(json.dumps({word: yes, "reason": reason}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Start everything for the portal named in the first line, and serve lines until there are no more."""
    end_on_sigterm()
    messages = _messages()
    portal = next(messages)["portal"]
    account = {
        "LIENTHONG_PORTAL_USERNAME": portal["username"],
        "LIENTHONG_PORTAL_PASSWORD": portal["password"],
        "LIENTHONG_PORTAL_DSTCODE": portal["dstcode"],
    }
    with (
        tempfile.TemporaryDirectory(prefix="lienthong-conformance-") as folder,
        Stack(
            Path(folder), tuning=TUNING | account, any_ports=True, portal=portal["url"], citizens=0
        ) as stack,
    ):
        provide_catalogue(stack.database_url)
        key = provide_client(stack.database_url)
        stack.start_services(lambda _name: None)
        counter = Counter(stack.addresses.api, key)
        _answer("ready")
        for message in messages:
            _take_all(counter, message["dossiers"])


def _take_all(counter: Counter, dossiers: list[Mapping[str, Any]]) -> None:
    try:
        for dossier in dossiers:
            counter.take(dossier)
    except httpx.HTTPStatusError as refusal:
        problem = refusal.response.text[:300]
        _answer("taken", yes=False, reason=f"{refusal.response.status_code} {problem}")
    else:
        _answer("taken")


if __name__ == "__main__":
    main()
