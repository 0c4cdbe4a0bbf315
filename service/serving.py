"""Serving: uvicorn with our application; a signal ends it, and what runs beside it, within five seconds."""

import signal
import socket
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from service.errors import PortTaken

GRACE_SECONDS = 2


class Server(uvicorn.Server):
    """uvicorn, which on a signal also tells the work beside it to stop, before it waits for open connections."""

    def __init__(self, config: uvicorn.Config, *, stop: threading.Event | None) -> None:
        super().__init__(config)
        self.stop = stop

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """A signal came."""
        if self.stop is not None:
            self.stop.set()
        # Not uvicorn's own: that raises the signal again at the end, and SIGTERM would cut off the work before it is settled.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


def serve(app: FastAPI, *, host: str, port: int, stop: threading.Event | None = None) -> None:
    """Serve until a signal comes.

    Proxy headers are not uvicorn's business: `service.web.client` believes only the proxies that the operator trusts.

    Raises:
        PortTaken: something else listens there, or this machine does not have the address.
    """
    config = uvicorn.Config(
        app,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with listening(host, port) as listener:
        Server(config, stop=stop).run(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there.

    Raises:
        PortTaken: something else listens there, or this machine does not have the address.
    """
    try:
        family, _kind, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PortTaken(
            f"Port {port} of {host} cannot be used ({reason}). Choose another with --port."
        ) from error
