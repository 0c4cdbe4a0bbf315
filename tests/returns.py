"""Mail that comes back, for tests: sent mailings, and messages to their return paths."""

from dataclasses import replace
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from sqlmodel import col, func, select

from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.maildir import arrived, read_all
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.runtime import Runtime
from service.verp import return_path
from subscribers.people import Subscriber
from subscribers.suppression import is_suppressed
from tests.mailings import deliveries, plan

_NUMBERS = count()

BOUNCES = Path(__file__).parent / "fixtures" / "bounces"


def sent(runtime: Runtime, readers: int = 3) -> list[Delivery]:
    """A mailing that left; its deliveries."""
    plan(runtime, readers=readers)
    deliver_due(runtime)
    return deliveries(runtime)


def returned(runtime: Runtime, delivery: Delivery | int, fixture: str = "postfix-user-unknown") -> bytes:
    """A message of the fixtures, as it is delivered at the return path of this delivery."""
    number = delivery if isinstance(delivery, int) else delivery.id or 0
    raw = (BOUNCES / f"{fixture}.eml").read_bytes()
    return f"Delivered-To: {return_path(runtime.settings, number)}\n".encode() + raw


def answer(runtime: Runtime, delivery: Delivery, text: str = "Kunt u mij bellen?", **headers: str) -> bytes:
    """A person's answer to a mail, sent to its return path."""
    message = EmailMessage()
    message["From"] = "Lezer <lezer0@gemeente.example>"
    message["To"] = return_path(runtime.settings, delivery.id or 0)
    message["Subject"] = "Re: Kennispost december 2026"
    message["Message-ID"] = "<antwoord@gemeente.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def a_maildir(folder: Path, *messages: bytes) -> Path:
    """A Maildir as a relay fills it."""
    for part in ("new", "cur", "tmp"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for message in messages:
        number = next(_NUMBERS)
        (folder / "tmp" / f"1765{number:06}.M1P1.relay").write_bytes(message)
        (folder / "tmp" / f"1765{number:06}.M1P1.relay").rename(
            folder / "new" / f"1765{number:06}.M1P1.relay"
        )
    return folder


def with_settings(runtime: Runtime, **changed: object) -> Runtime:
    """The runtime with other settings."""
    return replace(runtime, settings=runtime.settings.model_copy(update=changed))


def suppressed(runtime: Runtime, address: str) -> bool:
    """Whether an address is on the list."""
    with reading(runtime.engine) as session:
        return is_suppressed(session, address=address, keys=runtime.settings.signing_keys())


def letters(runtime: Runtime, kind: str) -> int:
    """How many letters of a kind were queued."""
    with reading(runtime.engine) as session:
        return session.exec(select(func.count()).select_from(Mailing).where(Mailing.kind == kind)).one()


def again(runtime: Runtime) -> None:
    """The same readers in another mailing, sent."""
    with writing(runtime.engine) as session:
        mailing = Mailing(kind="issue", planned=3, created_at=runtime.clock())
        session.add(mailing)
        session.flush()
        for reader in session.exec(select(Subscriber).order_by(col(Subscriber.id))):
            session.add(
                Delivery(
                    mailing_id=mailing.id or 0, subscriber_id=reader.id, state=DeliveryState.PLANNED, due_at=runtime.clock(),
                )
            )  # fmt: skip
        mailing.kind = "already-subscribed"  # a letter: the same way out, without another issue
    deliver_due(runtime)


def mail_of(runtime: Runtime) -> list[EmailMessage]:
    """What the built-in mailbox holds."""
    return [one.message for one in read_all(arrived(runtime.settings))]
