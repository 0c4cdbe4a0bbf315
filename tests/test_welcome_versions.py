"""Versions of the welcome mails: four eyes on each, frozen in use, and a mailing that finishes and goes on."""

import pytest
from crawls import a_crawl, a_page, day
from knowledge import record, unity_crawls
from sqlmodel import col, select

from content.approval import approve, content_hash
from content.composing import add_link, change_issue
from content.errors import IssueClosed, NotApproved, WelcomeRefused
from content.fitting import begin_fitting_series, best_supported
from content.interventions.starter import load_starter_interventions
from content.issues import blocks_of
from content.welcome import (
    begin_series,
    in_use,
    new_version,
    set_delay,
    switch,
    version_by_id,
    versions,
)
from content.welcome_starter import starter_steps
from service.database import reading, writing
from service.errors import LeavesByItself, NoLateComers
from service.mailing.delivering import deliver_due
from service.mailing.latecomers import add_late_comers, count_late_comers
from service.mailing.ledger import balances, ledger
from service.mailing.maildir import arrived, mailbox_folder, read_all
from service.mailing.outbox import Mailing
from service.mailing.planning import plan_issue
from service.mailing.steering import cancel, pause, resume
from service.mailing.welcoming import use_version
from service.runtime import Runtime
from tests.builders import a_reader
from tests.newcomers import ED, PUB, STREAMS, a_newcomer, days, got, the_series


def test_the_starter_has_five_steps_in_both_languages_each_with_its_source() -> None:
    texts = starter_steps()
    assert [(text.step, text.language) for text in texts] == [
        (step, language) for step in range(1, 6) for language in ("nl", "en")
    ]
    assert all(f"stap {text.step}" in text.body or f"step {text.step}" in text.body for text in texts)
    assert all("Trimbos" in text.body.splitlines()[-1] for text in texts)
    assert len({text.delay_days for text in texts}) == 5


def test_a_version_needs_a_second_person_and_never_changes_in_use(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        version, issue = begin_series(session, by=ED, now=clock())[0]
        assert begin_series(session, by=ED, now=clock()) == []
        with pytest.raises(NotApproved), session.begin_nested():
            use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(WelcomeRefused):
            switch(session, on=True, now=clock())
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        with pytest.raises(LeavesByItself):
            plan_issue(session, runtime, issue=issue, now=clock())
        use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(IssueClosed):
            change_issue(
                session, issue=issue, title="Anders", introduction="", minimum=1, maximum=2, allow_nothing=False, by=ED,
                now=clock(),
            )  # fmt: skip
        with pytest.raises(IssueClosed):
            use_version(session, version=version, issue=issue, now=clock())
        with pytest.raises(WelcomeRefused):
            set_delay(session, version=version, days=366)
        assert [pair[0].id for pair in in_use(session)] == [version.id]


def test_a_new_version_takes_the_place_of_the_old_and_nobody_gets_the_step_again(
    runtime: Runtime, clock
) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    days(runtime, 1)
    late = a_newcomer(runtime, "b@x.example")
    with writing(runtime.engine) as session:
        old = in_use(session)[0][0]
        draft, issue = new_version(session, version=old, by=ED, now=clock())
        with pytest.raises(WelcomeRefused):
            new_version(session, version=old, by=ED, now=clock())
        _version, before = version_by_id(session, old.id)
        assert [block.body for block in blocks_of(session, issue)] == [
            block.body for block in blocks_of(session, before)
        ]
        change_issue(
            session, issue=issue, title="Stap 1, opnieuw geschreven", introduction="", minimum=1, maximum=6,
            allow_nothing=False, by=ED, now=clock(),
        )  # fmt: skip
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        use_version(session, version=draft, issue=issue, now=clock())
        of_step = {one.id for one, other in versions(session) if (one.step, other.language) == (1, "nl")}
        assert of_step == {draft.id}
        assert old.used_until == clock()
    days(runtime, 1)
    assert got(runtime, jan) == [(1, "nl")]
    assert got(runtime, late) == [(1, "nl")]
    with reading(runtime.engine) as session:
        of_new = session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).one()
        assert (of_new.planned, of_new.title) == (1, "Stap 1, opnieuw geschreven")


def test_the_mailing_finishes_and_goes_on_and_its_ledger_balances(runtime: Runtime, clock) -> None:
    the_series(runtime)
    a_newcomer(runtime)
    states = []
    for address in ("b@x.example", "c@x.example"):
        days(runtime, 1)
        a_newcomer(runtime, address)
        deliver_due(runtime)
        with reading(runtime.engine) as session:
            mailing = session.exec(select(Mailing).order_by(col(Mailing.id))).first()
            states.append((mailing.state, mailing.planned, balances(mailing, ledger(session, mailing))))
    assert states == [("finished", 1, True), ("finished", 2, True)]


def test_a_paused_step_waits_and_a_cancelled_one_ends(runtime: Runtime, clock) -> None:
    the_series(runtime)
    jan = a_newcomer(runtime)
    with writing(runtime.engine) as session:
        first, second = (
            session.exec(select(Mailing).where(Mailing.issue_id == issue.id)).one()
            for version, issue in in_use(session)
            if issue.language == "nl" and version.step < 3
        )
        pause(session, mailing=first, by=PUB, now=clock())
        cancel(session, mailing=second, by=PUB, now=clock())
    days(runtime, 5)
    assert deliver_due(runtime).sent == 0
    assert got(runtime, jan) == [(1, "nl")]
    with writing(runtime.engine) as session:
        resume(session, mailing=session.get_one(Mailing, first.id), by=PUB, now=clock())
    assert deliver_due(runtime).sent == 1


def test_nobody_can_be_late_for_a_step(runtime: Runtime, clock) -> None:
    the_series(runtime)
    a_newcomer(runtime)
    with writing(runtime.engine) as session:
        mailing = session.exec(select(Mailing)).first()
        assert count_late_comers(session, runtime, mailing=mailing, now=runtime.clock()) == 0
        with pytest.raises(NoLateComers):
            add_late_comers(session, runtime, mailing=mailing, by=PUB, now=clock())


def test_each_reader_gets_what_fits_and_leaves_the_series_with_its_own_link(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        (version, issue), *_ = begin_series(session, by=ED, now=clock())
        for slug in ("lachgas", "ghb"):
            add_link(
                session, issue=issue, section_key="practice", title=f"Aanpak van {slug}", body="Werkt.",
                link="https://x.example/", source_name="Bron", by=ED, now=clock(), tags=[slug],
            )  # fmt: skip
        approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
        use_version(session, version=version, issue=issue, now=clock())
        switch(session, on=True, now=clock())
    a_newcomer(runtime, interests=["lachgas"])
    days(runtime, 1)
    assert deliver_due(runtime).sent == 1
    (mail,) = (file.read_bytes() for file in mailbox_folder(runtime.settings).rglob("*") if file.is_file())
    assert b"Aanpak van lachgas" in mail
    assert b"Aanpak van ghb" not in mail
    assert b"List-Id: <welcome.kennispost.example>" in mail
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail


def test_the_best_supported_come_first(runtime: Runtime) -> None:
    record(runtime, *unity_crawls())
    weaker = a_page("aaa", name="Aanpak drugs", summary="Over drugs.", level="Goed beschreven")
    unknown = a_page("bbb", name="Bijeenkomst drugs", summary="Over drugs.")
    record(runtime, a_crawl(day(5), [weaker, unknown], source="movisie"))
    with reading(runtime.engine) as session:
        assert [one.name for one in best_supported(session)] == ["Unity", "Aanpak drugs", "Bijeenkomst drugs"]
        assert len(best_supported(session, most=2)) == 2


def test_the_step_about_choosing_gives_each_reader_the_interventions_of_their_own_topics(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=clock())
        made = begin_fitting_series(
            session,
            vocabulary=runtime.vocabulary,
            address="http://testserver/interventies",
            by=ED,
            now=clock(),
        )
        with_cards = {
            version.step
            for version, issue in made
            if any(one.intervention_id for one in blocks_of(session, issue))
        }
        assert with_cards == {4}
        for version, issue in made:
            approve(session, issue=issue, approver=PUB, seen_hash=content_hash(session, issue), now=clock())
            use_version(session, version=version, issue=issue, now=clock())
        switch(session, on=True, now=clock())
        for name, topic in (("lach", "lachgas"), ("feest", "evenementen")):
            a_reader(session, clock(), f"{name}@x.example", interests=[topic], streams=STREAMS)
    for _day in range(12):
        days(runtime, 1)
        deliver_due(runtime)
    fourth = {
        str(one.message["To"]): one.body("plain")
        for one in read_all(arrived(runtime.settings))
        if "Stap 4 van 5" in str(one.message["Subject"])
    }
    assert "lachgas" in fourth["lach@x.example"].lower()
    assert "Unity" in fourth["feest@x.example"]
    assert "Unity" not in fourth["lach@x.example"]
