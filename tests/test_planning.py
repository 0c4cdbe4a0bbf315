"""An approved issue becomes a mailing: each reader once, equal choices share what is rendered, on both engines."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from content.composing import add_text
from content.errors import IssueClosed, NotApproved
from content.issues import Issue
from service.database import reading, writing
from service.errors import MailRefused, NothingToSend
from service.mailing.ledger import balances, ledger
from service.mailing.outbox import Delivery, DeliveryState, Mailing, ProfileChoice, Variant
from service.mailing.planning import plan_issue
from service.mailing.preview import preview_issue
from service.runtime import Runtime
from subscribers.profiles import profile_of
from subscribers.suppression import suppress
from tests.builders import a_municipality, a_reader, an_approved_issue

LACHGAS, GHB = ("Lachgas in het verkeer", ["lachgas"]), ("GHB in de regio", ["ghb"])


def choices(session: Session) -> dict[str, ProfileChoice]:
    found = session.exec(select(ProfileChoice).order_by(col(ProfileChoice.id)))
    return {one.profile_key: one for one in found}


def test_each_reader_of_the_stream_gets_one_delivery_with_their_profile(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        anna = a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        a_reader(session, clock(), "bert@gemeente.example", streams=["webinars"])
        gone = a_reader(session, clock(), "carla@gemeente.example")
        gone.state = "unsubscribed"
        issue = an_approved_issue(session, clock(), LACHGAS)
        mailing = plan_issue(session, runtime, issue=issue, now=clock())
        (delivery,) = session.exec(select(Delivery)).all()
        assert (delivery.subscriber_id, delivery.profile_key, delivery.language) == (
            anna.id,
            anna.profile_key,
            "nl",
        )
        assert delivery.state == DeliveryState.PLANNED
        assert (mailing.planned, mailing.stream, mailing.content_hash != "") == (1, "monthly", True)
        assert issue.closed_at == clock()


def test_readers_with_different_interests_get_different_mails_and_equal_choices_share_one(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        anna = a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        bert = a_reader(session, clock(), "bert@gemeente.example", interests=["ghb"])
        carla = a_reader(session, clock(), "carla@gemeente.example", interests=["lachgas", "snus"])
        emily = a_reader(session, clock(), "emily@gemeente.example", interests=["lachgas"], language="en")
        plan_issue(session, runtime, issue=an_approved_issue(session, clock(), LACHGAS, GHB), now=clock())
        variants = {one.id: one for one in session.exec(select(Variant))}
        found = choices(session)
        by_language = session.exec(
            select(ProfileChoice.variant_id).where(ProfileChoice.language == "en")
        ).one()
        assert emily.profile_key == anna.profile_key
        assert len(variants) == 3
        assert found[bert.profile_key].variant_id != found[carla.profile_key].variant_id
        nl = select(ProfileChoice.variant_id).where(ProfileChoice.language == "nl")
        shared = set(
            session.exec(nl.where(col(ProfileChoice.profile_key).in_([anna.profile_key, carla.profile_key])))
        )
        assert len(shared) == 1
        assert variants[by_language].language == "en"
        assert "Lachgas in het verkeer" in variants[shared.pop()].html
        assert "Lachgas in het verkeer" not in variants[found[bert.profile_key].variant_id].html


def test_a_choice_remembers_why(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        anna = a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas", "horeca"])
        issue = an_approved_issue(session, clock(), ("Horeca", ["horeca", "lachgas"]), GHB, minimum=2)
        plan_issue(session, runtime, issue=issue, now=clock())
        reasons = choices(session)[anna.profile_key].reasons
        assert sorted(reasons.values()) == [[], ["horeca", "lachgas"]]


def test_nobody_is_mailed_nothing_and_the_ledger_still_balances(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        a_reader(session, clock(), "bert@gemeente.example", interests=["ghb"])
        issue = an_approved_issue(session, clock(), LACHGAS, allow_nothing=True)
        mailing = plan_issue(session, runtime, issue=issue, now=clock())
        counts = ledger(session, mailing)
        assert (counts["planned"], counts["skipped"]) == (1, 1)
        assert sum(counts.values()) == mailing.planned == 2
        assert not balances(mailing, counts)


def test_a_suppressed_address_is_not_mailed_however_it_is_spelled(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "Anna@Gemeente.example")
        a_reader(session, clock(), "bert@gemeente.example")
        keys = runtime.settings.signing_keys()
        suppress(session, address="anna@gemeente.example", reason="complaint", keys=keys, now=clock())
        mailing = plan_issue(
            session, runtime, issue=an_approved_issue(session, clock(), LACHGAS), now=clock()
        )
        assert ledger(session, mailing)["suppressed"] == 1
        assert ledger(session, mailing)["planned"] == 1


def test_an_issue_edited_after_its_approval_is_not_sent(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example")
        issue = an_approved_issue(session, clock(), LACHGAS)
        add_text(
            session, issue=issue, section_key="news", title="Nog iets", body="Snel", by="anna", now=clock()
        )
        with pytest.raises(NotApproved):
            plan_issue(session, runtime, issue=issue, now=clock())
        assert session.exec(select(Mailing)).all() == []


def test_a_second_planning_is_refused(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example")
        issue = an_approved_issue(session, clock(), LACHGAS)
        plan_issue(session, runtime, issue=issue, now=clock())
        with pytest.raises(IssueClosed):
            plan_issue(session, runtime, issue=issue, now=clock())
        issue.closed_at = None  # as another process still sees it, that read the issue before
        with pytest.raises(IssueClosed, match="already"):
            plan_issue(session, runtime, issue=issue, now=clock())
        assert len(session.exec(select(Delivery)).all()) == 1


def test_an_issue_without_blocks_or_without_readers_is_not_sent(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        issue_id = an_approved_issue(session, clock(), LACHGAS).id
    with pytest.raises(NothingToSend, match="no readers"), writing(runtime.engine) as session:
        plan_issue(session, runtime, issue=session.get_one(Issue, issue_id), now=clock())
    with reading(runtime.engine) as session:
        assert session.exec(select(Mailing)).all() == []
        assert session.get_one(Issue, issue_id).closed_at is None


def test_a_mail_that_programs_would_cut_off_is_refused_with_what_to_do(runtime: Runtime, clock) -> None:
    long = [(f"Bericht {number} {'woord ' * 1500}", ["lachgas"]) for number in range(10)]
    with writing(runtime.engine) as session:
        a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        issue_id = an_approved_issue(session, clock(), *long).id
    with pytest.raises(MailRefused, match="lower the maximum"), writing(runtime.engine) as session:
        plan_issue(session, runtime, issue=session.get_one(Issue, issue_id), now=clock())


def test_the_preview_shows_what_the_reader_will_get(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        region = a_municipality(session)
        anna = a_reader(session, clock(), "anna@gemeente.example", interests=["lachgas"])
        issue = an_approved_issue(session, clock(), LACHGAS, GHB, everyone=["Welkom"])
        seen = preview_issue(
            session,
            runtime,
            issue=issue,
            profile=profile_of(session, anna),
            language="nl",
            organisation=region,
        )
        assert [one.because.value for one in seen.chosen] == ["everyone", "interest"]
        assert "Omdat u lachgas volgt" in seen.html
        assert "GGD Drenthe" in seen.html
        assert "GHB in de regio" not in seen.html
        assert len(seen.html.encode()) <= seen.size
        assert not seen.too_large


def test_the_preview_of_nothing_is_empty(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        bert = a_reader(session, clock(), "bert@gemeente.example", interests=["ghb"])
        issue = an_approved_issue(session, clock() + timedelta(hours=1), LACHGAS, allow_nothing=True)
        seen = preview_issue(
            session, runtime, issue=issue, profile=profile_of(session, bert), language="nl", organisation=None
        )
        assert (seen.html, seen.chosen, seen.size) == ("", (), 0)
