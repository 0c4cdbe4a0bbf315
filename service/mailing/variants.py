"""Variants: `choose` runs once for each profile of a mailing; each different choice is rendered once for all who share it."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, insert
from sqlalchemy import select as rows
from sqlmodel import Session, col, select

from content.choosing import Candidate, Chosen, Limits, Profile, choose
from content.issues import Issue, candidates_of, limits_of
from service.mailing.counting import counted
from service.mailing.edition import Edition, edition_of
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice, Variant
from service.mailing.rendering import refuse_too_large, render_issue
from service.settings import Settings
from subscribers.profiles import profiles_of_keys

AT_ONCE = 500
"""Profiles that pass by together."""

Group = tuple[str, str]
"""A profile's key and a language."""


@dataclass(frozen=True)
class _Work:
    """What choosing for one mailing works with. `known` maps a choice in a language to its variant."""

    session: Session
    settings: Settings
    mailing: Mailing
    edition: Edition
    candidates: tuple[Candidate, ...]
    limits: Limits
    known: dict[str, int] = field(default_factory=dict)


def choose_variants(session: Session, settings: Settings, mailing: Mailing, issue: Issue) -> None:
    """Choose and render for every profile that waits in this mailing and has no choice yet.

    Raises:
        MailRefused: a variant is larger than mail programs show.
    """
    work = _Work(
        session,
        settings,
        mailing,
        counted(session, settings, issue, edition_of(session, issue)),
        candidates_of(session, issue),
        limits_of(issue),
    )
    rendered = select(Variant.key, Variant.id).where(Variant.mailing_id == mailing.id)
    work.known.update((key, number or 0) for key, number in session.exec(rendered))
    for groups in _groups(session, mailing):
        profiles = profiles_of_keys(session, {key for key, _ in groups})
        choices = [_choice(work, group, profiles.get(group[0], Profile())) for group in groups]
        session.connection().execute(insert(ProfileChoice), choices)


def variant_key(blocks: Iterable[Chosen], language: str) -> str:
    """Equal for equal choices in one language: who shares it shares what is rendered. Reasons are no part of it."""
    text = f"{language}:{','.join(str(block.block_id) for block in blocks)}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _groups(session: Session, mailing: Mailing) -> Iterator[Sequence[Group]]:
    chosen = exists().where(
        col(ProfileChoice.mailing_id) == mailing.id,
        col(ProfileChoice.profile_key) == col(Delivery.profile_key),
        col(ProfileChoice.language) == col(Delivery.language),
    )
    wanted = (
        rows(col(Delivery.profile_key), col(Delivery.language))
        .where(col(Delivery.mailing_id) == mailing.id, col(Delivery.state) == DeliveryState.PLANNED, ~chosen)
        .distinct()
    )
    streamed = session.connection().execute(wanted, execution_options={"yield_per": AT_ONCE})
    for batch in streamed.partitions():
        yield [(key, language) for key, language in batch]


def _choice(work: _Work, group: Group, profile: Profile) -> dict[str, object]:
    blocks = choose(work.candidates, work.limits, profile)
    return {
        "mailing_id": work.mailing.id,
        "profile_key": group[0],
        "language": group[1],
        "variant_id": _variant(work, blocks, group[1]) if blocks else None,
        "reasons": {str(block.block_id): list(block.reasons) for block in blocks},
    }


def _variant(work: _Work, blocks: Sequence[Chosen], language: str) -> int:
    key = variant_key(blocks, language)
    if key not in work.known:
        part = work.edition.only({block.block_id for block in blocks})
        rendered = render_issue(part, settings=work.settings, language=language)
        refuse_too_large(rendered)
        values = {"mailing_id": work.mailing.id, "key": key, "language": language}
        texts = {"subject": rendered.subject, "html": rendered.html, "text": rendered.text}
        made = work.session.connection().execute(
            insert(Variant).returning(col(Variant.id)), {**values, **texts}
        )
        work.known[key] = made.scalar_one() or 0
    return work.known[key]
