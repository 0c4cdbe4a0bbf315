"""Logs go to where standard error is when something is said, not to where it was when logging began."""

import io
import sys

import pytest
import structlog

from service.logs import set_up_logs


def test_logs_survive_the_stream_that_they_began_on(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    set_up_logs()
    log = structlog.get_logger()
    log.info("early")
    monkeypatch.setattr(sys, "stderr", second)
    first.close()
    log.info("late")
    assert '"event": "late"' in second.getvalue()
