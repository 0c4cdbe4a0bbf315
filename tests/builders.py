"""Builders that tests share: readers, organisations, issues, users. Only ever added to."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from content.approval import approve, content_hash
from content.composing import add_link, add_text, change_issue, open_issue
from content.issues import Issue
from content.vocabulary import Vocabulary
from service.mailing.letters import post_letter
from service.users import SignInLink, User, make_sign_in_link
from subscribers.consent import ConsentKind, record
from subscribers.following import add_streams
from subscribers.organisations import Organisation
from subscribers.people import Interest, Membership, Subscriber, SubscriberState
from subscribers.profiles import refresh_profile_key
from subscribers.signup import SignUp, sign_up


def a_reader(
    session: Session,
    now: datetime,
    address: str,
    *,
    interests: Iterable[str] = (),
    streams: Iterable[str] = ("monthly",),
    organisation: Organisation | None = None,
    name: str = "",
    language: str = "nl",
) -> Subscriber:
    """An active reader, as they are after confirming."""
    interests = list(interests)
    reader = Subscriber(
        reference=f"ref-{address}", address=address, address_key=address.casefold(), name=name, language=language,
        state=SubscriberState.ACTIVE, created_at=now, confirmed_at=now,
    )  # fmt: skip
    session.add(reader)
    session.flush()
    if organisation is not None:
        session.add(Membership(subscriber_id=reader.id, organisation_id=organisation.id))
    for slug in interests:
        session.add(Interest(subscriber_id=reader.id, facet="substance", slug=slug))
    refresh_profile_key(session, reader)
    if asked := sorted(streams):
        consent = record(
            session, subscriber=reader, kind=ConsentKind.CONFIRMED, streams=asked, topics=sorted(interests),
            source="builder", now=now,
        )  # fmt: skip
        add_streams(session, reader, consent=consent)
    return reader


def a_municipality(
    session: Session, name: str = "Aa en Hunze", ggd_region: str = "GGD Drenthe"
) -> Organisation:
    """A municipality of the register."""
    found = Organisation(kind="municipality", key=f"GM:{name}", name=name, ggd_region=ggd_region)
    session.add(found)
    session.flush()
    return found


def an_approved_issue(
    session: Session,
    now: datetime,
    *blocks: tuple[str, Iterable[str]],
    everyone: Iterable[str] = (),
    title: str = "Kennispost december 2026",
    minimum: int = 1,
    allow_nothing: bool = False,
    kind: str = "monthly",
) -> Issue:
    """An issue of link blocks, (title, tags), and texts for everyone; made by Anna and approved by Bert."""
    issue = open_issue(session, title=title, by="anna@example.org", now=now, kind=kind)
    change_issue(
        session, issue=issue, title=title, introduction="Dit is *nieuw*.", minimum=minimum, maximum=12,
        allow_nothing=allow_nothing, by="anna@example.org", now=now,
    )  # fmt: skip
    for text in everyone:
        add_text(
            session, issue=issue, section_key="news", title=text, body=f"{text} staat hier.", by="anna@example.org",
            now=now, everyone=True,
        )  # fmt: skip
    for number, (heading, tags) in enumerate(blocks):
        add_link(
            session, issue=issue, section_key="news", title=heading, body=f"Meer over {heading}.",
            link=f"https://bron.example/{number}?a=1&b=2", source_name="Voorbeeldbron", by="anna@example.org", now=now,
            tags=tags,
        )  # fmt: skip
    approve(
        session, issue=issue, approver="bert@example.org", seen_hash=content_hash(session, issue), now=now
    )
    return issue


def a_user(session: Session, now: datetime, address: str = "anna@example.org", name: str = "Anna") -> User:
    """Someone of the desk, without roles."""
    user = User(address=address, name=name, created_at=now)
    session.add(user)
    session.flush()
    return user


def a_request(
    session: Session,
    now: datetime,
    address: str = "jan@emmen.example",
    *,
    vocabulary: Vocabulary,
    name: str = "Jan",
    organisation_keys: Iterable[str] = (),
    interests: Iterable[str] = (),
    language: str = "nl",
) -> SignUp:
    """Someone asks for the newsletter, as the form does; nothing is confirmed."""
    return sign_up(
        session, address=address, name=name, organisation_keys=organisation_keys, interests=interests,
        language=language, vocabulary=vocabulary, source="form /aanmelden", now=now,
    )  # fmt: skip


def a_sign_in_letter(session: Session, now: datetime, user: User | None = None) -> SignInLink:
    """A letter with a link that signs somebody of the desk in, queued; the link as it is stored."""
    person = user or a_user(session, now)
    link = make_sign_in_link(session, user=person, now=now)
    post_letter(session, kind="sign-in", user=person, context={"nonce": link.nonce}, now=now)
    return link
