"""The welcome series for tests: all of it in use, newcomers, and days that go by."""

from sqlmodel import col, select

from content.approval import approve, content_hash
from content.issues import Issue
from content.welcome import (
    WelcomeStep,
    begin_series,
    switch,
)
from service.database import reading, writing
from service.mailing.outbox import Delivery, Mailing
from service.mailing.welcoming import use_version, welcome_newcomers
from service.runtime import Runtime
from tests.builders import a_reader

ED, PUB = "ed@kennispost.example", "pub@kennispost.example"
STREAMS = ("monthly", "welcome")


def the_series(runtime: Runtime, *, on: bool = True) -> None:
    """All ten texts of the starter in use."""
    now = runtime.clock()
    with writing(runtime.engine) as session:
        for version, issue in begin_series(session, by=ED, now=now):
            approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=now)
            use_version(session, version=version, issue=issue, now=now)
        if on:
            switch(session, on=True, now=now)


def a_newcomer(runtime: Runtime, address: str = "jan@emmen.example", **more) -> int:
    with writing(runtime.engine) as session:
        return a_reader(session, runtime.clock(), address, streams=STREAMS, **more).id or 0


def a_day(runtime: Runtime) -> str:
    with writing(runtime.engine) as session:
        return welcome_newcomers(session, runtime, now=runtime.clock())


def days(runtime: Runtime, number: int) -> None:
    for _ in range(number):
        runtime.clock.advance(days=1)
        a_day(runtime)


def got(runtime: Runtime, reader: int) -> list[tuple[int, str]]:
    """The steps that this reader has a delivery of, with the language, in the order in which they were queued."""
    with reading(runtime.engine) as session:
        had = (
            select(WelcomeStep.step, Issue.language)
            .join(Mailing, col(Mailing.issue_id) == col(WelcomeStep.issue_id))
            .join(Issue, col(Issue.id) == col(WelcomeStep.issue_id))
            .join(Delivery, col(Delivery.mailing_id) == col(Mailing.id))
        )
        return list(
            session.exec(had.where(Delivery.subscriber_id == reader).order_by(col(Delivery.id))).all()
        )
