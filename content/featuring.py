"""Featuring: an intervention, or a change to one, as a block of an issue. The block copies the card as it is now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from content.composing import add_block, escape_markdown, section_by_key, touch
from content.errors import BlockRefused, UnknownIntervention
from content.interventions.card_lines import card_lines
from content.interventions.cards import Card, card_of
from content.interventions.changes import UNPUBLISHED, Change, Kind
from content.interventions.databases import database_name
from content.interventions.tables import (
    ChangeEvent,
    EventState,
    Intervention,
    SourceRecord,
    intervention_by_id,
    whole,
)
from content.interventions.wording import KINDS, sentence
from content.issues import Block, BlockKind, Issue, Section, sections_of
from content.plaintext import shortened
from content.vocabulary import Vocabulary

SECTION = "practice"
"""Where interventions stand, unless an editor moves them."""

MOST_SOURCES = 3
"""Sources that a block names; the card has them all."""

SUMMARY = 280
"""Signs of a summary that a mail quotes; the rest stands on the card's own page."""


def add_intervention(
    session: Session,
    *,
    issue: Issue,
    intervention: Intervention,
    vocabulary: Vocabulary,
    address: str,
    by: str,
    now: datetime,
) -> Block:
    """Put an intervention's card into an issue.

    Args:
        session: a transaction that writes.
        issue: one that can still change.
        intervention: what is featured.
        vocabulary: the words for its tags.
        address: the public address of interventions ("https://…/interventies"), to which the card's own is added.
        by: the editor.
        now: the moment.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: it stands in this issue already.
    """
    touch(session, issue=issue, by=by, now=now)
    refuse_twice(session, issue, intervention_id=intervention.id or 0, event=None)
    card = card_of(session, intervention)
    block = _block(session, issue, card, kind=BlockKind.INTERVENTION, vocabulary=vocabulary, address=address)
    block.title, block.body = card.name, _summary(card)
    return add_block(session, issue, block)


def add_change(
    session: Session,
    *,
    issue: Issue,
    event: ChangeEvent,
    vocabulary: Vocabulary,
    address: str,
    by: str,
    now: datetime,
) -> Block:
    """Put a change to an intervention into an issue, with its card below the sentence that says what changed.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: it stands in this issue already, or it is one that is never published.
    """
    touch(session, issue=issue, by=by, now=now)
    if event.kind in UNPUBLISHED:
        raise BlockRefused("A record that is only missing from a list is never published.")
    refuse_twice(session, issue, intervention_id=event.intervention_id, event=event)
    intervention = whole(session, intervention_by_id(session, event.intervention_id))
    card = card_of(session, intervention)
    block = _block(session, issue, card, kind=BlockKind.CHANGE, vocabulary=vocabulary, address=address)
    kind = KINDS[Kind(event.kind)].label("nl")
    block.title, block.event_id = f"{card.name}: {kind}", event.id
    block.body = escape_markdown(event_sentence(session, event, language="nl"))
    event.state = EventState.USED
    session.add(event)
    return add_block(session, issue, block)


def restore_featured(
    session: Session, *, issue: Issue, section_key: str, record: Mapping[str, Any], by: str, now: datetime
) -> Block:
    """Put back a block that was removed, with the card as it was then; its change is used again.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: the intervention or the change stands in this issue again already.
    """
    touch(session, issue=issue, by=by, now=now)
    event = session.get(ChangeEvent, record["event_id"]) if record["event_id"] else None
    refuse_twice(session, issue, intervention_id=record["intervention_id"], event=event)
    if event is not None:
        event.state = EventState.USED
        session.add(event)
    names = ("kind", "title", "body", "link", "source_name", "intervention_id", "event_id", "tags", "details")
    block = Block(
        issue_id=issue.id or 0,
        section_id=section_by_key(session, issue, section_key).id or 0,
        position=0,
        **{name: record[name] for name in names},
    )
    return add_block(session, issue, block)


def refuse_twice(session: Session, issue: Issue, *, intervention_id: int, event: ChangeEvent | None) -> None:
    """Hold an issue to one card of an intervention, and one block of a change.

    Raises:
        BlockRefused: it stands in this issue already.
    """
    there = select(Block).where(Block.issue_id == issue.id)
    if event is not None:
        there = there.where(Block.event_id == event.id)
    else:
        there = there.where(Block.intervention_id == intervention_id, Block.kind == BlockKind.INTERVENTION)
    if session.exec(there).first() is not None:
        raise BlockRefused("This intervention or change is in the issue already.")


def event_sentence(session: Session, event: ChangeEvent, *, language: str) -> str:
    """What happened, in a sentence that names the database."""
    record = session.get(SourceRecord, event.record_id) if event.record_id else None
    return sentence(
        as_change(event), database=database_name(record.source_key) if record else "", language=language
    )


def as_change(event: ChangeEvent) -> Change:
    """A row as a plain value."""
    return Change(
        kind=Kind(event.kind),
        key="",
        field=event.field,
        old=event.old,
        new=event.new,
        flagged=event.flagged,
        derived=event.derived,
    )


def event_by_id(session: Session, event_id: int) -> ChangeEvent:
    """The event with this number.

    Raises:
        UnknownIntervention: there is none.
    """
    event = session.get(ChangeEvent, event_id)
    if event is None:
        raise UnknownIntervention(f"There is no change {event_id}.")
    return event


def _block(
    session: Session, issue: Issue, card: Card, *, kind: BlockKind, vocabulary: Vocabulary, address: str
) -> Block:
    return Block(
        issue_id=issue.id or 0,
        section_id=_section(session, issue).id or 0,
        kind=kind,
        position=0,
        title="",
        link=f"{address}/{card.slug}",
        source_name="; ".join(card.source_names[:MOST_SOURCES]),
        intervention_id=card.intervention_id,
        tags=[slug for slug in card.slugs if slug in vocabulary.by_slug],
        details=[line.as_record() for line in card_lines(card, vocabulary)],
    )


def _summary(card: Card) -> str:
    said = card.first("summary")
    return escape_markdown(shortened(said.text, SUMMARY)) if said else ""


def _section(session: Session, issue: Issue) -> Section:
    sections = sections_of(session, issue)
    return next((section for section in sections if section.key == SECTION), sections[0])
