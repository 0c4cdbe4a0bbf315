"""Read this first: the whole story once through, on both databases, over real HTTP and real SMTP.

sources → items → tags → issue → audience → variant per reader → outbox → SMTP → feedback
"""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from relay import Relay, running_relay
from sqlmodel import select

from content.approval import approve, content_hash
from content.composing import add_text, open_issue
from content.drafting import fill_draft
from content.issues import blocks_of
from content.items import Item, ItemTag
from content.sources import add_source
from service.database import reading, writing
from service.feed_server import serve_feeds
from service.harvesting import harvest_all
from service.mailing.delivering import deliver_due
from service.mailing.ledger import ledger
from service.mailing.outbox import Mailing
from service.mailing.planning import plan_issue
from service.runtime import Runtime
from service.web.app import make_app
from service.web.guarding import opened
from subscribers.register import load_register

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Voorbeeldbron</title><link>https://bron.example/</link>
<item><title>Nieuwe cijfers: lachgas onder scholieren neemt af</title><link>https://bron.example/lachgas</link><guid>1</guid>
<description>Onderzoek van de GGD laat zien dat minder jongeren lachgas gebruiken. Preventie
op school helpt.</description></item>
<item><title>Handreiking voor gemeenten over GHB</title><link>https://bron.example/ghb</link><guid>2</guid>
<description>De handreiking helpt gemeenten bij preventie en zorg rond GHB.</description></item>
<item><title>Zwembad opent de deuren</title><link>https://bron.example/zwembad</link><guid>3</guid>
<description>Vanaf zaterdag kan iedereen weer baantjes trekken.</description></item>
</channel></rss>"""


@pytest.fixture
def mail(runtime: Runtime):
    with running_relay() as server:
        runtime.settings.transport = "smtp"
        runtime.settings.smtp_host, runtime.settings.smtp_port = "127.0.0.1", server.port
        runtime.settings.smtp_security = "none"
        yield server


def inbox(relay: Relay, address: str) -> list[EmailMessage]:
    """The messages that arrived for an address."""
    return [message_from_bytes(raw, policy=policy.default) for to, raw in relay.received if to == address]


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return part.get_content()


def hidden(html: str, name: str = "csrf") -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, html[:2000]
    return found[1]


def subscribe(
    site: TestClient, runtime: Runtime, mail: Relay, address: str, gemeente: str, *interests: str
) -> None:
    """What a reader does: fill in the form, open the mail, press the button."""
    form = {
        "address": address,
        "organisation": gemeente,
        "interests": list(interests),
        "csrf": hidden(site.get("/aanmelden").text),
        "opened": opened(runtime.settings, runtime.clock() - timedelta(seconds=20)),  # a person takes a while
    }
    assert site.post("/aanmelden", data=form).status_code == 200
    deliver_due(runtime)
    link = re.search(r"http://testserver(/bevestigen/\S+)", body(inbox(mail, address)[0], "plain"))
    assert link is not None
    confirmation = site.get(link[1])
    assert site.post(link[1], data={"csrf": hidden(confirmation.text)}).status_code == 200


def make_issue(runtime: Runtime) -> Mailing:
    """What the desk does: an editor builds, a publisher approves."""
    with writing(runtime.engine) as session:
        now = runtime.clock()
        issue = open_issue(session, title="Kennispost december 2026", by="editor@kennispost.example", now=now)
        fill_draft(
            session, issue=issue, vocabulary=runtime.vocabulary, by="editor@kennispost.example", now=now
        )
        issue.minimum = 1
        add_text(
            session, issue=issue, section_key="practice", title="Bij wie kunt u terecht?", body="Begin bij uw GGD.",
            by="editor@kennispost.example", now=now, everyone=True,
        )  # fmt: skip
        assert len(blocks_of(session, issue)) == 3
        approve(
            session,
            issue=issue,
            approver="publisher@kennispost.example",
            seen_hash=content_hash(session, issue),
            now=now,
        )
        return plan_issue(session, runtime, issue=issue, now=now)


def test_the_whole_story(runtime: Runtime, mail: Relay, clock, tmp_path: Path) -> None:
    # sources → items → tags: two harvests, and nothing stands twice.
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "bron.xml").write_text(FEED, encoding="utf-8")
    with writing(runtime.engine) as session:
        load_register(session)
    with serve_feeds(feeds) as address:
        with writing(runtime.engine) as session:
            add_source(session, key="bron", url=f"{address}/bron.xml", now=clock(), name="Voorbeeldbron")
        assert harvest_all(runtime).new == 3
        clock.advance(hours=1)
        assert harvest_all(runtime).unchanged == 1
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Item)).all()) == 3
        tag = session.exec(select(ItemTag).where(ItemTag.slug == "lachgas")).one()
        assert {match["text"].lower() for match in tag.evidence} == {"lachgas"}

    # subscribers: two readers with different interests, each confirmed from their own mailbox.
    with TestClient(make_app(runtime)) as site:
        subscribe(site, runtime, mail, "a@almere.example", "Almere", "lachgas")
        subscribe(site, runtime, mail, "b@denhaag.example", "'s-Gravenhage", "ghb")

        # issue → audience → variants → outbox → SMTP.
        mailing = make_issue(runtime)
        report = deliver_due(runtime)
        assert (report.sent, report.failed) == (2, 0)
        with reading(runtime.engine) as session:
            states = ledger(session, session.get_one(Mailing, mailing.id))
            assert (states["sent"], sum(states.values())) == (2, mailing.planned)
            assert session.get_one(Mailing, mailing.id).state == "finished"

        # Each holds what concerns its reader, and why.
        first, second = inbox(mail, "a@almere.example")[-1], inbox(mail, "b@denhaag.example")[-1]
        for kind in ("plain", "html"):
            assert "lachgas onder scholieren" in body(first, kind)
            assert "GHB" not in body(first, kind)
            assert "Handreiking voor gemeenten over GHB" in body(second, kind)
            assert "Bij wie kunt u terecht?" in body(first, kind)
            assert "Bij wie kunt u terecht?" in body(second, kind)
            assert "omdat u lachgas volgt" in body(first, kind).lower()
            assert "zwembad" not in body(first, kind).lower() + body(second, kind).lower()
        assert "GGD Flevoland" in body(first, "html")
        assert "GGD Haaglanden" in body(second, "html")

        # feedback: one click, without cookies, and the next issue does not come.
        leave = first["List-Unsubscribe"].strip("<>").removeprefix("http://testserver")
        assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        stranger = TestClient(make_app(runtime))
        assert (
            stranger.post(leave, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False).status_code
            == 200
        )
        clock.advance(days=31)
        with writing(runtime.engine) as session:
            now = clock()
            issue = open_issue(session, title="Kennispost januari 2027", by="editor", now=now)
            add_text(
                session,
                issue=issue,
                section_key="news",
                title="Gelukkig nieuwjaar",
                body="x",
                by="editor",
                now=now,
            )
            approve(
                session, issue=issue, approver="publisher", seen_hash=content_hash(session, issue), now=now
            )
            plan_issue(session, runtime, issue=issue, now=now)
        assert deliver_due(runtime).sent == 1
        assert "nieuwjaar" in body(inbox(mail, "b@denhaag.example")[-1], "plain")
        assert len(inbox(mail, "a@almere.example")) == 2

        # The archive shows both issues to anyone, and no one in particular.
        assert "Kennispost december 2026" in site.get("/edities").text
        link = re.search(r"http://testserver(/edities/\S+?)[)\s]", body(second, "plain"))
        assert link is not None
        public = site.get(link[1]).text
        assert "lachgas onder scholieren" in public
        assert "Handreiking voor gemeenten over GHB" in public
        assert "omdat u" not in public.lower()


def test_a_relay_that_is_down_loses_nothing(runtime: Runtime, mail: Relay, clock, tmp_path: Path) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
    with TestClient(make_app(runtime)) as site:
        subscribe(site, runtime, mail, "a@almere.example", "Almere", "lachgas")
    with writing(runtime.engine) as session:
        now = clock()
        issue = open_issue(session, title="December", by="editor", now=now)
        add_text(session, issue=issue, section_key="news", title="T", body="x", by="editor", now=now)
        approve(session, issue=issue, approver="publisher", seen_hash=content_hash(session, issue), now=now)
        plan_issue(session, runtime, issue=issue, now=now)
    working, runtime.settings.smtp_port = runtime.settings.smtp_port, 9
    down = deliver_due(runtime)
    assert (down.sent, down.failed) == (0, 0)
    assert down.unreachable
    runtime.settings.smtp_port = working
    clock.advance(seconds=timedelta(hours=1).total_seconds())
    assert deliver_due(runtime).sent == 1
    assert len(inbox(mail, "a@almere.example")) == 2


def test_the_feed_of_the_story_is_served_over_real_http(tmp_path: Path) -> None:
    (tmp_path / "bron.xml").write_text(FEED, encoding="utf-8")
    with serve_feeds(tmp_path) as address:
        first = httpx.get(f"{address}/bron.xml")
        again = httpx.get(f"{address}/bron.xml", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code) == (200, 304)
