"""What the page's server takes from a browser, and what it allows the browser to do.

Gradio serves more than this page needs: uploads, files, proxies, its own API. Only what the page
asks for is let through, and the page is told by its headers to ask nothing of any other host.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST_REQUEST = 512 * 1024  # bytes; the longest question with its history is a fifth of it

_FILES = ("/assets/", "/static/")
_PATHS = ("/", "/config", "/theme.css", "/favicon.ico", "/manifest.json", "/robots.txt")
_CALLS = ("/gradio_api/component_server", "/gradio_api/component_server/")
_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio configures itself in inline scripts and compiles the templates of its components.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
    )
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_LOCAL = ("127.0.0.1", "localhost", "::1")


class Boundary:
    """Lets through what the page needs; everything else is "404 Not Found".

    With `local`, requests for another name than this machine's are refused: a page elsewhere could
    otherwise have its own name lead here, and read what is held.
    """

    def __init__(self, app: App, *, local: bool) -> None:
        self._app = app
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            status = self._status(scope)
            if status == 200:
                await self._app(scope, receive, _with_headers(send))
            else:
                await _refuse(send, status)

    def _status(self, scope: Scope) -> int:
        """200 for what is let through, else the status of the refusal."""
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if self._local and _host(headers.get(b"host", "")) not in _LOCAL:
            return 421
        path, method = scope["path"], scope["method"]
        if method in ("GET", "HEAD"):
            return 200 if path in _PATHS or path.startswith(_FILES) else 404
        if method != "POST" or path not in _CALLS:
            return 404
        # Another site can send a form here unasked, but not JSON.
        if headers.get(b"content-type", "").partition(";")[0].strip() != "application/json":
            return 415
        length = headers.get(b"content-length", "")
        return 200 if length.isdigit() and int(length) <= LARGEST_REQUEST else 413


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_HEADERS]
        await send(message)

    return sending


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*_HEADERS]})
    await send({"type": "http.response.body", "body": b""})
