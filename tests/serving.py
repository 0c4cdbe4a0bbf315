"""The real site on loopback for tests: uvicorn in a thread, on a free port."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI

from service.runtime import Runtime
from service.web.app import make_app


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve an application for as long as the block runs; gives its address, without a slash at the end."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # who comes before the server is up waits, instead of being refused
    config = uvicorn.Config(
        app, proxy_headers=False, access_log=False, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.fixture
def site(runtime: Runtime) -> Iterator[str]:
    """The address of the site, running on this runtime."""
    with serving(make_app(runtime)) as address:
        yield address
