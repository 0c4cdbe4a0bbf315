"""Letters: each kind says what it must, with links that work, to the one it is for."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest

from content.composing import open_issue
from service.database import reading, writing
from service.mailing.delivering import deliver_due
from service.mailing.letters import LETTERS, post_letter
from service.mailing.maildir import arrived, read_all
from service.mailing.outbox import Delivery, Mailing, MailingState
from service.runtime import Runtime
from service.templating import templates_folder
from service.tokens import Purpose, read_token
from subscribers.people import Subscriber
from subscribers.signup import latest_request
from subscribers.suppression import suppress
from tests.builders import a_reader, a_request, a_sign_in_letter, a_user


def the_letter(runtime: Runtime) -> tuple[EmailMessage, str, str]:
    """The one letter in the mailbox, its HTML and its text."""
    deliver_due(runtime)
    (found,) = read_all(arrived(runtime.settings))
    return found.message, found.body("html"), found.body("plain")


def link_in(text: str, path: str) -> str:
    """The token behind this path, in the text of a letter."""
    return re.search(rf"http://testserver{path}/(\S+)", text)[1]


def test_each_kind_has_its_folder() -> None:
    for kind in LETTERS:
        files = {file.name for file in (templates_folder() / "emails" / kind).iterdir()}
        assert files == {"subject.txt", "body.txt", "body.mjml"}


def test_a_confirmation_carries_a_token_for_that_alone_and_no_words_of_a_stranger(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        reader = a_request(
            session,
            clock(),
            "anna@gemeente.example",
            name="Koop nu bij evil.example",
            vocabulary=runtime.vocabulary,
        ).subscriber
        reference, request = reader.reference, latest_request(session, reader)
        post_letter(session, kind="confirm-subscription", subscriber=reader, now=clock())
    message, html, text = the_letter(runtime)
    assert message["Subject"] == "Bevestig uw aanmelding voor Kennispost"
    assert message["To"] == "anna@gemeente.example"
    assert "evil.example" not in html + text + str(message)
    assert "Beste lezer," in text
    token = link_in(text, "/bevestigen")
    assert read_token(runtime.settings, Purpose.CONFIRM, token, now=clock()) == [reference, request]
    assert token in html


def test_who_is_subscribed_already_hears_so_and_can_leave(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "anna@gemeente.example", name="Anna")
        reference = reader.reference
        post_letter(session, kind="already-subscribed", subscriber=reader, now=clock())
    _, html, text = the_letter(runtime)
    assert "Beste Anna," in text
    settings, now = runtime.settings, clock()
    assert read_token(settings, Purpose.PREFERENCES, link_in(text, "/voorkeuren"), now=now) == reference
    assert read_token(settings, Purpose.UNSUBSCRIBE, link_in(text, "/afmelden"), now=now) == [
        reference,
        "all",
    ]
    assert link_in(text, "/afmelden") in html


def test_a_sign_in_link_is_made_when_the_letter_is_and_stored_nowhere(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        nonce = a_sign_in_letter(session, clock()).nonce
    _, _, text = the_letter(runtime)
    token = link_in(text, "/redactie/inloggen")
    assert read_token(runtime.settings, Purpose.SIGN_IN, token, now=clock()) == nonce
    with reading(runtime.engine) as session:
        assert token not in str(session.get_one(Delivery, 1).model_dump())


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("remind-editors", "Nog niet goedgekeurd: Kennispost januari 2027"),
        ("issue-not-approved", "Niet verstuurd: Kennispost januari 2027"),
    ],
)
def test_editors_hear_which_issue_waits(runtime: Runtime, clock, kind: str, subject: str) -> None:
    with writing(runtime.engine) as session:
        moment = clock() + timedelta(days=2)
        issue = open_issue(session, title="Kennispost januari 2027", by="anna", now=clock(), send_at=moment)
        post_letter(
            session, kind=kind, user=a_user(session, clock()), context={"issue_id": issue.id}, now=clock()
        )
        issue_id = issue.id
    message, html, text = the_letter(runtime)
    assert message["Subject"] == subject
    assert "donderdag 3 december 2026, 10.00 uur" in " ".join(text.split())
    assert f"http://testserver/redactie/edities/{issue_id}" in text
    assert html.count("<h1") == 1


def test_a_person_is_asked_about_what_came_too_late(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        context = {"schedule": "harvest", "due_at": clock().isoformat(), "issue_id": None}
        post_letter(
            session, kind="occurrence-expired", user=a_user(session, clock()), context=context, now=clock()
        )
    message, _, text = the_letter(runtime)
    assert message["Subject"] == "Te laat om vanzelf te gebeuren: nieuws ophalen"
    assert "dinsdag 1 december 2026, 10.00 uur" in " ".join(text.split())
    assert "http://testserver/redactie" in text


def test_a_sign_in_link_that_ran_out_while_the_relay_was_down_is_not_mailed(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_sign_in_letter(session, clock())
    clock.advance(minutes=61)
    assert deliver_due(runtime).cancelled == 1


def test_a_letter_says_who_sends_it_and_is_no_list(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_sign_in_letter(session, clock())
    message, html, text = the_letter(runtime)
    for body in (html, text):
        assert "Postbus 1, 3500 AA Utrecht" in body
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None


def test_a_letter_about_what_is_gone_is_cancelled(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        post_letter(
            session,
            kind="remind-editors",
            user=a_user(session, clock()),
            context={"issue_id": 99},
            now=clock(),
        )
    assert deliver_due(runtime).cancelled == 1
    with reading(runtime.engine) as session:
        assert session.get_one(Mailing, 1).state == MailingState.FINISHED


def test_who_may_no_longer_sign_in_gets_no_link(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        user = a_user(session, clock())
        user.active = False
        a_sign_in_letter(session, clock(), user)
    assert deliver_due(runtime).cancelled == 1


def test_a_suppressed_address_gets_no_letter(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        reader = a_reader(session, clock(), "anna@gemeente.example")
        keys = runtime.settings.signing_keys()
        suppress(session, address="anna@gemeente.example", reason="complaint", keys=keys, now=clock())
        post_letter(session, kind="already-subscribed", subscriber=reader, now=clock())
    assert deliver_due(runtime).suppressed == 1


def test_a_letter_that_its_transaction_takes_back_never_leaves(runtime: Runtime, clock) -> None:
    with pytest.raises(RuntimeError), writing(runtime.engine) as session:
        a_sign_in_letter(session, clock())
        raise RuntimeError
    assert deliver_due(runtime).sent == 0


def test_a_letter_goes_to_exactly_one_person_and_is_of_a_known_kind(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        user, reader = a_user(session, clock()), a_reader(session, clock(), "anna@gemeente.example")
        for people in ({}, {"user": user, "subscriber": reader}):
            with pytest.raises(ValueError, match="one of them"):
                post_letter(session, kind="sign-in", now=clock(), **people)
        with pytest.raises(ValueError, match="no letter"):
            post_letter(session, kind="spam", now=clock(), user=user)
        assert session.get(Subscriber, reader.id) is reader
