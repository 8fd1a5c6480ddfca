"""A province's service platform (LGSP), which carries the SOAP of the exchange platform within JSON."""

import base64
import json
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PlatformAccess:
    """What the platform wants of a province's system: OAuth client credentials, and the names that it gave.

    The five names travel with every question (portal-interface 4.1). That the token is asked for by client
    credentials in a Basic header (RFC 6749, 4.4) is inferred: only that it is OAuth has been seen.
    """

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    access_key: str
    secret_key: str = field(repr=False)
    app_name: str
    partner_code: str
    partner_code_customer: str

    def carry(self, envelope: bytes, *, token: str, account: str, secret: str) -> bytes:
        """Wrap a SOAP call; `account` and `secret` are the officers' key and password."""
        names = {
            "AccessKey": self.access_key,
            "SecretKey": self.secret_key,
            "AppName": self.app_name,
            "PartnerCode": self.partner_code,
            "PartnerCodeCus": self.partner_code_customer,
        }
        body = {
            "accessToken": f"Bearer {token}",
            "lgspAccessToken": _base64(json.dumps(names)),
            "AuthHash": _base64(f"{account}:{secret}"),
            "data": envelope.decode(),
        }
        return json.dumps(body).encode()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
