"""Arranging: editors change, move and remove the blocks of an issue."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, select

from content.clusters import follow
from content.composing import check_block, section_by_key, touch
from content.errors import UnknownIssue
from content.interventions.tables import ChangeEvent, EventState
from content.issues import Block, Issue, blocks_of
from content.items import InboxState, Item


def block_by_id(session: Session, issue: Issue, block_id: int) -> Block:
    """A block of this issue.

    Raises:
        UnknownIssue: the issue has no such block.
    """
    block = session.get(Block, block_id)
    if block is None or block.issue_id != issue.id:
        raise UnknownIssue(f"Issue {issue.title!r} has no block {block_id}.")
    return block


def change_block(
    session: Session,
    *,
    block: Block,
    section_key: str,
    title: str,
    body: str,
    link: str,
    tags: Iterable[str],
    everyone: bool,
    weight: int,
    by: str,
    now: datetime,
) -> None:
    """Change a block; in another section it goes to the end.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: what the kind of block needs is missing.
    """
    issue = _issue_of(session, block)
    touch(session, issue=issue, by=by, now=now)
    section = section_by_key(session, issue, section_key)
    block.title, block.body, block.link = title.strip(), body.strip(), link.strip()
    block.tags, block.everyone, block.weight = list(tags), everyone, weight
    with session.no_autoflush:
        check_block(block)
    if block.section_id != section.id:
        others = [other.position for other in blocks_of(session, issue) if other.section_id == section.id]
        block.section_id, block.position = section.id or 0, max(others, default=-1) + 1
    session.add(block)
    session.flush()


def move_block(session: Session, *, block: Block, steps: int, by: str, now: datetime) -> None:
    """Move a block up (negative) or down within its section; past an end it stays at that end.

    Raises:
        IssueClosed: the issue has been sent.
    """
    issue = _issue_of(session, block)
    touch(session, issue=issue, by=by, now=now)
    siblings = [other for other in blocks_of(session, issue) if other.section_id == block.section_id]
    place = next(place for place, other in enumerate(siblings) if other.id == block.id)
    siblings.insert(max(0, min(len(siblings), place + steps)), siblings.pop(place))
    for position, other in enumerate(siblings):
        other.position = position
        session.add(other)
    session.flush()


def remove_block(session: Session, *, block: Block, by: str, now: datetime) -> None:
    """Take a block out; its item goes back to those that were kept, its change to those that wait.

    Raises:
        IssueClosed: the issue has been sent.
    """
    issue = _issue_of(session, block)
    touch(session, issue=issue, by=by, now=now)
    item = session.get(Item, block.item_id) if block.item_id is not None else None
    if item is not None:
        used_elsewhere = session.exec(
            select(Block).where(Block.item_id == block.item_id, Block.id != block.id)
        ).first()
        if used_elsewhere is None:
            item.state = InboxState.KEPT
            session.add(item)
    if block.event_id is not None:
        _free_change(session, block)
    session.delete(block)
    session.flush()
    if item is not None and item.state == InboxState.KEPT:
        follow(session, item=item, before=(InboxState.USED,), after=InboxState.KEPT)


def _free_change(session: Session, block: Block) -> None:
    """A change that stands in no other issue waits for the editors again."""
    elsewhere = select(Block).where(Block.event_id == block.event_id, Block.id != block.id)
    if session.exec(elsewhere).first() is None:
        event = session.get_one(ChangeEvent, block.event_id)
        event.state = EventState.NEW
        session.add(event)


def _issue_of(session: Session, block: Block) -> Issue:
    issue = session.get(Issue, block.issue_id)
    if issue is None:
        raise UnknownIssue(f"Block {block.id} belongs to no issue.")
    return issue
