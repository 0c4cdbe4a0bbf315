"""Mailings at the desk: what one sees of them, and who may steer them how."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from builders import a_reader
from colleague import ANNA, BERT, Colleague, a_colleague
from sqlmodel import col, select, update

from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.outbox import Allowance, Delivery, Mailing, MailingState
from service.runtime import Runtime
from tests.mailings import over_smtp, plan, states
from tests.relay import Relay, running_relay

TITLE = "Kennispost december 2026"
PLACE = "/redactie/verzendingen"


@pytest.fixture
def relay() -> Iterator[Relay]:
    with running_relay() as made:
        yield made


@pytest.fixture
def by_smtp(runtime: Runtime, relay: Relay) -> Runtime:
    return over_smtp(runtime, relay)


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


@pytest.fixture
def bert(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, BERT, "Bert", "publisher")


def the(runtime: Runtime, mailing_id: int = 1) -> Mailing:
    with reading(runtime.engine) as session:
        return session.get_one(Mailing, mailing_id)


def texts(html: str) -> str:
    """What one reads of a page."""
    return " ".join(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.S).split())


def the_mailing(runtime: Runtime) -> int:
    """The id of the only mailing that is no letter."""
    with reading(runtime.engine) as session:
        return session.exec(select(Mailing.id).where(col(Mailing.urgent).is_(False))).one() or 0


def test_without_mailings_the_list_says_what_to_do(anna: Colleague) -> None:
    page = texts(anna.get(PLACE).text)
    assert "Er is nog niets verstuurd" in page
    assert "Naar de edities" in page


def test_what_is_leaving_stands_above_what_has_left(runtime: Runtime, anna: Colleague, clock) -> None:
    with writing(runtime.engine) as session:
        for number_, state in enumerate(("finished", "sending", "cancelled", "paused")):
            session.add(
                Mailing(
                    kind="issue", title=f"Nummer {number_} {state}", state=state, planned=1200,
                    created_at=clock() + timedelta(minutes=number_), finished_at=clock() if state == "finished" else None,
                )
            )  # fmt: skip
    html = anna.get(PLACE).text
    assert re.findall(r"Nummer \d (\w+)</a>", html) == ["sending", "paused", "cancelled", "finished"]
    assert "1.200 lezers" in html
    assert "wordt afgebroken" in html, "it has no end yet"


def test_a_letter_is_no_mailing_to_look_at(runtime: Runtime, anna: Colleague) -> None:
    anna.post("/redactie/inloggen", {"address": BERT}, via="/redactie/edities")
    with reading(runtime.engine) as session:
        letters = session.exec(select(Mailing.id)).all()
    assert "sign-in" not in anna.get(PLACE).text
    for number_ in [*letters, 999]:
        assert anna.get(f"{PLACE}/{number_}").status_code == 404


def test_the_page_shows_how_far_it_is_and_what_needs_a_person(
    by_smtp: Runtime, relay: Relay, anna: Colleague, clock
) -> None:
    relay.rcpt = {
        "lezer0@gemeente.example": "550 5.1.1 <lezer0@gemeente.example> unknown <script>",
        "lezer1@gemeente.example": "550 5.1.1 <lezer1@gemeente.example> unknown <script>",
        "lezer3@gemeente.example": "450 4.2.0 busy",
    }
    relay.cut = {"lezer2@gemeente.example"}
    mailing_id = plan(by_smtp, readers=6)
    deliver_due(by_smtp)
    with writing(by_smtp.engine) as session:
        until = clock() + timedelta(minutes=20)
        session.add(Allowance(key="ziggo.example", filled_at=clock(), closed_until=until, reply="421 slow"))
    html = anna.get(f"{PLACE}/{mailing_id}").text
    page = texts(html)
    for expected in (
        "83 %", "5 van de 6 lezers zijn klaar", "verstuurd 2", "mislukt 2", "onzeker 1", "later opnieuw 1",
        "1 mail wordt later opnieuw geprobeerd. De eerste 10.30 uur", "1 onzekere mail: beslist u", "lezer2@gemeente.example",
        "2 mails mislukten", "550 5.1.1 … unknown", "ziggo.example wacht tot 10.20 uur", "Mailservers",
    ):  # fmt: skip
        assert expected in page.replace("„", "").replace("”", ""), expected
    assert "<script>" not in re.sub(r"<script src=[^>]+></script>", "", html)
    assert 'http-equiv="refresh"' in html, "without a script it looks again by itself"
    assert "<form" not in html[html.index("<main") :], "an editor looks, and steers nothing"
    figures = anna.get(f"{PLACE}/{mailing_id}/stand")
    assert figures.headers["cache-control"] == "no-store"
    assert (figures.json()["percent"], figures.json()["texts"]["count-sent"]) == (83, "2")
    assert [part["name"] for part in figures.json()["bar"] if part["width"]] == [
        "sent",
        "failed",
        "uncertain",
    ]


def test_the_end_is_a_sum_that_balances(runtime: Runtime, anna: Colleague, clock) -> None:
    mailing_id = plan(runtime, readers=4)
    with writing(runtime.engine) as session:
        session.exec(update(Delivery).where(col(Delivery.id) == 1).values(state="suppressed"))
    clock.advance(minutes=2)
    deliver_due(runtime)
    html = anna.get(f"{PLACE}/{mailing_id}").text
    page = texts(html)
    assert "De stand klopt. Gepland voor 4 lezers: 3 verstuurd + 1 geblokkeerd = 4." in page
    assert "Klaar 10.02 uur, na 2 minuten." in page
    assert 'http-equiv="refresh"' not in html
    with writing(runtime.engine) as session:
        session.exec(update(Mailing).where(col(Mailing.id) == mailing_id).values(planned=5))
    assert "De stand klopt niet." in texts(anna.get(f"{PLACE}/{mailing_id}").text)


def test_a_publisher_pauses_resumes_and_the_page_says_who(
    runtime: Runtime, anna: Colleague, bert: Colleague
) -> None:
    at = f"{PLACE}/{plan(runtime)}"
    assert bert.post(f"{at}/pauzeren", via=at).headers["location"] == f"{at}?klaar=gepauzeerd"
    page = texts(bert.get(f"{at}?klaar=gepauzeerd").text)
    assert "De verzending staat op pauze." in page
    assert "Bert pauzeerde de verzending" in page
    assert "gepauzeerd" in texts(bert.get("/redactie/edities").text), "the list of issues says so as well"
    assert bert.post(f"{at}/hervatten", via=at).status_code == 303
    assert the(runtime, the_mailing(runtime)).state == MailingState.SENDING


@pytest.mark.parametrize("act", ["pauzeren", "hervatten", "afbreken", "opnieuw", "onzeker", "nakomers"])
def test_only_publishers_steer_and_only_with_a_token(
    runtime: Runtime, anna: Colleague, bert: Colleague, act: str
) -> None:
    mailing_id = plan(runtime)
    at = f"{PLACE}/{mailing_id}/{act}"
    assert anna.post(at).status_code == 403
    assert bert.client.post(at).status_code == 403
    assert Colleague(runtime).get(f"{PLACE}/{mailing_id}/stand").status_code in (303, 401)
    assert states(runtime, mailing_id) == {"planned": 3}
    with reading(runtime.engine) as session:
        acts = set(session.exec(select(AuditEvent.action)))
    assert acts <= {Act.SIGNED_IN, Act.USER_ADDED}


def test_cancelling_asks_for_the_title(runtime: Runtime, bert: Colleague) -> None:
    mailing_id = plan(runtime)
    at = f"{PLACE}/{mailing_id}/afbreken"
    assert "3 lezers krijgen deze editie dan niet." in texts(bert.get(at).text)
    for typed in ("", "Kennispost", "ja"):
        refused = bert.post(at, {"title": typed}, via=at)
        assert refused.status_code == 422
        assert "Dit is niet de titel" in refused.text
    assert states(runtime, mailing_id) == {"planned": 3}
    done = bert.post(at, {"title": " kennispost  December 2026 "}, via=at)
    assert done.headers["location"].endswith("klaar=afgebroken")
    assert states(runtime, mailing_id) == {"cancelled": 3}
    page = texts(bert.get(f"{PLACE}/{mailing_id}").text)
    assert "Gepland voor 3 lezers: 3 geannuleerd = 3." in page
    late = bert.post(f"{PLACE}/{mailing_id}/hervatten", via=PLACE + f"/{mailing_id}/afbreken")
    assert late.status_code == 409
    assert "al klaar of afgebroken" in late.text


def test_failures_are_tried_again_from_the_page(by_smtp: Runtime, relay: Relay, bert: Colleague) -> None:
    relay.rcpt["lezer1@gemeente.example"] = "550 5.1.1 unknown"
    mailing_id = plan(by_smtp)
    deliver_due(by_smtp)
    at = f"{PLACE}/{mailing_id}"
    assert "Probeer deze 1 opnieuw" in texts(bert.get(at).text)
    assert bert.post(f"{at}/opnieuw", via=at).status_code == 303
    again = bert.post(f"{at}/opnieuw", via=at)
    assert (again.status_code, "Misschien deed een collega dat net al" in again.text) == (409, True)
    assert states(by_smtp, mailing_id) == {"sent": 2, "planned": 1}


def test_a_person_decides_about_each_uncertain_mail(by_smtp: Runtime, relay: Relay, bert: Colleague) -> None:
    relay.cut = {f"lezer{number_}@gemeente.example" for number_ in range(4)}
    mailing_id = plan(by_smtp, readers=5)
    deliver_due(by_smtp)
    at = f"{PLACE}/{mailing_id}"
    with reading(by_smtp.engine) as session:
        ids = session.exec(select(Delivery.id).where(col(Delivery.state) == "uncertain")).all()
    assert bert.post(f"{at}/onzeker", via=at).status_code == 409, "no button was pressed"
    assert bert.post(f"{at}/onzeker", {"resend_one": str(ids[0])}, via=at).status_code == 303
    assert bert.post(f"{at}/onzeker", {"rest_one": str(ids[1])}, via=at).status_code == 303
    assert states(by_smtp, mailing_id) == {"sent": 1, "planned": 1, "uncertain": 3}
    assert "2 onzekere mails" in texts(bert.get(at).text)
    assert bert.post(f"{at}/onzeker", {"everyone": "rest"}, via=at).status_code == 303
    page = texts(bert.get(f"{at}/lezers?stand=uncertain").text)
    assert page.count("Bert liet het hierbij.") == 3
    assert "beslist u" not in texts(bert.get(at).text)


def test_new_readers_get_it_after_they_were_counted(runtime: Runtime, bert: Colleague, clock) -> None:
    mailing_id = plan(runtime)
    at = f"{PLACE}/{mailing_id}/nakomers"
    assert "Er zijn geen nieuwe lezers" in texts(bert.get(at).text)
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "nieuw@gemeente.example")
    assert "1 lezer kwam erbij" in texts(bert.get(at).text)
    assert bert.post(at, via=at).headers["location"].endswith("klaar=nakomers")
    assert states(runtime, mailing_id) == {"planned": 4}
    assert bert.post(at, via=f"{PLACE}/{mailing_id}").status_code == 409


def test_who_got_it_and_who_did_not(by_smtp: Runtime, relay: Relay, anna: Colleague) -> None:
    relay.rcpt["lezer1@gemeente.example"] = "550 5.1.1 unknown"
    mailing_id = plan(by_smtp, readers=60)
    deliver_due(by_smtp)
    at = f"{PLACE}/{mailing_id}/lezers"
    page = texts(anna.get(f"{at}?stand=failed").text)
    assert "lezer1@gemeente.example" in page
    assert re.search(r"10\.00 uur, 127\.0\.0\.1:\d+: 550", page)
    assert "lezer2@" not in page
    seen, following = set(), at
    while following:
        html = anna.get(following).text
        found = set(re.findall(r"lezer\d+@gemeente\.example", html))
        assert seen.isdisjoint(found)
        seen |= found
        more = re.search(r'rel="next" href="([^"]+)"', html)
        following = more[1].replace("&amp;", "&") if more else ""
    assert len(seen) == 60
    assert "lezer59@" in anna.get(f"{at}?zoek=LEZER59").text
    assert "diegene was geen lezer" in anna.get(f"{at}?zoek=onbekend").text
    assert anna.get(f"{at}?stand=onzin").status_code == 422
