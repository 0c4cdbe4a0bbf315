"""Nearby: the webinars of editors around a moment, as the planning check sees them."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from content.terms import Vocabulary
from content.webinars.tables import Webinar, WebinarStatus
from service.webinars.almanac import almanac
from service.webinars.planning import NEAR, Planned, Warned, warnings_for


def warnings_at(
    session: Session,
    vocabulary: Vocabulary,
    *,
    starts_at: datetime,
    ends_at: datetime,
    tags: Collection[str],
    language: str,
    but: int | None = None,
) -> list[Warned]:
    """What speaks against a moment, beside drafts and published webinars of others; `but` is the webinar itself.

    Raises:
        DaysFault: the file of holidays cannot be read.
    """
    around = select(Webinar).where(
        Webinar.status != WebinarStatus.CANCELLED,
        col(Webinar.starts_at).between(starts_at - NEAR, starts_at + NEAR),
    )
    others = [
        Planned(
            title=one.title,
            starts_at=one.starts_at,
            topics={
                slug: vocabulary.by_slug[slug].label(language)
                for slug in one.tags
                if slug in vocabulary.by_slug
            },
        )
        for one in session.exec(around)
        if one.id != but
    ]
    return warnings_for(
        starts_at=starts_at,
        ends_at=ends_at,
        tags=tags,
        others=others,
        language=language,
        days=almanac(session),
    )


def as_json(warnings: Collection[Warned]) -> list[dict[str, object]]:
    """The warnings for a script on the form."""
    return [{"kind": one.kind, "text": one.text, "sure": one.sure} for one in warnings]
