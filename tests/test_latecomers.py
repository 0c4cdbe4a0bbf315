"""Readers who came after a mailing was planned get the same approved issue; those who were there get nothing twice."""

from collections import Counter

import pytest
from builders import a_reader, an_approved_issue
from sqlmodel import col, select

from content.issues import Block
from service.audit import Act, AuditEvent
from service.database import reading, writing
from service.errors import ContentChanged, MailingEnded, NoLateComers, UnknownMailing
from service.mailing.delivering import deliver_due
from service.mailing.latecomers import add_late_comers, count_late_comers
from service.mailing.ledger import balances, ledger
from service.mailing.maildir import arrived, read_all
from service.mailing.moves import mailing_by_id
from service.mailing.outbox import Delivery, Mailing, MailingState, ProfileChoice, Variant
from service.mailing.planning import plan_issue
from service.mailing.steering import cancel, pause
from service.runtime import Runtime
from subscribers.suppression import suppress
from tests.mailings import states

BY = "bert@kennispost.example"
LACHGAS = ("Lachgas in het verkeer", ["lachgas"])
GHB = ("GHB in de regio", ["ghb"])


@pytest.fixture
def mailing_id(runtime: Runtime, clock) -> int:
    """A finished mailing of two blocks to Anna, who follows lachgas."""
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        issue = an_approved_issue(session, clock(), LACHGAS, GHB)
        made = plan_issue(session, runtime, issue=issue, now=clock()).id
    assert deliver_due(runtime).sent == 1
    clock.advance(hours=1)
    return made


def come(runtime: Runtime, *addresses: str, **options) -> None:
    with writing(runtime.engine) as session:
        for address in addresses:
            a_reader(session, runtime.clock(), address, **options)


def add(runtime: Runtime, mailing_id: int) -> int:
    with writing(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        return add_late_comers(session, runtime, mailing=mailing, by=BY, now=runtime.clock())


def mails(runtime: Runtime) -> dict[str, str]:
    """The text of each mail in the mailbox, by its recipient; nobody got two."""
    found = [(str(one.message["To"]), one.message) for one in read_all(arrived(runtime.settings))]
    assert Counter(to for to, _ in found).most_common(1)[0][1] == 1
    return {to: message.get_body(("plain",)).get_content() for to, message in found}


def test_who_came_since_gets_it_and_the_mailing_goes_on(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example", interests=["ghb"])
    come(runtime, "carla@gemeente.example", interests=["lachgas"], language="en")
    come(runtime, "dina@gemeente.example", streams=["digest"])
    with reading(runtime.engine) as session:
        mailing = mailing_by_id(session, mailing_id)
        assert count_late_comers(session, runtime, mailing=mailing, now=runtime.clock()) == 2
    assert add(runtime, mailing_id) == 2
    with reading(runtime.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        assert (mailing.state, mailing.finished_at, mailing.planned) == (MailingState.SENDING, None, 3)
    assert deliver_due(runtime).sent == 2
    found = mails(runtime)
    assert set(found) == {"anna@gemeente.example", "bert@gemeente.example", "carla@gemeente.example"}
    assert "GHB in de regio" in found["bert@gemeente.example"]
    assert "Lachgas" not in found["bert@gemeente.example"]
    assert "Because you follow" in found["carla@gemeente.example"]
    with reading(runtime.engine) as session:
        mailing = session.get_one(Mailing, mailing_id)
        assert mailing.state == MailingState.FINISHED
        assert balances(mailing, ledger(session, mailing))
        assert session.exec(select(AuditEvent.action, AuditEvent.detail)).all() == [
            (Act.LATE_COMERS_ADDED, "2")
        ]


def test_a_late_comer_with_a_known_choice_shares_what_was_rendered(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example", interests=["lachgas"])
    come(runtime, "carla@gemeente.example", interests=["lachgas", "horeca"])
    with reading(runtime.engine) as session:
        before = session.exec(select(Variant.id)).all()
    add(runtime, mailing_id)
    with reading(runtime.engine) as session:
        assert session.exec(select(Variant.id)).all() == before
        assert len(session.exec(select(ProfileChoice)).all()) == 2, "one more, for Carla's profile"
        assert set(session.exec(select(ProfileChoice.variant_id))) == set(before)


def test_twice_is_once(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example")
    assert add(runtime, mailing_id) == 1
    with pytest.raises(NoLateComers):
        add(runtime, mailing_id)
    deliver_due(runtime)
    with pytest.raises(NoLateComers):
        add(runtime, mailing_id)
    with reading(runtime.engine) as session:
        assert session.get_one(Mailing, mailing_id).state == MailingState.FINISHED
    assert len(mails(runtime)) == 2


def test_who_must_not_be_mailed_or_gets_nothing_is_counted_and_not_mailed(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        issue = an_approved_issue(session, clock(), LACHGAS, allow_nothing=True)
        mailing_id = plan_issue(session, runtime, issue=issue, now=clock()).id
        a_reader(session, clock(), "bert@gemeente.example", interests=["lachgas"])
        a_reader(session, clock(), "carla@gemeente.example", interests=["ghb"])
        keys = runtime.settings.signing_keys()
        suppress(session, address="Bert@gemeente.example", reason="complaint", keys=keys, now=clock())
    assert add(runtime, mailing_id) == 2
    assert states(runtime, mailing_id) == {"planned": 1, "suppressed": 1, "skipped": 1}
    assert deliver_due(runtime).sent == 1


def test_a_paused_mailing_takes_late_comers_and_stays_paused(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example")
    add(runtime, mailing_id)
    come(runtime, "carla@gemeente.example")
    with writing(runtime.engine) as session:
        pause(session, mailing=mailing_by_id(session, mailing_id), by=BY, now=runtime.clock())
    assert add(runtime, mailing_id) == 1
    assert deliver_due(runtime).sent == 0
    assert states(runtime, mailing_id) == {"sent": 1, "planned": 2}


def test_a_cancelled_mailing_takes_nobody(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example")
    add(runtime, mailing_id)
    with writing(runtime.engine) as session:
        cancel(session, mailing=mailing_by_id(session, mailing_id), by=BY, now=runtime.clock())
    come(runtime, "carla@gemeente.example")
    with pytest.raises(MailingEnded):
        add(runtime, mailing_id)


def test_content_that_is_not_what_was_approved_goes_to_nobody(runtime: Runtime, mailing_id: int) -> None:
    come(runtime, "bert@gemeente.example")
    with writing(runtime.engine) as session:  # no way of ours leads there: it is in the database itself
        session.exec(select(Block).where(col(Block.title) == GHB[0])).one().title = "Iets anders"
    with pytest.raises(ContentChanged):
        add(runtime, mailing_id)
    with reading(runtime.engine) as session:
        assert session.get_one(Mailing, mailing_id).state == MailingState.FINISHED
        assert len(session.exec(select(Delivery)).all()) == 1


def test_a_mailing_that_is_not_of_an_issue_has_no_late_comers(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        session.add(Mailing(kind="other", created_at=runtime.clock()))
    with pytest.raises(UnknownMailing):
        add(runtime, 1)
