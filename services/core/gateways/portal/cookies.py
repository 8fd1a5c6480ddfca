"""The cookies of the portal's answers."""

import httpcore
import httpx


class KeptCookies:
    """Those of a load balancer, say, that keeps a session on one machine."""

    def __init__(self, url: httpx.URL) -> None:
        self._url = url
        self._cookies = httpx.Cookies()

    def keep(self, response: httpcore.Response) -> None:
        """Take what an answer sets, in place of what it set before."""
        request = httpx.Request("POST", self._url)
        self._cookies.extract_cookies(httpx.Response(200, headers=response.headers, request=request))

    def header(self) -> bytes | None:
        """Give the value of the `Cookie` header, if there is any to send."""
        if not self._cookies:
            return None
        request = httpx.Request("POST", self._url)
        self._cookies.set_cookie_header(request)
        value: str | None = request.headers.get("cookie")
        return None if value is None else value.encode()
