"""Our own mails pass the lint as they leave, signed: every letter and the issue, in both languages."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from content.approval import approve, content_hash
from content.composing import open_issue
from content.issues import IssueKind
from content.sources import add_source
from content.welcome import begin_series, switch
from content.welcome_starter import starter_steps
from service.database import writing
from service.linting.checking import lint_message
from service.linting.findings import Severity
from service.linting.spamassassin import CLEAN_BELOW, spam_score
from service.mailing.delivering import deliver_due
from service.mailing.dkim import sign_message
from service.mailing.dkim_keys import load_signer, new_key
from service.mailing.letters import LETTERS, post_letter
from service.mailing.maildir import mailbox_folder
from service.mailing.outbox import Mailing
from service.mailing.planning import STREAMS, plan_issue
from service.mailing.welcoming import use_version, welcome_newcomers
from service.runtime import Runtime
from service.users import make_sign_in_link
from subscribers.merging import Move
from subscribers.moving import ask_to_move
from subscribers.people import Membership, Subscriber
from tests.builders import a_municipality, a_reader, a_request, a_user, an_approved_issue

UNCONFIRMED = {"confirm-subscription", "hand-over"}
TO_READERS = {"already-subscribed", "preferences-link", "own-data", "still-you", "municipality-merged"}
MOVING = {"confirm-old-address", "confirm-new-address"}
MOMENT = timedelta(days=2)


@pytest.fixture
def public(runtime: Runtime) -> Runtime:
    """The runtime as it is in production: on an https address, with a key that signs."""
    changed = {
        "base_url": "https://kennispost.example",
        "dkim_selector": "k1",
        "editors_address": "redactie@kennispost.example",
    }
    made = replace(runtime, settings=runtime.settings.model_copy(update=changed))
    new_key(made.settings, selector="k1")
    return made


def the_mail(runtime: Runtime) -> bytes:
    """The one mail that leaves, signed."""
    assert deliver_due(runtime).sent == 1
    (file,) = (file for file in mailbox_folder(runtime.settings).rglob("*") if file.is_file())
    raw = file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return (
        raw
        if b"DKIM-Signature" in raw
        else sign_message(load_signer(runtime.settings), raw, now=runtime.clock())
    )


def faults(raw: bytes) -> list[str]:
    found = [one for one in lint_message(raw) if one.severity is not Severity.NOTE]
    return [f"{one.code}: {one.where}: {one.said('nl')}" for one in found]


def an_issue_mail(runtime: Runtime, language: str, kind: str = "monthly") -> bytes:
    with writing(runtime.engine) as session:
        a_reader(
            session, runtime.clock(), "anna@gemeente.example", name="Anna", interests=["lachgas"], language=language,
            organisation=a_municipality(session), streams=[STREAMS[IssueKind(kind)]],
        )  # fmt: skip
        issue = an_approved_issue(
            session,
            runtime.clock(),
            ("Lachgas in het verkeer", ["lachgas"]),
            everyone=["Voor iedereen"],
            kind=kind,
        )
        plan_issue(session, runtime, issue=issue, now=runtime.clock())
    return the_mail(runtime)


def a_move(session: Session, reader: Subscriber, now: datetime) -> int:
    """That a reader moved along when their municipality became part of another."""
    before, after = a_municipality(session, "Wijdemeren"), a_municipality(session, "Hilversum")
    moved = Move(subscriber_id=reader.id, from_id=before.id, to_id=after.id, at=now)
    session.add_all([moved, Membership(subscriber_id=reader.id, organisation_id=after.id)])
    session.flush()
    return moved.id


def a_letter(runtime: Runtime, kind: str, language: str) -> bytes:
    now = runtime.clock()
    with writing(runtime.engine) as session:
        user = a_user(session, now)
        user.language = language
        context = {"nonce": make_sign_in_link(session, user=user, now=now).nonce, "problem": "MailRefused"}
        issue = open_issue(session, title="Kennispost januari", by="anna", now=now, send_at=now + MOMENT)
        context |= {"issue_id": issue.id, "schedule": "harvest", "due_at": now.isoformat()}
        context |= {"reason": "authentication", "status": "5.7.26"}
        context |= {"from": "lezer@gemeente.example", "subject": "Dank", "text": "Mooie editie.\nGroet"}
        bron = add_source(session, key="ggd", url="https://ggd.example/feed", name="GGD", now=now)
        context["source_key"] = bron.key
        if kind == "mailing-paused":
            paused = Mailing(kind="monthly", issue_id=issue.id, created_at=now)
            session.add(paused)
            session.flush()
            context["mailing_id"] = paused.id
        if kind in UNCONFIRMED:
            asked = a_request(session, now, vocabulary=runtime.vocabulary, language=language)
            who = {"subscriber": asked.subscriber}
        elif kind in TO_READERS | MOVING:
            reader = a_reader(session, now, "anna@gemeente.example", name="Anna", language=language)
            change = ask_to_move(session, subscriber=reader, address="anna@elders.example", now=now)
            context["change_id"] = change.id
            context["moves"] = [a_move(session, reader, now)] if kind == "municipality-merged" else []
            who = {"subscriber": reader}
        else:
            who = {"user": user}
        post_letter(session, kind=kind, context=context, now=now, **who)
    return the_mail(runtime)


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_passes(public: Runtime, kind: str, language: str) -> None:
    assert faults(a_letter(public, kind, language)) == []


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("kind", ["monthly", "digest", "alert"])
def test_an_issue_passes(public: Runtime, kind: str, language: str) -> None:
    raw = an_issue_mail(public, language, kind)
    assert b"List-Unsubscribe: <https://" in raw
    assert faults(raw) == []


@pytest.mark.parametrize(("step", "language"), [(text.step, text.language) for text in starter_steps()])
def test_a_welcome_mail_passes(public: Runtime, step: int, language: str) -> None:
    now = public.clock()
    with writing(public.engine) as session:
        made = begin_series(session, by="anna@example.org", now=now)
        version, issue = next(pair for pair in made if (pair[0].step, pair[1].language) == (step, language))
        approve(session, issue=issue, approver="bert", seen_hash=content_hash(session, issue), now=now)
        use_version(session, version=version, issue=issue, now=now)
        switch(session, on=True, now=now)
        a_reader(
            session,
            now,
            "anna@x.example",
            language=language,
            streams=["welcome"],
            organisation=a_municipality(session),
        )
    public.clock.advance(days=version.delay_days)
    with writing(public.engine) as session:
        welcome_newcomers(session, public, now=public.clock())
    raw = the_mail(public)
    assert b"List-Id: <welcome." in raw
    assert faults(raw) == []


@pytest.mark.skipif(shutil.which("spamassassin") is None, reason="SpamAssassin is not installed")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["issue", "confirm-subscription", "sign-in"])
def test_spamassassin_gives_less_than_a_point(public: Runtime, kind: str) -> None:
    finding = spam_score(an_issue_mail(public, "nl") if kind == "issue" else a_letter(public, kind, "nl"))
    assert float(dict(finding.details)["score"]) < CLEAN_BELOW, finding.said("en")
