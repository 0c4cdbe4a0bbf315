"""`kennispost mailings`: look at mailings and steer them, as the desk does. Output is JSON Lines."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from service.audit import COMMAND_LINE
from service.cli.failing import stated_failures
from service.cli.watching import described, watch_mailing
from service.database import reading, writing
from service.errors import TitleNotTyped
from service.mailing.entries import Entry, walk
from service.mailing.failures import reasons
from service.mailing.latecomers import add_late_comers
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import DeliveryState, Mailing
from service.mailing.progress import progress_of
from service.mailing.steering import cancel, pause, resume, retry
from service.mailing.uncertain import lay_to_rest, resend
from service.preparing import prepare_or_refuse
from service.runtime import Runtime, build_runtime
from service.settings import load_settings

mailings = typer.Typer(
    name="mailings", help="Mailings: watch, pause, resume, cancel, send again.", no_args_is_help=True
)

WRONG_USE = 2

MailingId = Annotated[
    int, typer.Argument(metavar="ID", help="Of the mailing, as `mailings list` shows it.", min=1)
]
Deliveries = Annotated[
    list[int] | None,
    typer.Option("--delivery", help="One uncertain delivery; may be given more than once.", min=1),
]
Everyone = Annotated[bool, typer.Option("--all", help="All uncertain deliveries that nobody decided about.")]


@mailings.command("list")
def listed(
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1)] = 50,
) -> None:
    """Print mailings: {"id","title","stream","state","pause","created_at","finished_at","planned","states"}."""
    with stated_failures():
        runtime = _runtime()
        with reading(runtime.engine) as session:
            wanted = select(Mailing).where(col(Mailing.urgent).is_(False)).order_by(col(Mailing.id).desc())
            for mailing in session.exec(wanted.limit(limit)).all():
                _say(described(mailing, progress_of(session, mailing, now=runtime.clock())))


@mailings.command()
def show(
    mailing_id: MailingId,
    deliveries: Annotated[
        bool,
        typer.Option(
            "--deliveries", help="A line for each reader as well: who, when, which server, which reply."
        ),
    ] = False,
    state: Annotated[
        DeliveryState | None, typer.Option(help="With --deliveries: only those in this state.")
    ] = None,
) -> None:
    """Print a mailing with why deliveries failed; with --deliveries, who got it and who did not."""
    with stated_failures():
        runtime = _runtime()
        with reading(runtime.engine) as session:
            mailing = mailing_by_id(session, mailing_id)
            why = [vars(reason) for reason in reasons(session, mailing=mailing)]
            line = described(mailing, progress_of(session, mailing, now=runtime.clock()))
            _say(line | {"pause_reply": mailing.pause_reply, "failures": why})
            if deliveries or state is not None:
                for entry in walk(session, mailing=mailing, state=state):
                    _say(_entry(entry))


@mailings.command()
def watch(
    mailing_id: MailingId,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines instead of a bar.")] = False,
    every: Annotated[float, typer.Option(help="Seconds between looks.", min=0.2)] = 1.0,
) -> None:
    """Follow a mailing until it stands still: finished, cancelled or paused. Ctrl-C stops watching, not sending."""
    with stated_failures():
        watch_mailing(_runtime(), mailing_id, as_json=as_json, every=every)


@mailings.command("pause")
def paused(mailing_id: MailingId) -> None:
    """Let nothing more leave; what was handed over settles. Prints {"id","did","state"}."""
    _steer(
        mailing_id, lambda session, mailing, now: pause(session, mailing=mailing, by=COMMAND_LINE, now=now)
    )


@mailings.command("resume")
def resumed(mailing_id: MailingId) -> None:
    """Go on after a pause. Prints {"id","did","state"}."""
    _steer(
        mailing_id, lambda session, mailing, now: resume(session, mailing=mailing, by=COMMAND_LINE, now=now)
    )


@mailings.command("cancel")
def cancelled(
    mailing_id: MailingId,
    title: Annotated[
        str | None, typer.Option(help="The mailing's title, to confirm; asked for when it is left out.")
    ] = None,
) -> None:
    """Stop for good: who did not get it never does. Asks for the title. Prints {"id","did","state"}."""

    def act(session: Session, mailing: Mailing, now: Any) -> bool:
        if typed != mailing.title:
            raise TitleNotTyped(f"That is not the title. Mailing {mailing_id} is {mailing.title!r}.")
        return cancel(session, mailing=mailing, by=COMMAND_LINE, now=now)

    if title is None and not sys.stdin.isatty():
        typer.echo("This cannot be undone: confirm it with --title.", err=True)
        raise typer.Exit(code=WRONG_USE)
    typed = title if title is not None else typer.prompt("The title of the mailing to cancel", err=True)
    _steer(mailing_id, act)


@mailings.command("retry")
def retried(mailing_id: MailingId) -> None:
    """Try the failures again, and nobody else. Prints {"id","did","state"}; `did` is how many."""
    _steer(
        mailing_id, lambda session, mailing, now: retry(session, mailing=mailing, by=COMMAND_LINE, now=now)
    )


@mailings.command("resend")
def resent(mailing_id: MailingId, delivery: Deliveries = None, everyone: Everyone = False) -> None:
    """Send uncertain deliveries again: their readers may get it twice. Prints {"id","did","state"}."""
    _decide(resend, mailing_id, delivery, everyone)


@mailings.command("lay-to-rest")
def rested(mailing_id: MailingId, delivery: Deliveries = None, everyone: Everyone = False) -> None:
    """Leave uncertain deliveries as they are; they ask for nothing any more. Prints {"id","did","state"}."""
    _decide(lay_to_rest, mailing_id, delivery, everyone)


@mailings.command("late-comers")
def late_comers(mailing_id: MailingId) -> None:
    """Send it to the readers of its stream who came after it was planned. Prints {"id","did","state"}."""
    with _steering(mailing_id) as (runtime, session, mailing):
        did = add_late_comers(session, runtime, mailing=mailing, by=COMMAND_LINE, now=runtime.clock())
        line = {"id": mailing.id, "did": did, "state": mailing.state}
    _say(line)


def _decide(act: Callable[..., int], mailing_id: int, delivery: list[int] | None, everyone: bool) -> None:
    if everyone == bool(delivery):
        typer.echo("Name deliveries with --delivery, or say --all: one of the two.", err=True)
        raise typer.Exit(code=WRONG_USE)
    _steer(
        mailing_id,
        lambda session, mailing, now: act(
            session, mailing=mailing, by=COMMAND_LINE, now=now, ids=delivery or None
        ),
    )


def _steer(mailing_id: int, act: Callable[[Session, Mailing, Any], int]) -> None:
    """Do it in one transaction, and say what it came to after the commit."""
    with _steering(mailing_id) as (runtime, session, mailing):
        did = act(session, mailing, runtime.clock())
        line = {"id": mailing.id, "did": did, "state": mailing.state}
    _say(line)


@contextmanager
def _steering(mailing_id: int) -> Iterator[tuple[Runtime, Session, Mailing]]:
    with stated_failures():
        runtime = _runtime()
        with writing(runtime.engine) as session:
            yield runtime, session, mailing_by_id(session, mailing_id)


def _entry(entry: Entry) -> dict[str, Any]:
    delivery = entry.delivery
    return {
        "delivery": delivery.id,
        "address": entry.address,
        "state": delivery.state,
        "reply": delivery.reply,
        "message_id": delivery.message_id,
        "due_at": delivery.due_at.isoformat(),
        "attempts": [
            {
                "at": one.at.isoformat(),
                "server": one.server,
                "outcome": one.outcome,
                "code": one.code,
                "reply": one.reply,
            }
            for one in entry.attempts
        ],
        "decisions": [
            {"at": one.at.isoformat(), "by": one.by, "verdict": one.verdict} for one in entry.decisions
        ],
    }


def _runtime() -> Runtime:
    runtime = build_runtime(load_settings())
    prepare_or_refuse(runtime)
    return runtime


def _say(line: dict[str, Any]) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False))
