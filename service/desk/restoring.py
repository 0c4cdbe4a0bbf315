"""Restoring: a removed block is kept whole in the audit, so that removing it can be undone."""

import json
from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from content.announcing import feature_webinar
from content.arranging import change_block, move_block
from content.composing import add_item, add_link, add_text
from content.errors import UnknownIssue
from content.featuring import restore_featured
from content.issues import Block, BlockKind, Issue, blocks_of, sections_of
from content.items import Item
from content.vocabulary import Vocabulary
from content.webinars.tables import webinar_by_id
from service.audit import Act, AuditEvent, note_act
from service.webinars.wording import in_both

KEPT = (
    "kind", "title", "body", "link", "source_name", "item_id", "tags", "everyone", "weight", "brought_by", "intervention_id",
    "event_id", "details", "webinar_id",
)  # fmt: skip


def as_record(session: Session, issue: Issue, block: Block) -> dict[str, Any]:
    """All that is needed to put a block back where it was."""
    siblings = [other.id for other in blocks_of(session, issue) if other.section_id == block.section_id]
    section = next(section for section in sections_of(session, issue) if section.id == block.section_id)
    return {**block.model_dump(include=set(KEPT)), "section": section.key, "place": siblings.index(block.id)}


def restore_block(
    session: Session, *, issue: Issue, event_id: int, vocabulary: Vocabulary, by: str, now: datetime
) -> Block:
    """Put back the block that this record of the audit tells of.

    Raises:
        UnknownIssue: no removal from this issue, or it was put back already.
        IssueClosed: the issue has been sent.
        BlockRefused: its item, intervention or change stands in the issue again already.
    """
    event = session.get(AuditEvent, event_id)
    if event is None or event.action != Act.BLOCK_REMOVED or event.subject != f"issue {issue.id}":
        raise UnknownIssue(f"Nothing was removed from this issue under {event_id}.")
    restored = AuditEvent.action == Act.BLOCK_RESTORED, AuditEvent.detail == str(event_id)
    if session.exec(select(AuditEvent).where(*restored)).first() is not None:
        raise UnknownIssue("This block was put back already.")
    note_act(
        session, actor=by, action=Act.BLOCK_RESTORED, now=now, subject=event.subject, detail=str(event_id)
    )
    record = json.loads(event.detail)
    block = _added(session, issue=issue, record=record, vocabulary=vocabulary, by=by, now=now)
    change_block(
        session,
        block=block,
        section_key=record["section"],
        title=record["title"],
        body=record["body"],
        link=record["link"],
        tags=record["tags"],
        everyone=record["everyone"],
        weight=record["weight"],
        by=by,
        now=now,
    )
    block.source_name, block.brought_by = record["source_name"], record["brought_by"]
    siblings = sum(other.section_id == block.section_id for other in blocks_of(session, issue))
    move_block(session, block=block, steps=record["place"] - (siblings - 1), by=by, now=now)
    return block


def _added(
    session: Session, *, issue: Issue, record: dict[str, Any], vocabulary: Vocabulary, by: str, now: datetime
) -> Block:
    item = session.get(Item, record["item_id"]) if record["item_id"] else None
    shared: dict[str, Any] = {"issue": issue, "section_key": record["section"], "by": by, "now": now}
    if item is not None:
        return add_item(session, item=item, vocabulary=vocabulary, **shared)
    if record.get("intervention_id"):  # records of before there were interventions lack it
        return restore_featured(session, record=record, **shared)
    if record["kind"] == BlockKind.WEBINAR:
        webinar = webinar_by_id(session, record["webinar_id"])
        when = in_both(webinar)  # as it is now, not as it was then
        return feature_webinar(
            session, issue=issue, webinar=webinar, when=when, address=record["link"], by=by, now=now
        )
    words = {"title": record["title"], "body": record["body"]}
    if record["kind"] == BlockKind.TEXT:
        return add_text(session, **words, **shared)
    return add_link(session, **words, link=record["link"], source_name=record["source_name"], **shared)
