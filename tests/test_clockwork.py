"""The clockwork, with a relay that is down."""

import socket
import threading
import time

import pytest

from service.runtime import Runtime
from service.schedule.clockwork import clockwork
from tests.test_delivering import plan


def test_a_relay_that_is_down_is_left_alone_for_a_while(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.schedule.clockwork.DELIVERY_SECONDS", 0.1)
    knocks: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as relay:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = relay.accept()
                except OSError:
                    return
                knocks.append(time.monotonic())
                connection.close()

        threading.Thread(target=refuse, daemon=True).start()
        down = runtime.settings.model_copy(
            update={
                "transport": "smtp",
                "smtp_host": "127.0.0.1",
                "smtp_port": relay.getsockname()[1],
                "smtp_security": "none",
                "smtp_connections": 1,
            }
        )
        plan(runtime, readers=3)
        with clockwork(Runtime(down, runtime.engine, runtime.clock, runtime.vocabulary)):
            deadline = time.monotonic() + 10
            while not knocks and time.monotonic() < deadline:
                time.sleep(0.05)
            time.sleep(1.5)
        relay.close()
    assert len(knocks) in (1, 2), "one tick's tries, and none of the dozen ticks after it"
