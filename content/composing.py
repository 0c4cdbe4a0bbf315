"""Composing: editors open an issue and change it. Whatever changes the content changes its hash, and so voids an approval."""

import re
import secrets
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from content.clusters import follow
from content.errors import BlockRefused, IssueClosed, ItemWithdrawn, UnknownIssue
from content.issues import (
    Block,
    BlockKind,
    Issue,
    IssueKind,
    Maker,
    Section,
    blocks_of,
    lock_issue,
    makers_of,
    sections_of,
)
from content.items import InboxState, Item, ItemTag
from content.kinds import LIMITS, WELCOME_SECTIONS, quoted
from content.sources import Source
from content.vocabulary import Vocabulary

STANDARD_SECTIONS = (
    ("news", "Nieuws en signalen"),
    ("practice", "Interventies en praktijk"),
    ("research", "Onderzoek en cijfers"),
    ("policy", "Wet en beleid"),
    ("agenda", "Bijeenkomsten en scholing"),
)
"""What each issue begins with: key and the title that readers see. The editors' own words, so Dutch."""

SECTION_OF_THEME = {
    "signalen-en-trends": "news",
    "interventies-en-praktijk": "practice",
    "onderzoek-en-cijfers": "research",
    "wet-en-beleid": "policy",
    "bijeenkomsten": "agenda",
}
"""Where an item goes by its theme; without a theme it is news."""

_ADDRESS = re.compile(r"https?://[^\s/]+\.?[^\s]*", re.IGNORECASE)


def open_issue(
    session: Session,
    *,
    title: str,
    by: str,
    now: datetime,
    kind: str = IssueKind.MONTHLY,
    occasion: str | None = None,
    send_at: datetime | None = None,
    language: str = "nl",
) -> Issue:
    """A new draft with the standard sections. Its public address cannot be guessed before it is sent.

    Raises:
        IntegrityError: an issue for this occasion is there already.
    """
    slug = f"{re.sub(r'[^a-z0-9]+', '-', title.lower()).strip('-')[:48] or 'editie'}-{secrets.token_hex(4)}"
    limits = LIMITS[IssueKind(kind)]
    issue = Issue(
        kind=kind,
        language=language,
        minimum=limits.minimum,
        maximum=limits.maximum,
        allow_nothing=limits.allow_nothing,
        occasion=occasion,
        slug=slug,
        title=title,
        created_at=now,
        created_by=by,
        changed_at=now,
        send_at=send_at,
    )
    session.add(issue)
    session.flush()
    headings = WELCOME_SECTIONS if kind == IssueKind.WELCOME else STANDARD_SECTIONS
    for position, (key, heading) in enumerate(headings):
        session.add(Section(issue_id=issue.id or 0, key=key, title=heading, position=position))
    session.add(Maker(issue_id=issue.id or 0, person=by, since=now))
    session.flush()
    return issue


def change_issue(
    session: Session,
    *,
    issue: Issue,
    title: str,
    introduction: str,
    minimum: int,
    maximum: int,
    allow_nothing: bool,
    by: str,
    now: datetime,
) -> None:
    """Change what stands above the blocks, and how few and how many a reader gets.

    Raises:
        IssueClosed: it has been sent.
        BlockRefused: no title, or a minimum above the maximum.
    """
    touch(session, issue=issue, by=by, now=now)
    if not title.strip() or not 0 <= minimum <= maximum or maximum < 1:
        raise BlockRefused("An issue needs a title, and a minimum that is not above the maximum.")
    issue.title, issue.introduction = title.strip(), introduction.strip()
    issue.minimum, issue.maximum, issue.allow_nothing = minimum, maximum, allow_nothing
    session.add(issue)


def add_item(
    session: Session,
    *,
    issue: Issue,
    item: Item,
    section_key: str | None,
    vocabulary: Vocabulary,
    by: str,
    now: datetime,
) -> Block:
    """Put an item of the inbox into the issue, with its text as it is now; without a section its theme decides.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: the item stands in this issue already.
        ItemWithdrawn: it was taken back.
    """
    if item.withdrawn_at is not None:
        raise ItemWithdrawn(f"Item {item.id} was taken back.")
    touch(session, issue=issue, by=by, now=now)
    if session.exec(select(Block).where(Block.issue_id == issue.id, Block.item_id == item.id)).first():
        raise BlockRefused("This item is in the issue already.")
    tags = list(session.exec(select(ItemTag).where(ItemTag.item_id == item.id).order_by(col(ItemTag.id))))
    slugs = [tag.slug for tag in tags if tag.slug in vocabulary.by_slug]
    source = session.get(Source, item.source_id)
    section_key = section_key or next(
        (SECTION_OF_THEME[slug] for slug in slugs if slug in SECTION_OF_THEME), "news"
    )
    item.state = InboxState.USED
    session.add(item)
    session.flush()
    follow(session, item=item, before=(InboxState.NEW, InboxState.KEPT), after=InboxState.USED)
    return add_block(
        session,
        issue,
        Block(
            issue_id=issue.id or 0,
            section_id=section_by_key(session, issue, section_key).id or 0,
            kind=BlockKind.ITEM,
            position=0,
            title=item.title,
            body=escape_markdown(quoted(issue, item)),
            link=item.link,
            source_name=(source.attribution or source.name) if source else "",
            item_id=item.id,
            tags=slugs,
        ),
    )


def add_text(
    session: Session,
    *,
    issue: Issue,
    section_key: str,
    title: str,
    body: str,
    by: str,
    now: datetime,
    everyone: bool = False,
    tags: Iterable[str] = (),
) -> Block:
    """Add a text of the editors' own, in Markdown.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: no title or no text.
    """
    touch(session, issue=issue, by=by, now=now)
    block = Block(
        issue_id=issue.id or 0,
        section_id=section_by_key(session, issue, section_key).id or 0,
        kind=BlockKind.TEXT,
        position=0,
        everyone=everyone,
        title=title.strip(),
        body=body.strip(),
        tags=list(tags),
    )
    check_block(block)
    return add_block(session, issue, block)


def add_link(
    session: Session,
    *,
    issue: Issue,
    section_key: str,
    title: str,
    body: str,
    link: str,
    source_name: str,
    by: str,
    now: datetime,
    tags: Iterable[str] = (),
) -> Block:
    """Add a page of somebody else's, by its web address.

    Raises:
        IssueClosed: the issue has been sent.
        BlockRefused: no title, or not a web address.
    """
    touch(session, issue=issue, by=by, now=now)
    block = Block(
        issue_id=issue.id or 0,
        section_id=section_by_key(session, issue, section_key).id or 0,
        kind=BlockKind.LINK,
        position=0,
        title=title.strip(),
        body=body.strip(),
        link=link.strip(),
        source_name=source_name.strip(),
        tags=list(tags),
    )
    check_block(block)
    return add_block(session, issue, block)


def touch(session: Session, *, issue: Issue, by: str, now: datetime) -> None:
    """Note that the issue changes now, and that `by` is one of its makers.

    Raises:
        IssueClosed: it has been sent, or is being sent.
    """
    lock_issue(session, issue)
    if issue.closed_at is not None:
        raise IssueClosed(f"Issue {issue.title!r} has been sent and cannot change.")
    issue.changed_at = now
    session.add(issue)
    if by not in makers_of(session, issue):
        session.add(Maker(issue_id=issue.id or 0, person=by, since=now))


def escape_markdown(text: str) -> str:
    """Foreign text as Markdown that shows just that text: nothing in it is a list, a heading, a link or an entity."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~&])", r"\\\1", text)
    escaped = re.sub(r"(?m)^[ \t]*([-+=])", r"\\\1", escaped)
    return re.sub(r"(?m)^[ \t]*(\d+)([.)])", r"\1\\\2", escaped)


def section_by_key(session: Session, issue: Issue, key: str) -> Section:
    """The section of an issue with this key.

    Raises:
        UnknownIssue: it has none.
    """
    for section in sections_of(session, issue):
        if section.key == key:
            return section
    raise UnknownIssue(f"Issue {issue.title!r} has no section {key!r}.")


def check_block(block: Block) -> None:
    """Hold a block to what its kind needs.

    Raises:
        BlockRefused: a title, a text or a web address is missing.
    """
    if not block.title:
        raise BlockRefused("A block needs a title.")
    if block.kind == BlockKind.TEXT and not block.body:
        raise BlockRefused("A text block needs a text.")
    if (block.kind == BlockKind.LINK or block.link) and not _ADDRESS.fullmatch(block.link):
        raise BlockRefused("A web address begins with https:// or http://.")


def add_block(session: Session, issue: Issue, block: Block) -> Block:
    """Put a block at the end of its section; `touch` the issue first."""
    there = [other.position for other in blocks_of(session, issue) if other.section_id == block.section_id]
    block.position = max(there, default=-1) + 1
    session.add(block)
    session.flush()
    return block
