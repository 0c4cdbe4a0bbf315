"""Reach: how many readers an issue has, and how many of them would get nothing, before it is sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as rows
from sqlmodel import Session

from content.choosing import Profile, choose
from content.issues import Issue, limits_of
from content.vocabulary import Vocabulary
from service.mailing.repeats import candidates_now
from service.mailing.targeting import readers_for
from subscribers.profiles import profiles_of_keys


@dataclass(frozen=True)
class Reach:
    """Readers whom the issue is for now; `nothing` of them would get no mail; `choices` counts the different mails."""

    readers: int
    nothing: int
    choices: int


def reach(session: Session, vocabulary: Vocabulary, issue: Issue, *, now: datetime) -> Reach:
    """Count once per profile, so that it costs profiles and not readers.

    Raises:
        SegmentBroken: the issue's segment cannot be asked any more.
    """
    readers = readers_for(session, vocabulary, issue, now=now).subquery()
    counted = rows(readers.c.profile_key, func.count()).group_by(readers.c.profile_key)
    groups: dict[str, int] = {row[0]: row[1] for row in session.connection().execute(counted)}
    candidates, limits = candidates_now(session, issue), limits_of(issue)
    profiles = profiles_of_keys(session, groups)
    chosen = {
        key: tuple(one.block_id for one in choose(candidates, limits, profiles.get(key, Profile())))
        for key in groups
    }
    return Reach(
        readers=sum(groups.values()),
        nothing=sum(number for key, number in groups.items() if not chosen[key]),
        choices=len({blocks for blocks in chosen.values() if blocks}),
    )
