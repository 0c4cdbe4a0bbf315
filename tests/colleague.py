"""Someone of the desk with a browser, for tests: signs in by a link, and posts forms as they stand on the page."""

from collections.abc import Iterable
from datetime import datetime

import httpx
from sqlmodel import Session

from content.issues import Block, blocks_of, issue_by_id
from content.items import Item, ItemTag
from content.sources import Source, add_source, list_sources
from service.database import reading, writing
from service.desk import ROUTERS
from service.runtime import Runtime
from service.users import User, add_user, make_sign_in_link, sign_in_address
from service.web.app import make_app
from tests.visitor import Fields, Visitor, a_client, form_token

ANNA, BERT = "anna@kennispost.example", "bert@kennispost.example"


class Colleague(Visitor):
    """A visitor of the site and the desk. `via` names the page whose form token is used."""

    def __init__(self, runtime: Runtime, **headers: str) -> None:
        self.runtime = runtime
        self.client = a_client(make_app(runtime, ROUTERS), headers)

    def post(
        self, path: str, fields: Fields | None = None, *, via: str = "/redactie/edities"
    ) -> httpx.Response:
        """Send a form with the token of a page."""
        return self.client.post(path, data={"csrf": form_token(self.get(via).text), **(fields or {})})

    def sign_in(self, link: str) -> httpx.Response:
        """Open the link of the mail and press the button."""
        path = link.removeprefix(self.runtime.settings.base_url)
        return self.post(path, via=path)


def a_colleague(runtime: Runtime, address: str, name: str, *roles: str) -> Colleague:
    """Someone with these roles, signed in."""
    with writing(runtime.engine) as session:
        link = sign_in_link(
            session, runtime, add_user(session, address=address, name=name, roles=roles, now=runtime.clock())
        )
    colleague = Colleague(runtime)
    assert colleague.sign_in(link).headers["location"] == "/redactie/inbox"
    return colleague


def sign_in_link(session: Session, runtime: Runtime, user: User) -> str:
    """What the mail says."""
    now = runtime.clock()
    return sign_in_address(runtime.settings, make_sign_in_link(session, user=user, now=now), now)


def an_item(
    session: Session,
    now: datetime,
    title: str = "Nieuwe cijfers over lachgas",
    *,
    tags: Iterable[tuple[str, str, str]] = (("substance", "lachgas", "lachgas"),),
    relevance: int = 2,
    summary: str = "De GGD telde in mei hoeveel jongeren lachgas gebruiken.",
) -> Item:
    """An item of the inbox. Tags are (facet, slug, the word that led to it, in title or summary)."""
    known: list[Source] = list_sources(session)
    source = (
        known[0]
        if known
        else add_source(session, key="ggd", name="GGD Voorbeeld", url="https://ggd.example/feed", now=now)
    )
    item = Item(
        source_id=source.id or 0, identity=title, title=title, summary=summary, link="https://ggd.example/bericht",
        first_seen_at=now, sort_at=now, content_hash=title, relevance=relevance, search_text=f"{title} {summary}".lower(),
    )  # fmt: skip
    session.add(item)
    session.flush()
    for facet, slug, word in tags:
        field = "title" if word in title else "summary"
        start = (title if field == "title" else summary).find(word)
        match = {"text": word, "field": field, "start": start, "rule": word}
        session.add(ItemTag(item_id=item.id or 0, facet=facet, slug=slug, evidence=[match]))
    session.flush()
    return item


def blocks(runtime: Runtime, issue: str) -> list[Block]:
    """The blocks of the issue at this address, in order."""
    with reading(runtime.engine) as session:
        found = blocks_of(session, issue_by_id(session, int(issue.rsplit("/", 1)[1])))
        session.expunge_all()
        return found


def add(anna: Colleague, issue: str, title: str, **more: str | list[str]) -> httpx.Response:
    """Write a text block into the issue at this address, by the form."""
    fields = {"section": "news", "title": title, "body": f"Over {title}.", **more}
    return anna.post(f"{issue}/onderdelen/tekst", fields, via=f"{issue}/onderdelen/nieuw")
