"""Sources: where items come from, and what each fetch of one brought."""

import re
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from sqlalchemy import delete
from sqlmodel import Field, Session, col, or_, select

from content.columns import Instant, Record
from content.errors import SourceExists, SourceRefused, UnknownSource
from content.identity import IdentityPolicy
from content.links import web_address
from content.pacing import HOUR
from content.plaintext import folded

STARTER = Path(__file__).parent / "starter" / "sources.yaml"
FULL_EVERY = timedelta(days=7)
_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class UrlConfidence(StrEnum):
    """Whether the address of a source was ever seen to answer."""

    VERIFIED = "verified"
    INFERRED = "inferred"


class SourceKind(StrEnum):
    """What a source is: a feed, a database of interventions, documents that a connector asks for, or what we write ourselves.

    `OWN` is never visited, switched on or listed among the sources: it gives items of our own a name.
    """

    FEED = "feed"
    DATABASE = "database"
    DOCUMENTS = "documents"
    OWN = "own"


class Rights(StrEnum):
    """What may be shown of a source's texts: all of what it gives, or a short quotation with a link (a newspaper)."""

    OPEN = "open"
    QUOTE = "quote"


class FetchOutcome(StrEnum):
    """How a fetch of a source ended."""

    OK = "ok"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Source(Record, table=True):
    """A feed, a database or documents. `key` is its name on the command line; validators are opaque, sent back as they came.

    `rights` says how much of its texts may be shown, `attribution` which words it asks for beside them; `position` is
    where a source of documents said that the next visit goes on.

    `last_full_at` is when a whole answer last came (rather than "unchanged"). `not_before` is when the next visit is, and
    `wait_why` the reason (`content.pacing.Why`); `rhythm` is the source's own pace, in seconds. `failures` counts the visits
    in a row that failed, `refusals` those of them that were 403; `last_problem` says why the last one did, `last_trouble` in
    one word. `moved_to` is where it says that it moved for good, `moved_hits` how often in a row. `identity_policy` says
    by what its entries are known (`content.identity.IdentityPolicy`).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    name: str
    url: str = Field(unique=True)
    home_url: str = ""
    enabled: bool = True
    url_confidence: str = UrlConfidence.VERIFIED
    etag: str = ""
    last_modified: str = ""
    created_at: datetime = Field(sa_type=Instant)
    last_fetched_at: datetime | None = Field(default=None, sa_type=Instant)
    last_ok_at: datetime | None = Field(default=None, sa_type=Instant)
    last_full_at: datetime | None = Field(default=None, sa_type=Instant)
    not_before: datetime | None = Field(default=None, sa_type=Instant)
    wait_why: str = ""
    rhythm: int = HOUR
    last_problem: str = ""
    last_trouble: str = ""
    failures: int = 0
    kind: str = SourceKind.FEED
    rights: str = Rights.OPEN
    attribution: str = ""
    position: str = ""
    refusals: int = 0
    moved_to: str = ""
    moved_hits: int = 0
    identity_policy: str = IdentityPolicy.GUID


class Fetch(Record, table=True):
    """One visit to a source. `received` counts bytes after decompression; `next_at` and `why` are what was decided then.

    `moved_to` is the address that the source has since this visit, "" where it kept its own.
    """

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    started_at: datetime = Field(sa_type=Instant)
    finished_at: datetime = Field(sa_type=Instant)
    outcome: str
    http_status: int | None = None
    received: int = 0
    entries: int = 0
    new_items: int = 0
    changed_items: int = 0
    problem: str = ""
    trouble: str = ""
    next_at: datetime | None = Field(default=None, sa_type=Instant)
    why: str = ""
    moved_to: str = ""


def add_source(
    session: Session,
    *,
    key: str,
    url: str,
    now: datetime,
    name: str = "",
    home_url: str = "",
    enabled: bool = True,
    url_confidence: UrlConfidence = UrlConfidence.VERIFIED,
    kind: SourceKind = SourceKind.FEED,
    rights: Rights = Rights.OPEN,
    attribution: str = "",
) -> Source:
    """A new source. Without a name it gets the one that its feed gives itself, at the first harvest.

    Raises:
        SourceRefused: the key is not one (lower case letters, digits, hyphens; at most 40), or the address is not.
        SourceExists: there is a source with this key or address.
    """
    address = source_address(url)
    if not _KEY.fullmatch(key):
        raise SourceRefused(f"{key!r} is not a key: use at most 40 lower case letters, digits and hyphens.")
    found = session.exec(
        select(Source).where(or_(col(Source.key) == key, col(Source.url) == address))
    ).first()
    if found is not None:
        raise SourceExists(f"There is a source already with this key or address: {found.key} ({found.url}).")
    source = Source(
        key=key,
        name=name.strip() or key,
        url=address,
        home_url=web_address(home_url),
        enabled=enabled,
        url_confidence=url_confidence,
        kind=kind,
        rights=rights,
        attribution=attribution,
        created_at=now,
    )
    session.add(source)
    session.flush()
    return source


def source_address(url: str) -> str:
    """The address as a source has it: of the web, without a fragment, without a user name.

    Raises:
        SourceRefused: it is none.
    """
    address = web_address(url.strip()).partition("#")[0]
    if not address or "@" in urlsplit(address).netloc:
        raise SourceRefused(f"{url[:200]!r} is not a web address: it must begin with https:// or http://.")
    return address


def list_sources(session: Session) -> list[Source]:
    """All sources that are visited, by key."""
    visited = select(Source).where(Source.kind != SourceKind.OWN)
    return list(session.exec(visited.order_by(col(Source.key))))


def source_by_key(session: Session, key: str) -> Source:
    """The source with this key, of those that are visited.

    Raises:
        UnknownSource: there is none.
    """
    visited = select(Source).where(Source.kind != SourceKind.OWN)
    source = session.exec(visited.where(Source.key == key)).first()
    if source is None:
        raise UnknownSource(f"There is no source {key!r}. `kennispost sources list` shows which there are.")
    return source


def set_enabled(session: Session, *, source: Source, enabled: bool) -> None:
    """Harvest this source from now on, or no longer. Its items stay."""
    source.enabled = enabled
    source.not_before, source.wait_why = None, ""
    source.failures = source.refusals = 0
    source.last_problem = source.last_trouble = ""
    session.add(source)


def change_source(
    session: Session, *, source: Source, name: str, url: str, home_url: str, identity_policy: str
) -> None:
    """Give a source another name, address or way of knowing its entries. At another address it begins afresh.

    Raises:
        SourceRefused: the address is none, or there is no such way.
        SourceExists: another source has this address.
    """
    address = source_address(url)
    if identity_policy not in set(IdentityPolicy):
        raise SourceRefused(f"{identity_policy!r} is no way to know entries by.")
    other = session.exec(select(Source).where(Source.url == address, Source.id != source.id)).first()
    if other is not None:
        raise SourceExists(f"There is a source already with this address: {other.key}.")
    if address != source.url:
        move_source(source, address)
        set_enabled(session, source=source, enabled=source.enabled)
    source.name = name.strip() or source.key
    source.home_url = web_address(home_url.strip())
    source.identity_policy = identity_policy
    session.add(source)
    session.flush()


def move_source(source: Source, url: str) -> None:
    """Give a source another address. What the old one said about itself is forgotten."""
    source.url = url
    source.etag = source.last_modified = source.moved_to = ""
    source.last_full_at, source.moved_hits = None, 0


def recent_fetches(session: Session, source: Source, *, limit: int = 30) -> list[Fetch]:
    """The last visits to a source, newest first."""
    wanted = select(Fetch).where(Fetch.source_id == source.id)
    return list(session.exec(wanted.order_by(col(Fetch.id).desc()).limit(limit)))


def forget_fetches(session: Session, *, before: datetime) -> int:
    """Delete visits that were before a moment; how many there were."""
    return session.connection().execute(delete(Fetch).where(col(Fetch.started_at) < before)).rowcount


def free_key(session: Session, *, title: str) -> str:
    """A key made from a title, with a number at the end where it is taken."""
    stem = key_from(title)
    taken = set(session.exec(select(Source.key).where(col(Source.key).startswith(stem))))
    numbered = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2))]
    return next(key for key in numbered if key not in taken)


def key_from(title: str) -> str:
    """A key made from a title or a file's name: "GGD Voorbeeld" gives ggd-voorbeeld."""
    return re.sub(r"[^a-z0-9]+", "-", folded(title)).strip("-")[:34].strip("-") or "bron"


def load_starter_sources(session: Session, *, now: datetime, path: Path = STARTER) -> list[Source]:
    """Add the sources that come with Kennispost and are not there yet; those with an unproven address are disabled."""
    known = {value for source in list_sources(session) for value in (source.key, source.url)}
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
    return [
        add_source(
            session,
            key=key,
            url=entry["url"],
            name=entry["name"],
            home_url=entry["home_url"],
            enabled=entry["url_confidence"] == UrlConfidence.VERIFIED,
            url_confidence=UrlConfidence(entry["url_confidence"]),
            rights=Rights(entry.get("rights", Rights.OPEN)),
            now=now,
        )
        for key, entry in entries.items()
        if key not in known and entry["url"] not in known
    ]
