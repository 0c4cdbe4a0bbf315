"""A planned mailing for tests: over which relay it leaves and what became of it."""

from collections import Counter
from dataclasses import replace

from sqlmodel import col, select

from service.database import reading, writing
from service.mailing.claims import Claimed
from service.mailing.outbox import Delivery
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from tests.builders import a_reader, an_approved_issue
from tests.relay import Relay


def over_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    """The runtime with the test's relay."""
    changed = {
        "transport": "smtp",
        "smtp_host": "127.0.0.1",
        "smtp_port": relay.port,
        "smtp_security": "none",
        "smtp_timeout": 5,
        "smtp_message_timeout": 5,
    }
    return replace(runtime, settings=runtime.settings.model_copy(update=changed))


def plan(runtime: Runtime, readers: int = 3) -> int:
    """An issue for this many readers, planned; its mailing's id."""
    now = runtime.clock()
    with writing(runtime.engine) as session:
        for number in range(readers):
            a_reader(
                session, now, f"lezer{number}@gemeente.example", interests=["lachgas"], name=f"Lezer {number}"
            )
        issue = an_approved_issue(session, now, ("Lachgas in het verkeer", ["lachgas"]))
        return plan_issue(session, runtime, issue=issue, now=now).id


def a_claim(number: int = 1, **others) -> Claimed:
    """A delivery to a reader, claimed."""
    known = {
        "mailing_id": 1, "subscriber_id": number, "user_id": None, "profile_key": "", "language": "nl", "urgent": False,
        "attempts": 0, "first_tried_at": None, "message_id": "",
    }  # fmt: skip
    return Claimed(id=number, **known | others)


def states(runtime: Runtime, mailing_id: int) -> Counter[str]:
    with reading(runtime.engine) as session:
        return Counter(session.exec(select(Delivery.state).where(Delivery.mailing_id == mailing_id)))


def deliveries(runtime: Runtime) -> list[Delivery]:
    with reading(runtime.engine) as session:
        return list(session.exec(select(Delivery).order_by(col(Delivery.id))))
