"""Intake: each message of the mailbox is read, told apart and acted on, in one transaction of its own, and then marked.

Stopped between the transaction and the mark, the message is met again, recognised, and only marked: it acts once.
"""

import hashlib
import threading
from collections import Counter
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from service.database import reading, writing
from service.feedback.acting import act_on
from service.feedback.classifying import classify_read
from service.feedback.reading import Read, read_message
from service.feedback.returned import Done, ReturnedMail
from service.feedback.sources import Source, source_of
from service.feedback.whose import delivery_of
from service.runtime import Runtime

log = structlog.get_logger()


@dataclass
class IntakeReport:
    """What a run came to: messages by what was done with them, those that were known, and those that failed."""

    done: Counter[str] = field(default_factory=Counter)
    known: int = 0
    failed: int = 0

    def __str__(self) -> str:
        """In words, for a log and for the desk."""
        parts = [f"{number} {done}" for done, number in sorted(self.done.items())]
        parts += [f"{self.known} known already"] * bool(self.known) + [f"{self.failed} failed"] * bool(
            self.failed
        )
        return ", ".join(parts) or "nothing came back"


def fetch_returned(
    runtime: Runtime, *, stop: threading.Event | None = None, source: Source | None = None
) -> IntakeReport:
    """Take in all that waits in the mailbox of the settings, or in `source`. Any number of processes may.

    Raises:
        NoMailbox: it is not set, cannot be opened, or stops answering; what was taken in stays so.
    """
    report = IntakeReport()
    with source or source_of(runtime.settings) as opened:
        for key, raw in opened.waiting():
            if stop is not None and stop.is_set():
                break
            try:
                done = take_in(runtime, raw)
            except (
                Exception
            ) as error:  # a defect met in one message must not hold up those behind it; it stays unmarked
                log.exception("returned mail failed", key=key, problem=type(error).__name__)
                report.failed += 1
                continue
            if done is None:
                report.known += 1
            else:
                report.done[done] += 1
            opened.mark(key)
    return report


def take_in(runtime: Runtime, raw: bytes) -> Done | None:
    """Act on one message, once; None when it was taken in before."""
    read = read_message(raw)
    delivery_id = delivery_of(runtime.settings, read)
    digest = digest_of(read, raw, delivery_id)
    with reading(runtime.engine) as session:
        if session.exec(select(ReturnedMail.id).where(ReturnedMail.digest == digest)).first() is not None:
            return None
    finding = classify_read(read)
    now = runtime.clock()
    row = ReturnedMail(
        digest=digest,
        at=now,
        kind=finding.kind,
        status=finding.status,
        reason=finding.reason,
        done=Done.NOTHING,
    )
    with writing(runtime.engine) as session:
        if not _is_first(session, row):
            return None
        done = act_on(session, runtime.settings, finding=finding, read=read, delivery_id=delivery_id, now=now)
        row.done, row.delivery_id = done, None if done is Done.NOT_OURS else delivery_id
        session.add(row)
    return done


def _is_first(session: Session, row: ReturnedMail) -> bool:
    """Put the row there; False when it is there already, perhaps by another process at this very moment."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return False
    return True


def digest_of(read: Read, raw: bytes, delivery_id: int | None) -> str:
    """The same for each copy of a message, whatever servers wrote above it on its way.

    The delivery is part of it: else a stranger's copy without our token, come first, would keep the true one out.
    """
    _, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = "\n".join(
        [str(delivery_id), *(read.header(name) for name in ("message-id", "date", "from", "subject"))]
    )
    return hashlib.sha256(kept.encode("utf-8", "replace") + b"\0" + body).hexdigest()
