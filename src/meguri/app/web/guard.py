"""Who may ask, how much at once, and what a browser may do with the answer. Thin, plain ASGI."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Refuse = Callable[[Scope, int, str], App]

LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")
COOKIE = "meguri_token"
BODY = 64 << 20  # bytes of an upload
PLAIN_BODY = 1 << 20  # bytes of any other request
SLOWEST = 30.0  # [s] without a byte of a body
SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # drawn figures set styles of their own
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Guard:
    """Around the application: host, token, origin, size and pace of bodies, headers of every answer.

    Parameters
    ----------
    hosts : set of str
        Names under which the server may be asked; anything else is a page elsewhere that was led here.
    token : str or None
        Needed by every request when given; compared in constant time.
    """

    def __init__(self, app: App, hosts: set[str], token: str | None, refuse: Refuse) -> None:
        self._app, self._hosts, self._token, self._refuse = app, hosts, token, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        sending = _with_headers(send)
        if refused is not None:
            await self._refuse(scope, *refused)(scope, receive, sending)
        elif self._token is not None and scope["method"] == "GET" and _asked(scope):
            await _redirect(scope, sending, self._token)  # links then do not show it
        else:
            await self._app(scope, _Body(receive, _most(scope), scope).receive, sending)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and key of why a request is not answered."""
        headers = headers_of(scope)
        host = headers.get("host", "")
        if _name(host) not in self._hosts:
            return 421, "wrong_host"
        if self._token is not None and not self._known(scope, headers):
            return 401, "no_token"
        origin = headers.get("origin")
        crossed = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if scope["method"] not in SAFE and (
            crossed or (origin is not None and urlsplit(origin).netloc != host)
        ):
            return 403, "other_site"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > _most(scope):
            return 413, "too_large"
        return None

    def _known(self, scope: Scope, headers: dict[str, str]) -> bool:
        given = [headers.get("authorization", "").removeprefix("Bearer "), _cookie(headers), _asked(scope)]
        wanted = str(self._token).encode()
        return any(secrets.compare_digest(one.encode(), wanted) for one in given)


class _Body:
    """A body that is neither too large nor too slow."""

    def __init__(self, receive: Receive, most: int, scope: Scope) -> None:
        self._receive, self._left, self._scope = receive, most, scope
        self._ended = False

    async def receive(self) -> MutableMapping[str, Any]:
        if self._ended:  # what follows is only the news that the reader went away
            return await self._receive()
        try:
            message = await asyncio.wait_for(self._receive(), SLOWEST)
        except TimeoutError:
            return self._stopped(408, "too_slow")
        self._left -= len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        return self._stopped(413, "too_large") if self._left < 0 else message

    def _stopped(self, status: int, key: str) -> MutableMapping[str, Any]:
        """No more is read; who reads the body is told why."""
        self._scope["cut_short"] = status, key
        return {"type": "http.disconnect"}


def _most(scope: Scope) -> int:
    path = scope["path"]
    return BODY if path.startswith("/api/v1/workspaces/") and not path.endswith("/jobs") else PLAIN_BODY


def headers_of(scope: Scope) -> dict[str, str]:
    """Headers by name; a repeated one holds its last value."""
    return {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]}


def _name(host: str) -> str:
    """The name of a host without its port.

    Examples
    --------
    >>> _name("localhost:8765"), _name("[::1]:8765")
    ('localhost', '[::1]')
    """
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def _cookie(headers: dict[str, str]) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _asked(scope: Scope) -> str:
    return dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("token", "")


async def _redirect(scope: Scope, send: Send, token: str) -> None:
    """The same address without the token, which is now in a cookie of this site only."""
    rest = [
        (name, text) for name, text in parse_qsl(scope["query_string"].decode("latin-1")) if name != "token"
    ]
    place = scope["path"] + (f"?{urlencode(rest)}" if rest else "")
    place = "/" + place.lstrip("/")  # never another host
    cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
    headers = [(b"location", place.encode("latin-1", "ignore")), (b"set-cookie", cookie.encode())]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            given = {name.lower() for name, _ in message["headers"]}
            more = [(name.encode(), text.encode()) for name, text in HEADERS.items()]
            message["headers"] = [*message["headers"], *(one for one in more if one[0] not in given)]
        await send(message)

    return sending
