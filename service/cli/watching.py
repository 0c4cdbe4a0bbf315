"""Watching a mailing in the terminal: a bar, the rate and the time left; plain lines where there is none; JSON Lines."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from service.database import reading
from service.i18n import in_words, span
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Mailing, MailingState
from service.mailing.progress import Progress, progress_of
from service.runtime import Runtime

PLAIN_SECONDS = 10
"""How often a line is written where there is no terminal."""

Show = Callable[[Mailing, Progress], None]


def watch_mailing(runtime: Runtime, mailing_id: int, *, as_json: bool, every: float) -> None:
    """Look every so many seconds and show it, until the mailing stands still.

    Raises:
        UnknownMailing: there is none with this id.
    """
    console = Console()
    with ExitStack() as stack:
        stack.enter_context(suppress(KeyboardInterrupt))
        if as_json:
            show: Show = _lines
        elif console.is_terminal:
            show = _bar(stack.enter_context(_made(console)))
        else:
            show, every = _plain, max(every, PLAIN_SECONDS)
        while _look(runtime, mailing_id, show):
            time.sleep(every)


def described(mailing: Mailing, progress: Progress) -> dict[str, Any]:
    """A mailing as a line of JSON."""
    return {
        "id": mailing.id,
        "title": mailing.title,
        "stream": mailing.stream,
        "state": mailing.state,
        "pause": mailing.pause,
        "created_at": mailing.created_at.isoformat(),
        "finished_at": mailing.finished_at.isoformat() if mailing.finished_at else None,
        "planned": mailing.planned,
        "states": dict(progress.counts),
    }


def _look(runtime: Runtime, mailing_id: int, show: Show) -> bool:
    """Show how it stands; whether it will be different the next time."""
    with reading(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        show(mailing, progress_of(session, mailing, now=runtime.clock()))
        winding = mailing.state == MailingState.CANCELLED and mailing.finished_at is None
        return mailing.state == MailingState.SENDING or winding


def _lines(mailing: Mailing, progress: Progress) -> None:
    left = round(progress.left.total_seconds()) if progress.left is not None else None
    figures = {
        "at": progress.now.isoformat(),
        "done": progress.done,
        "speed": round(progress.speed, 2),
        "average": round(progress.average, 2),
        "seconds_left": left,
    }
    typer.echo(json.dumps(described(mailing, progress) | figures, ensure_ascii=False))


def _plain(mailing: Mailing, progress: Progress) -> None:
    typer.echo(
        f"{progress.now:%H:%M:%S} {mailing.title}: {progress.done:,} of {progress.total:,}, {in_english(progress)}"
    )


def in_english(progress: Progress) -> str:
    """What goes behind the bar: rate, time left, and what needs a person."""
    parts = []
    if progress.state == MailingState.SENDING and progress.on_the_way:
        parts += [in_words(progress.speed, "en"), f"average {in_words(progress.average, 'en')}"]
        parts += (
            [f"{span(progress.left, 'en')} left"] if progress.left is not None else ["nothing leaves now"]
        )
    elif progress.state != MailingState.SENDING:
        parts.append(progress.state)
    if progress.next_at is not None:
        parts.append(f"{progress.counts['deferred']:,} deferred until {progress.next_at:%H:%M} UTC")
    parts += [
        f"{progress.counts[state]:,} {state}" for state in ("failed", "uncertain") if progress.counts[state]
    ]
    return ", ".join(parts)


def _made(console: Console) -> Bar:
    return Bar(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[words]}", markup=False),
        console=console,
    )


def _bar(bar: Bar) -> Show:
    task = bar.add_task("", total=None, words="")

    def show(mailing: Mailing, progress: Progress) -> None:
        words = f"{progress.done:,} of {progress.total:,}, {in_english(progress)}"
        bar.update(
            task,
            description=mailing.title,
            total=progress.total,
            completed=progress.done,
            words=words,
            refresh=True,
        )

    return show
