"""Sharing: a question with its answer goes to the page of its webinar, and becomes an item that issues can choose.

Each pair is an item of its own: readers are sent pieces by what they follow, and one answer is a piece that can be read alone.
It is one item for good: a changed answer is a version of it, a withdrawn one is marked, one that is shown again is the same.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from content.composing import touch
from content.entries import SUMMARY_LIMIT, Entry
from content.errors import WebinarOver, WebinarRefused
from content.identity import content_hash
from content.inbox import retag
from content.issues import Block, Issue
from content.items import InboxState, Item
from content.plaintext import shortened
from content.prose import plain_text
from content.sources import Source, SourceKind
from content.storing import store_entries, take_over
from content.vocabulary import Vocabulary
from content.webinars.answering import can_be_shown, is_shown
from content.webinars.tables import AnsweredQuestion, Webinar

FOR_THE_NEWSLETTER = 2
"""The relevance of what editors wrote for readers."""


def anchor_of(answered: AnsweredQuestion) -> str:
    """Where on the page of its webinar it stands."""
    return f"antwoord-{answered.id}"


def share(
    session: Session,
    *,
    webinar: Webinar,
    answered: AnsweredQuestion,
    address: str,
    site: str,
    vocabulary: Vocabulary,
    now: datetime,
) -> Item:
    """Show a question with its answer, and make or renew its item. Twice is once; the caller holds the webinar.

    Args:
        session: a transaction that writes.
        webinar: one that was held, or is going on.
        answered: one of its questions, with an answer.
        address: the webinar's public page; the item leads to the place on it.
        site: the address of all webinars, by which the source of these items is known.
        vocabulary: the terms for tags. The webinar's are the item's, until an editor gives it others.
        now: the moment.

    Raises:
        WebinarOver: the webinar was not held (yet).
        WebinarRefused: there is no answer; `args[1]` is `answer`.
    """
    if not can_be_shown(webinar, now):
        raise WebinarOver(f"Webinar {webinar.slug!r} was not held (yet).")
    if not answered.answer.strip():
        raise WebinarRefused("A question without an answer is not shown.", "answer")
    answered.shared_at = answered.shared_at or now
    answered.withdrawn_at = None
    session.add(answered)
    session.flush()
    item = _stored(session, answered, address=address, site=site, vocabulary=vocabulary, now=now)
    if answered.item_id is None:
        _tag(session, webinar, item, vocabulary)
        answered.item_id = item.id
    if item.withdrawn_at is not None:
        item.withdrawn_at = None
        item.state = InboxState.NEW if item.state == InboxState.DROPPED else item.state
    session.add_all([answered, item])
    session.flush()
    return item


def withdraw(session: Session, *, answered: AnsweredQuestion, by: str, now: datetime) -> Sequence[Issue]:
    """Take it off the page, mark its item, and take it out of issues that were not sent yet; gives those issues.

    What such an issue has left has to be approved anew. Twice is once.
    """
    if not is_shown(answered):
        return []
    answered.withdrawn_at = now
    session.add(answered)
    item = session.get_one(Item, answered.item_id)
    issues = []
    for block, issue in _waiting(session, item):
        touch(session, issue=issue, by=by, now=now)
        session.delete(block)
        issues.append(issue)
    session.flush()
    was_sent = session.exec(select(Block.id).where(Block.item_id == item.id).limit(1)).first() is not None
    item.withdrawn_at = now
    item.state = InboxState.USED if was_sent else InboxState.DROPPED
    session.add(item)
    session.flush()
    return issues


def issues_with(session: Session, answered: AnsweredQuestion) -> Sequence[Issue]:
    """The issues that were not sent yet in which it stands, with the words that it had when it was added."""
    item = session.get(Item, answered.item_id or 0)
    return [issue for _block, issue in _waiting(session, item)] if item is not None else []


def _waiting(session: Session, item: Item) -> Sequence[tuple[Block, Issue]]:
    found = (
        select(Block, Issue)
        .join(Issue, col(Issue.id) == col(Block.issue_id))
        .where(Block.item_id == item.id, col(Issue.closed_at).is_(None))
    )
    return session.exec(found.order_by(col(Issue.id), col(Block.id))).all()


def _stored(
    session: Session,
    answered: AnsweredQuestion,
    *,
    address: str,
    site: str,
    vocabulary: Vocabulary,
    now: datetime,
) -> Item:
    entry = Entry(
        guid=f"answered-question-{answered.id}",
        title=answered.question,
        summary=shortened(" ".join(plain_text(answered.answer).split()), SUMMARY_LIMIT),
        link=f"{address}#{anchor_of(answered)}",
        published_at=answered.shared_at,
    )
    source = _source(session, site, now)
    store_entries(session, source_id=source.id or 0, entries=[entry], vocabulary=vocabulary, now=now)
    mine = select(Item).where(Item.source_id == source.id, Item.identity == entry.guid)
    item = session.exec(mine).one()
    if item.content_hash != content_hash(entry):  # changed more often than versions are kept
        take_over(item, entry)
    item.cluster_id = item.cluster_id or item.id  # never folded under another answer that has the same words
    return item


def _tag(session: Session, webinar: Webinar, item: Item, vocabulary: Vocabulary) -> None:
    """The webinar's tags; those that the rules found where it has none."""
    known = [slug for slug in webinar.tags if slug in vocabulary.by_slug]
    if known:
        retag(session, item=item, slugs=known, vocabulary=vocabulary, relevance=FOR_THE_NEWSLETTER)
    item.relevance = FOR_THE_NEWSLETTER


def _source(session: Session, site: str, now: datetime) -> Source:
    """Our own webinars as a source, held for as long as the transaction lasts; made where it is first needed."""
    mine = select(Source).where(Source.kind == SourceKind.OWN, Source.key == "webinars").with_for_update()
    known = session.exec(mine).first()
    if known is not None:
        return known
    made = Source(
        key="webinars",
        name="Webinars",
        url=site,
        home_url=site,
        enabled=False,
        kind=SourceKind.OWN,
        created_at=now,
    )
    try:
        with session.begin_nested():  # the unique key decides between two webinars at once
            session.add(made)
    except IntegrityError:
        return session.exec(mine).one()
    return made
