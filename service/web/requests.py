"""Around each request: its body is held to a size, and a line goes to the log that carries no token and no address."""

import re
import time

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

LARGEST_FORM = 1024 * 1024
UPLOADS = (
    (re.compile(r"/redactie/abonnees/invoer"), 21 * 1024 * 1024),
    (re.compile(r"/redactie/webinars/\d+/sprekers/(nieuw|\d+)"), 9 * 1024 * 1024),
    (re.compile(r"/redactie/webinars/\d+/stukken/(nieuw|\d+)"), 21 * 1024 * 1024),
)
"""Where a form carries a file: its largest body, in bytes. What is in the file is held to limits of its own."""
QUIET = ("/healthz", "/readyz", "/static")


class BodyLimit:
    """ASGI middleware: a body over `LARGEST_FORM` bytes (or what `UPLOADS` says) ends in 413, whatever length it declared."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        received = 0
        path = scope.get("path", "")
        most = next((size for pattern, size in UPLOADS if pattern.fullmatch(path)), LARGEST_FORM)

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413)
            return message

        await self.app(scope, counted if scope["type"] == "http" else receive, send)


class RequestLog:
    """ASGI middleware: method, route and status of each request. The route, not the path: paths carry tokens."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith(QUIET):
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            milliseconds = round((time.perf_counter() - began) * 1000, 1)
            log.info("request", method=scope["method"], route=route, status=status, milliseconds=milliseconds)
