"""Forty sample readers over municipalities, partners and interests. Names are invented; addresses end in .example."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session

from service.runtime import Runtime
from subscribers.people import Stream
from subscribers.search import resolve_organisation
from subscribers.signup import confirm, sign_up

READERS = Path(__file__).parent / "readers.csv"

FORTNIGHT = 14
"""Days over which they came: so each mail of the welcome series finds someone for whom it is the next."""


def add_readers(
    session: Session,
    runtime: Runtime,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    path: Path = READERS,
) -> int:
    """Sign up and confirm the sample readers, over the days of a fortnight before now; give how many.

    With `since` and `until` only those who came from the one moment on, and before the other.

    Raises:
        ValueError: a reader's organisation is not among those known: a defect of the file.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    came = [(now - timedelta(days=number % FORTNIGHT), row) for number, row in enumerate(rows)]
    wanted = [
        (moment, row)
        for moment, row in came
        if (since is None or since <= moment) and (until is None or moment < until)
    ]
    for moment, row in wanted:
        organisation = resolve_organisation(session, text=row["organisation"])
        if organisation is None:
            raise ValueError(f"{path.name}: {row['organisation']!r} is not among the organisations.")
        asked = sign_up(
            session,
            address=row["address"],
            name=row["name"],
            organisation_keys=[organisation.key],
            interests=row["interests"].split(),
            language=row["language"],
            vocabulary=runtime.vocabulary,
            source="demo",
            now=moment,
            extra_streams=[Stream.WEBINARS],
        )
        confirm(session, reference=asked.subscriber.reference, now=moment, source="demo")
    return len(wanted)
