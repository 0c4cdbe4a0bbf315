"""Fitting: the drafts of the welcome series, with the interventions from which each reader gets those that fit."""

from datetime import datetime

from sqlmodel import Session

from content.featuring import add_intervention
from content.interventions.browsing import browse
from content.interventions.tables import Intervention
from content.scales import DUTCH, level_of
from content.vocabulary import Vocabulary
from content.welcome import Version, begin_series
from content.welcome_starter import starter_steps

MOST = 24
"""Interventions in a draft: enough for every topic, few enough for an editor to read before it is approved."""

LOOKED_AT = 1_000


def begin_fitting_series(
    session: Session, *, vocabulary: Vocabulary, address: str, by: str, now: datetime
) -> list[Version]:
    """`begin_series`, and into the steps that are about choosing the best supported interventions of the knowledge base.

    They are for nobody in particular: `choose` gives each reader those of their own topics. `address` is the public address of
    interventions, to which a card's own is added.
    """
    made = begin_series(session, by=by, now=now)
    about_choosing = {text.step for text in starter_steps() if text.interventions}
    for version, issue in made:
        if version.step in about_choosing:
            for one in best_supported(session):
                add_intervention(
                    session,
                    issue=issue,
                    intervention=one,
                    vocabulary=vocabulary,
                    address=address,
                    by=by,
                    now=now,
                )
    return made


def best_supported(session: Session, *, most: int = MOST) -> list[Intervention]:
    """Interventions about our subject, those with the strongest Dutch recognition first, and of equals by name."""
    return sorted(browse(session, limit=LOOKED_AT), key=_strength, reverse=True)[:most]


def _strength(one: Intervention) -> int:
    levels = (level_of(slug) for slug in one.levels.split())
    return max((level.rank for level in levels if level is not None and level.scale == DUTCH), default=0)
