"""Stage: a folder, an empty database and the settings that the processes under test get in their environment."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from service.bench.engines import fresh_database
from service.mailing.dkim_keys import new_key
from service.preparing import prepare
from service.runtime import Runtime, build_runtime
from service.settings import PREFIX, Settings

SENDER = {
    "ENVIRONMENT": "development",
    "SENDER_NAME": "Kennispost (meting)",
    "SENDER_ADDRESS": "redactie@kennispost.example",
    "SENDER_POSTAL_ADDRESS": "Postbus 1, 1000 AA Voorbeeldstad",
    "BASE_URL": "https://kennispost.example",
    "TRANSPORT": "smtp",
    "SMTP_HOST": "127.0.0.1",
    "SMTP_SECURITY": "none",
}
"""Settings of every run; names without their prefix."""


SELECTOR = "bench"
"""Of the key that is made for a run."""


@dataclass(frozen=True)
class Stage:
    """What a run plays on. `runtime` is the harness's own view; `settings` are names without prefix, for other processes."""

    folder: Path
    runtime: Runtime
    settings: Mapping[str, str]

    def with_settings(self, **more: str) -> "Stage":
        """The same with these settings as well, for processes that start from here on."""
        return replace(self, settings={**self.settings, **more})

    def signing(self) -> "Stage":
        """The same with a new RSA key, with which processes that start from here on sign what they send."""
        new_key(self.runtime.settings, selector=SELECTOR)
        return self.with_settings(DKIM_SELECTOR=SELECTOR)

    def environment(self) -> dict[str, str]:
        """The environment of a process under test: ours, without settings that someone left in it."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        return bare | {f"{PREFIX}{name}": value for name, value in self.settings.items()}


@contextmanager
def staged(database: str, **more: str) -> Iterator[Stage]:
    """A stage with all tables and the register of municipalities; gone when the block ends. `more` adds settings.

    Raises:
        BenchRefused: that database cannot be had here.
    """
    with tempfile.TemporaryDirectory(prefix="kennispost-bench-") as name:
        folder = Path(name)
        with fresh_database(database, folder) as url:
            settings = {**SENDER, "DATA_DIR": str(folder), "DATABASE_URL": url, **more}
            known = {
                key.lower(): value for key, value in settings.items() if key.lower() in Settings.model_fields
            }
            runtime = build_runtime(Settings.model_validate(known))
            try:
                prepare(runtime, starter_sources=False)
                yield Stage(folder=folder, runtime=runtime, settings=settings)
            finally:
                runtime.engine.dispose()
