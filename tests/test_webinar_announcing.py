"""The announcement of a webinar: whom it reaches, who approves it, what it says, and that it never says what is not so."""

import re
from datetime import timedelta

import pytest
from builders import a_reader
from colleague import ANNA, BERT, a_colleague
from conftest import SetClock
from relay import Relay
from sqlmodel import Session, select
from webinars import VOCABULARY, a_plan, a_webinar, of_reader

from content.announcing import announce, announcement_of, feature_webinar, keep_true, remind_of
from content.approval import approve, content_hash, current_approval
from content.composing import open_issue
from content.errors import ApprovalRefused, BlockRefused, NotApproved, WebinarOver
from content.issues import Block, Issue, blocks_of, makers_of
from content.webinars.tables import Webinar, WebinarStatus
from service.attending import call_off, change
from service.database import reading, writing
from service.errors import NothingToSend
from service.mailing.announced import CLOSED, MOVED, REACTED
from service.mailing.outbox import Delivery, DeliveryState, Mailing
from service.mailing.planning import plan_issue
from service.mailing.targeting import readers_for
from service.runtime import Runtime
from service.webinars.facts import page_address
from service.webinars.wording import in_both
from subscribers.people import Subscriber
from subscribers.registrations.domains import list_domain
from subscribers.registrations.leaving import withdraw
from subscribers.registrations.registering import Wish, ask
from tests.posted import arrived, plain, subjects

ADDRESSES = ("follows@emmen.example", "other@emmen.example", "monthly@emmen.example", "seated@emmen.example",
             "gone@emmen.example", "also@assen.example")  # fmt: skip


def shown(house: Runtime, webinar: Webinar, by: str = ANNA) -> dict[str, object]:
    return {
        "webinar": webinar, "when": in_both(webinar), "address": page_address(house.settings, webinar.slug), "by": by,
        "now": house.clock(),
    }  # fmt: skip


@pytest.fixture
def webinar(runtime: Runtime) -> Webinar:
    """About lachgas. Of six readers two follow it and webinars, and did not react; the others do not, or did."""
    now = runtime.clock()
    with writing(runtime.engine) as session:
        made = a_webinar(session, now)
        people = {
            address: a_reader(
                session, now, address, interests=["cannabis" if "other" in address else "lachgas"],
                streams=["monthly"] if "monthly" in address else ["webinars"], name=address.partition("@")[0].title(),
            )
            for address in ADDRESSES
        }  # fmt: skip
        of_reader(session, now, made, people["seated@emmen.example"])
        left = of_reader(session, now, made, people["gone@emmen.example"]).registration
        withdraw(session, reference=left.reference, now=now)
        return made


def reached(session: Session, house: Runtime, issue: Issue) -> set[str]:
    found = readers_for(session, house.vocabulary, issue, now=house.clock()).subquery()
    return set(session.exec(select(Subscriber.address).join(found, found.c.id == Subscriber.id)))


def sent(house: Runtime, webinar: Webinar, *, reminding: bool = False) -> Mailing:
    """Made by Anna, approved by Bert, and planned."""
    with writing(house.engine) as session:
        webinar = session.get_one(Webinar, webinar.id)
        issue = (remind_of if reminding else announce)(session, **shown(house, webinar))
        approve(
            session, issue=issue, approver=BERT, seen_hash=content_hash(session, issue), now=house.clock()
        )
        return plan_issue(session, house, issue=issue, now=house.clock())


def ends(house: Runtime) -> dict[str, tuple[str, str]]:
    """How the deliveries of issues ended, by address."""
    with reading(house.engine) as session:
        found = (
            select(Subscriber.address, Delivery.state, Delivery.reply)
            .join(Delivery, Delivery.subscriber_id == Subscriber.id)
            .join(Mailing, Mailing.id == Delivery.mailing_id)
            .where(Mailing.kind == "issue")
            .order_by(Delivery.id)
        )
        return {address: (state, reply) for address, state, reply in session.exec(found)}


def test_it_reaches_those_who_follow_the_topic_and_did_not_react(runtime: Runtime, webinar: Webinar) -> None:
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, webinar.id)
        issue = announce(session, **shown(runtime, webinar))
        assert reached(session, runtime, issue) == {"follows@emmen.example", "also@assen.example"}
        # Who said no is asked no more because a stranger types their address.
        ask(session, webinar=webinar, address="gone@emmen.example", wish=Wish(), now=runtime.clock())
        ask(session, webinar=webinar, address="also@assen.example", wish=Wish(), now=runtime.clock())
        assert reached(session, runtime, issue) == {"follows@emmen.example", "also@assen.example"}
        webinar.tags = []
        assert reached(session, runtime, issue) == {
            "follows@emmen.example",
            "also@assen.example",
            "other@emmen.example",
        }
        webinar.for_whom = "government"
        assert reached(session, runtime, issue) == set()
        list_domain(session, domain="emmen.example", by=ANNA, now=runtime.clock())
        assert reached(session, runtime, issue) == {"follows@emmen.example", "other@emmen.example"}
        list_domain(session, domain="example.org", by=ANNA, now=runtime.clock())
        webinar.status = WebinarStatus.DRAFT
        assert reached(session, runtime, issue) == set()


def test_it_leaves_once_with_a_link_that_is_the_readers_own(
    posting: Runtime, postbox: Relay, webinar: Webinar
) -> None:
    mailing = sent(posting, webinar)
    assert (mailing.planned, mailing.stream) == (2, "webinars")
    mails = arrived(posting, postbox)
    assert set(mails) == {"follows@emmen.example", "also@assen.example"}
    [mail] = mails["follows@emmen.example"]
    text = plain(mail)
    assert mail["Subject"] == webinar.title
    assert mail["List-Unsubscribe"]
    assert "Beste Follows," in text
    assert "dinsdag 8 december 2026, 10.00 – 11.00 uur" in text
    assert "Omdat u lachgas volgt" in text
    html = mail.get_body(("html",)).get_content()
    links = {re.search(r"/webinars/[\w-]+/voor/[\w.-]+", part)[0] for part in (text, html)}
    assert len(links) == 1
    with reading(posting.engine) as session:
        assert announcement_of(session, webinar) is not None
    with writing(posting.engine) as session:  # twice is once
        again = announce(session, **shown(posting, session.get_one(Webinar, webinar.id)))
        assert again.id == mailing.issue_id


def test_four_eyes_and_a_webinar_that_still_comes(
    runtime: Runtime, webinar: Webinar, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, webinar.id)
        issue = announce(session, **shown(runtime, webinar))
        seen = content_hash(session, issue)
        with pytest.raises(ApprovalRefused):
            approve(session, issue=issue, approver=ANNA, seen_hash=seen, now=clock())
        with pytest.raises(NotApproved):
            plan_issue(session, runtime, issue=issue, now=clock())
        approve(session, issue=issue, approver=BERT, seen_hash=seen, now=clock())
    clock.moment = webinar.starts_at
    with writing(runtime.engine) as session, pytest.raises(NothingToSend):
        plan_issue(session, runtime, issue=session.get_one(Issue, issue.id), now=clock())
    with writing(runtime.engine) as session:
        monthly = open_issue(session, title="Kennispost", by=ANNA, now=clock())
        with pytest.raises(WebinarOver):
            feature_webinar(session, issue=monthly, **shown(runtime, session.get_one(Webinar, webinar.id)))


def test_who_registers_before_it_leaves_gets_none(posting: Runtime, postbox: Relay, webinar: Webinar) -> None:
    sent(posting, webinar)
    with writing(posting.engine) as session:
        reader = session.exec(select(Subscriber).where(Subscriber.address == "follows@emmen.example")).one()
        of_reader(session, posting.clock(), session.get_one(Webinar, webinar.id), reader)
    assert set(subjects(posting, postbox)) == {"also@assen.example"}
    assert ends(posting)["follows@emmen.example"] == (DeliveryState.CANCELLED, REACTED)


@pytest.mark.parametrize("what", ["moved", "called-off"])
def test_what_is_not_so_any_more_never_leaves(
    posting: Runtime, postbox: Relay, webinar: Webinar, clock: SetClock, what: str
) -> None:
    sent(posting, webinar)
    now = clock.advance(minutes=1)
    with writing(posting.engine) as session:
        if what == "moved":
            moved = (webinar.starts_at + timedelta(days=1), webinar.ends_at + timedelta(days=1))
            change(
                session, posting.settings, webinar_id=webinar.id, vocabulary=VOCABULARY, by=ANNA, now=now,
                plan=a_plan(now, starts_at=moved[0], ends_at=moved[1]),
            )  # fmt: skip
        else:
            call_off(session, posting.settings, webinar_id=webinar.id, by=ANNA, now=now, notice="Ziek.")
    assert "follows@emmen.example" not in subjects(posting, postbox)
    assert ends(posting)["follows@emmen.example"] == (
        DeliveryState.CANCELLED, MOVED if what == "moved" else CLOSED,
    )  # fmt: skip
    if what == "moved":  # they are not forgotten: the reminder brings the new moment
        assert sent(posting, webinar, reminding=True).planned == 2
        [mail] = arrived(posting, postbox)["follows@emmen.example"]
        assert "woensdag 9 december 2026" in plain(mail)


def test_one_reminder_to_those_who_did_not_react(
    posting: Runtime, postbox: Relay, webinar: Webinar, clock: SetClock
) -> None:
    with writing(posting.engine) as session, pytest.raises(BlockRefused):
        remind_of(session, **shown(posting, session.get_one(Webinar, webinar.id)))
    sent(posting, webinar)
    assert len(subjects(posting, postbox)) == 2
    with writing(posting.engine) as session:
        now = clock.advance(days=2)
        a_reader(
            session, now, "late@emmen.example", interests=["lachgas"], streams=["webinars"]
        )  # was not told
        reader = session.exec(select(Subscriber).where(Subscriber.address == "also@assen.example")).one()
        of_reader(session, now, session.get_one(Webinar, webinar.id), reader, answer="recording")
    assert sent(posting, webinar, reminding=True).planned == 1
    assert subjects(posting, postbox) == {"follows@emmen.example": [f"Herinnering: {webinar.title}"]}
    with writing(posting.engine) as session:
        webinar = session.get_one(Webinar, webinar.id)
        assert (
            remind_of(session, **shown(posting, webinar)).closed_at is not None
        )  # the same one, that was sent
        assert len(session.exec(select(Issue).where(Issue.webinar_id == webinar.id)).all()) == 2


def test_a_block_in_the_monthly_issue_follows_the_webinar(
    runtime: Runtime, webinar: Webinar, clock: SetClock
) -> None:
    with writing(runtime.engine) as session:
        webinar = session.get_one(Webinar, webinar.id)
        issue = open_issue(session, title="Kennispost", by=ANNA, now=clock())
        block = feature_webinar(session, issue=issue, **shown(runtime, webinar))
        assert (block.tags, block.everyone) == (["lachgas"], False)
        with pytest.raises(BlockRefused):
            feature_webinar(session, issue=issue, **shown(runtime, webinar))
        approve(session, issue=issue, approver=BERT, seen_hash=content_hash(session, issue), now=clock())
        assert (
            keep_true(session, webinar=webinar, when=in_both(webinar), by="carla@example.org", now=clock())
            == 0
        )
        assert current_approval(session, issue) is not None
        moved = (webinar.starts_at + timedelta(days=1), webinar.ends_at + timedelta(days=1))
        change(
            session, runtime.settings, webinar_id=webinar.id, vocabulary=VOCABULARY, by="anna@example.org",
            now=clock(), plan=a_plan(clock(), starts_at=moved[0], ends_at=moved[1]),
        )  # fmt: skip
        assert current_approval(session, issue) is None
        assert makers_of(session, issue) == {ANNA, "anna@example.org"}  # whoever moved it cannot approve it
        [block] = blocks_of(session, issue)
        assert block.details[0]["en"].startswith("Wednesday")
        call_off(session, runtime.settings, webinar_id=webinar.id, by="anna", now=clock())
        assert blocks_of(session, issue) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_way_at_the_desk(runtime: Runtime, webinar: Webinar) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    bert = a_colleague(runtime, BERT, "Bert", "publisher")
    page = f"/redactie/webinars/{webinar.id}"
    opened = anna.post(f"{page}/aankondigen", via=page).headers["location"]
    issue = opened.removesuffix("?klaar=aankondiging")
    assert anna.post(f"{page}/aankondigen", via=page).headers["location"] == issue
    assert anna.post(f"{page}/herinneren", via=page).status_code == 422
    preview = anna.get(f"{issue}/voorbeeld")
    assert preview.status_code == 200
    html = bert.get(issue).text
    token = re.search(r'name="seen_hash" value="(\w+)"', html)
    assert token is not None
    assert (
        bert.post(f"{issue}/goedkeuren", {"seen_hash": token[1]}, via=issue)
        .headers["location"]
        .endswith("klaar=goedgekeurd")
    )
    assert "2" in bert.get(f"{issue}/versturen").text
    assert (
        bert.post(f"{issue}/versturen", {"when": "now"}, via=issue)
        .headers["location"]
        .endswith("klaar=verstuurd")
    )
    assert "naar 2 lezers" in anna.get(page).text
    assert anna.post(f"{page}/herinneren", via=page).headers["location"].endswith("klaar=aankondiging")
    assert "/edities/" not in re.sub(
        r"/redactie/edities/\d+", "", bert.get("/edities").text.partition("<main")[2]
    )

    with writing(runtime.engine) as session:
        monthly = open_issue(session, title="Kennispost", by=ANNA, now=runtime.clock())
    done = anna.post(f"{page}/in-editie", {"issue_id": str(monthly.id)}, via=page)
    assert done.headers["location"] == f"/redactie/edities/{monthly.id}?klaar=in-editie"
    with reading(runtime.engine) as session:
        block = session.exec(select(Block).where(Block.issue_id == monthly.id)).one()
    here = f"/redactie/edities/{monthly.id}"
    away = anna.post(f"{here}/onderdelen/{block.id}/weg", via=here).headers["location"]
    event = re.search(r"weg=(\d+)", away)
    assert event is not None
    assert anna.post(f"{here}/onderdelen/terugzetten", {"event": event[1]}, via=here).status_code == 303
    with reading(runtime.engine) as session:
        again = session.exec(select(Block).where(Block.issue_id == monthly.id)).one()
    assert (again.webinar_id, again.details, again.kind) == (webinar.id, block.details, "webinar")
