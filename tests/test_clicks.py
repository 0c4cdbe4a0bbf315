"""Clicks are counted in total, by an address that names nobody; what one reader reads is seen only after their own yes."""

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from colleague import ANNA, a_colleague
from sqlmodel import Session, select

from content.issues import Issue
from service.database import reading, writing
from service.dossiers import own_data
from service.forgetting import erase
from service.mailing.counting import SAMPLE_CODE, MailLink, Reading, clicks_of, link_behind, sample_counting
from service.mailing.delivering import deliver_due
from service.mailing.edition import edition_of
from service.mailing.links import reading_mark
from service.mailing.outbox import Variant
from service.mailing.planning import plan_issue
from service.retention import enforce
from service.runtime import Runtime
from service.tokens import Purpose
from service.web.leading import PER_NETWORK
from service.web.machines import is_person
from subscribers.consent import consent_of
from subscribers.leaving import leave
from subscribers.people import Subscriber
from subscribers.reading import CURRENT, SharedReading, set_sharing
from tests.builders import a_reader, an_approved_issue
from tests.visitor import Visitor, link

BROWSER = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
COUNTING = re.compile(r"http://testserver/k/([\w-]{11})((?:/[\w.-]+)?)")


@pytest.fixture
def sent(house: Runtime) -> Runtime:
    """An issue with two links, mailed to Anna, who shows what she reads, and to Bert, who does not."""
    now = house.clock()
    with writing(house.engine) as session:
        anna = a_reader(session, now, "anna@emmen.nl", interests=["lachgas"])
        a_reader(session, now, "bert@emmen.nl", interests=["lachgas"])
        set_sharing(session, subscriber=anna, on=True, source="page /voorkeuren", now=now)
        issue = an_approved_issue(
            session,
            now,
            ("Lachgas in het verkeer", ["lachgas"]),
            ("Lachgas op school", ["lachgas"]),
            everyone=["Zonder link"],
        )
        plan_issue(session, house, issue=issue, now=now)
    deliver_due(house)
    return house


def mails(house: Runtime) -> dict[str, str]:
    """All text of each mail that arrived, by its address."""
    found = {}
    for file in Path(house.settings.data_dir).glob("postbus/*/*"):
        if file.is_file():
            message = message_from_bytes(file.read_bytes(), policy=default)
            parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
            found[message["To"].addresses[0].addr_spec] = "\n".join(parts)
    return found


def codes(house: Runtime) -> list[str]:
    with reading(house.engine) as session:
        return list(session.exec(select(MailLink.code).order_by(MailLink.id)))


def totals(house: Runtime) -> list[int]:
    with reading(house.engine) as session:
        return list(session.exec(select(MailLink.clicks).order_by(MailLink.id)))


def reader(session: Session, address: str) -> Subscriber:
    return session.exec(select(Subscriber).where(Subscriber.address == address)).one()


def mark_of(house: Runtime, address: str) -> str:
    with reading(house.engine) as session:
        return reading_mark(house.settings, reader(session, address), house.clock())


def test_links_of_who_shows_nothing_are_the_same_for_everyone_and_name_nobody(sent: Runtime) -> None:
    found = COUNTING.findall(mails(sent)["bert@emmen.nl"])
    assert {code for code, _mark in found} == set(codes(sent))
    assert {mark for _code, mark in found} == {""}
    assert len(found) == 4, "two links, in the text and in the HTML"
    assert "bron.example" not in mails(sent)["bert@emmen.nl"]


def test_who_shows_what_they_read_has_links_of_their_own_with_one_mark(sent: Runtime) -> None:
    found = COUNTING.findall(mails(sent)["anna@emmen.nl"])
    assert {code for code, _mark in found} == set(codes(sent))
    assert len({mark for _code, mark in found}) == 1
    assert all(mark for _code, mark in found)
    with reading(sent.engine) as session:
        assert len(session.exec(select(Variant)).all()) == 1, "rendered once for both"


def test_a_click_leads_on_and_counts_in_total(sent: Runtime) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    answer = visitor.get(f"/k/{codes(sent)[1]}")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://bron.example/1?a=1&b=2")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers
    assert totals(sent) == [0, 1]
    with reading(sent.engine) as session:
        assert session.exec(select(Reading)).all() == []


def test_an_address_that_no_issue_linked_to_leads_nowhere(sent: Runtime) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    for path in ("/k/onbekend", "/k/https:%2F%2Fevil.example", f"/k/{codes(sent)[0]}x", "/k/a%00b"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        assert "location" not in answer.headers
    assert totals(sent) == [0, 0]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {"user-agent": BROWSER}),
        ("GET", {"user-agent": ""}),
        ("GET", {"user-agent": "python-requests/2.32"}),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}),
        ("GET", {"user-agent": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"}),
        ("GET", {"user-agent": "Microsoft Office Existence Discovery"}),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"}),
        ("GET", {"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"}),
        ("GET", {"user-agent": BROWSER, "purpose": "prefetch"}),
        ("GET", {"user-agent": BROWSER, "sec-fetch-dest": "image"}),
    ],
)
def test_machines_arrive_and_are_not_counted(sent: Runtime, method: str, headers: dict[str, str]) -> None:
    assert not is_person(method, headers)
    client = Visitor(sent).client
    assert client.request(method, f"/k/{codes(sent)[0]}", headers=headers).status_code == 302
    assert totals(sent) == [0, 0]


@pytest.mark.parametrize(
    "agent",
    [
        BROWSER,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Safari/537.36 Edg/140",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18 Mobile",
        "Mozilla/5.0 (Linux; Android 14; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36",
    ],
)
def test_browsers_of_people_are_counted(agent: str) -> None:
    assert is_person("GET", {"user-agent": agent, "sec-fetch-dest": "document"})


def test_a_network_that_follows_everything_at_once_stops_counting_and_still_arrives(sent: Runtime) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    for _time in range(PER_NETWORK.times + 5):
        assert visitor.get(f"/k/{codes(sent)[0]}").status_code == 302
    assert totals(sent)[0] == PER_NETWORK.times


def test_what_a_reader_shows_is_noted_once_and_the_other_leaves_no_trace(sent: Runtime) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    first, second = codes(sent)
    for _time in range(2):
        assert visitor.get(f"/k/{first}{mark_of(sent, 'anna@emmen.nl')}").status_code == 302
    assert visitor.get(f"/k/{second}{mark_of(sent, 'bert@emmen.nl')}").status_code == 302
    assert totals(sent) == [2, 1]
    with reading(sent.engine) as session:
        mine = own_data(session, reader(session, "anna@emmen.nl"), now=sent.clock())
        theirs = own_data(session, reader(session, "bert@emmen.nl"), now=sent.clock())
    assert mine["shows_reading"] is True
    assert [one["title"] for one in mine["read"]] == ["Lachgas in het verkeer"]
    assert (theirs["shows_reading"], theirs["read"]) == (False, [])


def test_a_mark_that_is_mangled_old_or_for_something_else_still_leads_on(sent: Runtime, clock) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    code, mark = codes(sent)[0], mark_of(sent, "anna@emmen.nl")
    preferences = link(sent, Purpose.PREFERENCES, "ref-anna@emmen.nl").rpartition("/")[2]
    clock.advance(days=181)
    for wrong in (mark[:-3] + "abc", mark, f"/{preferences}", "/x"):
        assert visitor.get(f"/k/{code}{wrong}").headers["location"].startswith("https://bron.example/0")
    assert totals(sent) == [4, 0]
    with reading(sent.engine) as session:
        assert session.exec(select(Reading)).all() == []


def test_a_mark_opens_nothing_else(sent: Runtime) -> None:
    mark = mark_of(sent, "anna@emmen.nl")
    assert Visitor(sent).get(f"/voorkeuren{mark}").status_code == 400
    assert Visitor(sent).get(f"/afmelden{mark}").status_code == 400


def test_the_reader_says_yes_and_no_in_the_preferences_and_no_erases(house: Runtime, clock) -> None:
    with writing(house.engine) as session:
        anna = a_reader(session, clock(), "anna@emmen.nl", interests=["lachgas"])
        plan_issue(
            session, house, issue=an_approved_issue(session, clock(), ("Nieuws", ["lachgas"])), now=clock()
        )
    visitor, page = (
        Visitor(house, **{"user-agent": BROWSER}),
        link(house, Purpose.PREFERENCES, anna.reference),
    )
    assert 'name="reading" value="yes" aria-describedby="reading-words">' in visitor.get(page).text, (
        "not ticked"
    )
    same = {"streams": ["monthly"], "interests": ["lachgas"], "language": "nl"}
    assert visitor.submit(page, {**same, "reading": "yes"}).status_code == 303
    assert visitor.submit(page, {**same, "reading": "yes"}).status_code == 303
    visitor.get(f"/k/{codes(house)[0]}{mark_of(house, 'anna@emmen.nl')}")
    shown = visitor.get(page).text
    assert "We zagen 1 bericht" in shown
    assert 'aria-describedby="reading-words" checked' in shown
    assert visitor.submit(page, same).status_code == 303
    with reading(house.engine) as session:
        events = [
            event
            for event in consent_of(session, reader(session, "anna@emmen.nl"))
            if "sharing" in event.kind
        ]
        assert [event.kind for event in events] == ["sharing-begun", "sharing-ended"]
        assert {event.wording_version for event in events} == {f"{CURRENT.version}/nl"}
        assert session.exec(select(SharedReading)).all() == []
        assert session.exec(select(Reading)).all() == []
    assert totals(house) == [1], "what was counted in total is nobody's, and stays"


def test_who_left_or_was_erased_is_not_seen_any_more_and_a_year_is_the_end(sent: Runtime, clock) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    first, second = codes(sent)
    mark = mark_of(sent, "anna@emmen.nl")
    visitor.get(f"/k/{first}{mark}")
    with writing(sent.engine) as session:
        leave(session, subscriber=reader(session, "anna@emmen.nl"), stream=None, source="test", now=clock())
    visitor.get(f"/k/{second}{mark}")
    with reading(sent.engine) as session:
        assert len(session.exec(select(Reading)).all()) == 1
    clock.advance(days=365)
    with writing(sent.engine) as session:
        assert enforce(session, now=clock())["what-readers-show-they-read"] == 1
    with writing(sent.engine) as session:
        erase(session, sent.settings, subscriber=reader(session, "anna@emmen.nl"), now=clock())
        assert session.exec(select(SharedReading)).all() == []


def test_without_counting_links_are_straight_and_old_ones_go_on_working(sent: Runtime, clock) -> None:
    sent.settings.count_clicks = False
    with writing(sent.engine) as session:
        issue = an_approved_issue(session, clock(), ("Later", ["lachgas"]), title="Zonder tellen")
        mailing = plan_issue(session, sent, issue=issue, now=clock())
        variant = session.exec(select(Variant).where(Variant.mailing_id == mailing.id)).one()
        assert "https://bron.example/0" in variant.text
        assert "/k/" not in variant.html + variant.text
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    assert visitor.get(f"/k/{codes(sent)[0]}").status_code == 302
    assert totals(sent) == [0, 0]
    assert 'name="reading"' not in visitor.get(link(sent, Purpose.PREFERENCES, "ref-bert@emmen.nl")).text


def test_a_proof_is_as_large_as_what_is_sent_and_makes_no_links(house: Runtime, clock) -> None:
    with writing(house.engine) as session:
        issue = an_approved_issue(session, clock(), ("Nieuws", ["lachgas"]))
        shown = sample_counting(house.settings, edition_of(session, issue)).articles[0].link
        assert shown.startswith(f"http://testserver/k/{SAMPLE_CODE}")
        a_reader(session, clock(), "anna@emmen.nl", interests=["lachgas"])
        plan_issue(session, house, issue=issue, now=clock())
        made = session.exec(select(MailLink)).one()
        assert len(made.code) == len(SAMPLE_CODE)
        assert link_behind(session, made.code).id == made.id
        assert [(one.title, one.clicks) for one in clicks_of(session, issue)] == [("Nieuws", 0)]


def test_the_desk_shows_totals_per_piece_and_in_the_dossier_what_one_reader_shows(sent: Runtime) -> None:
    visitor = Visitor(sent, **{"user-agent": BROWSER})
    visitor.get(f"/k/{codes(sent)[1]}{mark_of(sent, 'anna@emmen.nl')}")
    visitor.get(f"/k/{codes(sent)[1]}")
    desk = a_colleague(sent, ANNA, "Anna", "editor")
    with reading(sent.engine) as session:
        issue = session.exec(select(Issue)).one()
        anna, bert = (reader(session, f"{name}@emmen.nl").id for name in ("anna", "bert"))
    page = " ".join(desk.get(f"/redactie/edities/{issue.id}").text.split())
    totals_shown = page[page.index("Waar lezers op klikten") :]
    assert totals_shown.index("Lachgas op school") < totals_shown.index("Lachgas in het verkeer"), (
        "most clicked first"
    )
    assert '<td class="number" data-label="Klikken">2</td>' in totals_shown
    shown = desk.get(f"/redactie/abonnees/{anna}").text
    assert "Wat deze lezer las" in shown
    assert "Lachgas op school" in shown
    assert "laat zien welke berichten worden gelezen" in shown
    assert "Ik laat zien wat ik lees." in shown, "the words that she agreed to"
    assert "Wat deze lezer las" not in desk.get(f"/redactie/abonnees/{bert}").text
