"""Aim: for whom an issue is, as its pages say it: the approver must see who gets it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as rows
from sqlmodel import Session

from content.issues import Issue
from content.vocabulary import Vocabulary
from service.desk.segment_words import sentence
from service.mailing.targeting import predicates_now, readers_for
from subscribers.errors import SegmentBroken, SegmentFault
from subscribers.segments.expression import parse_expression


@dataclass(frozen=True)
class Aim:
    """`name` and `sentence` are of the issue's segment, "" for everyone of the stream; `readers` is None when it is broken."""

    name: str
    sentence: str
    readers: int | None


def aim_of(session: Session, vocabulary: Vocabulary, issue: Issue, language: str, *, now: datetime) -> Aim:
    """For whom an issue is, and how many they are now."""
    try:
        said = ""
        if issue.audience is not None:
            said = sentence(parse_expression(issue.audience), predicates_now(session, vocabulary), language)
        readers = readers_for(session, vocabulary, issue, now=now).subquery()
    except (SegmentBroken, SegmentFault):
        return Aim(issue.audience_name, said, None)
    counted = session.connection().execute(rows(func.count()).select_from(readers)).scalar_one()
    return Aim(issue.audience_name, said, counted)
