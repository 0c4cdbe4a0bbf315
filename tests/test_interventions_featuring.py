"""From the knowledge base into an issue: the card in the mail, by interest, approved as it is, and removed without a trace."""

import json

import pytest
from crawls import a_crawl, a_page, day
from sqlmodel import Session, col, select

from content.approval import approve, content_hash, current_approval
from content.arranging import remove_block
from content.choosing import Because, Profile, choose
from content.composing import open_issue
from content.errors import BlockRefused
from content.featuring import add_change, add_intervention
from content.interventions.browsing import browse, browse_size, used_terms
from content.interventions.cards import card_of
from content.interventions.checking import (
    confirm_all,
    confirm_fact,
    correct_fact,
    fact_by_id,
    refuse_fact,
    reopen_fact,
)
from content.interventions.labelling import current_facts, label, retag, tags_of
from content.interventions.recording import record_crawl
from content.interventions.starter import load_starter_interventions, read_starter
from content.interventions.tables import ChangeEvent, Fact, Intervention, intervention_by_slug
from content.issues import Block, Issue, candidates_of, limits_of
from service.audit import Act, note_act
from service.database import reading, writing
from service.desk.restoring import as_record, restore_block
from service.mailing.edition import edition_of
from service.mailing.rendering import render_issue
from service.runtime import Runtime

EDITOR = "noor@kennispost.example"
ADDRESS = "https://kennispost.example/interventies"


@pytest.fixture
def knowing(runtime: Runtime) -> Runtime:
    """A runtime with the starter knowledge, and a crawl in which NJi recognised Unity anew."""
    with writing(runtime.engine) as session:
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=runtime.clock())
    unity = {"name": "Unity", "level": "Goed onderbouwd", "age": "19-35", "costs": "Op aanvraag"}
    for number, judged in enumerate(["2020-06-01", "2026-06-07"]):
        crawl = a_crawl(day(number), [a_page("unity", **unity, level_date=judged)])
        with writing(runtime.engine) as session:
            record_crawl(session, result=crawl, now=crawl.finished, vocabulary=runtime.vocabulary)
    return runtime


def an_issue(session: Session, runtime: Runtime) -> Issue:
    return open_issue(session, title="December", by=EDITOR, now=runtime.clock())


def unchecked(session: Session, intervention: Intervention) -> int:
    """How many of its facts nobody has checked yet."""
    facts = session.exec(select(Fact).where(Fact.intervention_id == intervention.id))
    return sum(one.checked_at is None and one.refused_at is None for one in facts)


def feature(session: Session, runtime: Runtime, issue: Issue, slug: str) -> Block:
    return add_intervention(
        session, issue=issue, intervention=intervention_by_slug(session, slug), vocabulary=runtime.vocabulary,
        address=ADDRESS, by=EDITOR, now=runtime.clock(),
    )  # fmt: skip


def test_the_starter_knowledge_has_the_products_of_table_16_and_nothing_is_checked(runtime: Runtime) -> None:
    entries = read_starter(runtime.vocabulary)
    assert len(entries) == 15
    assert all(fact.source for entry in entries for fact in entry.facts)
    figures = {
        entry.slug: fact.value
        for entry in entries
        for fact in entry.facts
        if fact.field == "in_municipalities"
    }
    assert (figures["opgroeien-in-een-kansrijke-omgeving"], figures["moti-4"]) == (("21", "6"), ("12", "10"))
    with writing(runtime.engine) as session:
        for expected in (15, 0):
            now = runtime.clock()
            assert load_starter_interventions(session, vocabulary=runtime.vocabulary, now=now) == expected
        assert not session.exec(select(Fact).where(col(Fact.checked_at).is_not(None))).all()
        facets = {tag.facet for tag in tags_of(session, intervention_by_slug(session, "helder-op-school"))}
        assert facets == {"substance", "setting", "target-group", "step"}


def test_a_card_stands_in_the_mail_in_words_with_what_the_level_means(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        issue = an_issue(session, knowing)
        feature(session, knowing, issue, "unity")
        feature(session, knowing, issue, "helder-op-school")
        edition = edition_of(session, issue)
    dutch, english = (
        render_issue(edition, settings=knowing.settings, language=language) for language in ("nl", "en")
    )
    for said in (
        "goed onderbouwd, sinds 2026. Met theorie is aannemelijk gemaakt",
        "Voor wie:", "19-35 jaar", "Waar:", "evenementen", "Van wie:", "Jellinek", "Kosten:", "Op aanvraag",
        "Laatst veranderd:", "opnieuw erkend", "weten wij nog niet", f"{ADDRESS}/unity", "Databank Effectieve",
    ):  # fmt: skip
        assert said in " ".join(dutch.text.split()), said
    assert "theoretically sound, since 2026" in " ".join(english.text.split())
    assert "For whom" in english.html
    assert 'class="evidence"' in dutch.html


def test_readers_get_the_card_by_their_interests(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        issue = an_issue(session, knowing)
        block = feature(session, knowing, issue, "handreiking-ghb")
        chosen = choose(
            candidates_of(session, issue), limits_of(issue), Profile(interests=frozenset({"ghb", "snus"}))
        )
        assert [(one.block_id, one.because, one.reasons) for one in chosen] == [
            (block.id, Because.INTEREST, ("ghb",))
        ]
        with pytest.raises(BlockRefused):
            feature(session, knowing, issue, "handreiking-ghb")


def test_a_change_becomes_a_block_and_waits_again_when_it_is_removed(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        issue = an_issue(session, knowing)
        event = session.exec(select(ChangeEvent)).one()
        shared = {"vocabulary": knowing.vocabulary, "address": ADDRESS, "by": EDITOR, "now": knowing.clock()}
        block = add_change(session, issue=issue, event=event, **shared)
        assert (block.title, event.state) == ("Unity: opnieuw erkend", "used")
        assert block.body == (
            "Opnieuw erkend op 7 juni 2026, met hetzelfde niveau, volgens Databank Effectieve Jeugdinterventies (NJi)."
        )
        with pytest.raises(BlockRefused):
            add_change(session, issue=issue, event=event, **shared)
        gone = note_act(
            session, actor=EDITOR, action=Act.BLOCK_REMOVED, now=knowing.clock(), subject=f"issue {issue.id}",
            detail=json.dumps(as_record(session, issue, block)),
        )  # fmt: skip
        details = block.details
        remove_block(session, block=block, by=EDITOR, now=knowing.clock())
        assert event.state == "new"
        back = restore_block(
            session,
            issue=issue,
            event_id=gone.id,
            vocabulary=knowing.vocabulary,
            by=EDITOR,
            now=knowing.clock(),
        )
        assert (back.details, back.event_id, event.state, back.kind) == (details, event.id, "used", "change")


def test_a_record_that_is_only_missing_is_never_published(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        issue = an_issue(session, knowing)
        missing = ChangeEvent(
            intervention_id=intervention_by_slug(session, "unity").id, at=day(3), kind="missing"
        )
        session.add(missing)
        session.flush()
        with pytest.raises(BlockRefused, match="never published"):
            add_change(
                session, issue=issue, event=missing, vocabulary=knowing.vocabulary, address=ADDRESS, by=EDITOR,
                now=knowing.clock(),
            )  # fmt: skip
        assert card_of(session, intervention_by_slug(session, "unity")).last_change.kind == "re_recognised"


def test_an_approval_covers_the_card_and_a_later_crawl_does_not_void_it(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        issue = an_issue(session, knowing)
        block = feature(session, knowing, issue, "unity")
        seen = content_hash(session, issue)
        approve(session, issue=issue, approver="sam@kennispost.example", seen_hash=seen, now=knowing.clock())
    crawl = a_crawl(day(5), [a_page("unity", name="Unity", level="Eerste aanwijzingen")])
    with writing(knowing.engine) as session:
        record_crawl(session, result=crawl, now=crawl.finished, vocabulary=knowing.vocabulary)
    with writing(knowing.engine) as session:
        issue = session.get_one(Issue, issue.id)
        assert current_approval(session, issue) is not None
        block = session.get_one(Block, block.id)
        block.details = [{**block.details[0], "nl": "sterke aanwijzingen"}, *block.details[1:]]
        session.flush()
        assert current_approval(session, issue) is None


def test_facts_are_confirmed_corrected_and_refused_one_by_one(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        moti, now, words = intervention_by_slug(session, "moti-4"), knowing.clock(), knowing.vocabulary
        assert card_of(session, moti).unchecked
        owner, where = (
            next(fact for fact in current_facts(session, moti) if fact.field == field)
            for field in ("owner", "setting")
        )
        before = unchecked(session, moti)
        confirm_fact(session, fact=owner, by=EDITOR, now=now)
        assert (owner.checked_by, owner.checked_at) == (EDITOR, now)
        refuse_fact(session, fact=where, vocabulary=words, by=EDITOR, now=now)
        assert "zorg-en-welzijn" not in {tag.slug for tag in tags_of(session, moti)}
        assert unchecked(session, moti) == before - 2
        reopen_fact(session, fact=where, vocabulary=words)
        correct_fact(
            session,
            fact=where,
            value=["jeugdhulp"],
            source="mondriaan.eu",
            vocabulary=words,
            by=EDITOR,
            now=now,
        )
        assert "jeugdhulp" in {tag.slug for tag in tags_of(session, moti)}
        assert fact_by_id(session, where.id or 0).source == "mondriaan.eu"
        assert len(confirm_all(session, intervention=moti, by=EDITOR, now=now)) == before - 2
        assert unchecked(session, moti) == 0
        assert not card_of(session, moti).unchecked


def test_an_editors_tags_stay_whatever_a_crawl_brings(knowing: Runtime) -> None:
    with writing(knowing.engine) as session:
        unity = intervention_by_slug(session, "unity")
        retag(session, unity, slugs=["xtc", "evenementen"], vocabulary=knowing.vocabulary)
        label(session, unity, vocabulary=knowing.vocabulary)
        assert {tag.slug for tag in tags_of(session, unity)} == {"xtc", "evenementen"}


def test_browsing_by_term_level_and_words(knowing: Runtime) -> None:
    with reading(knowing.engine) as session:

        def names(**asked: object) -> list[str]:
            found = [one.slug for one in browse(session, **asked)]
            assert browse_size(
                session, **{name: value for name, value in asked.items() if name != "limit"}
            ) >= len(found)
            return found

        assert names(slugs=("lachgas",)) == ["handreiking-lachgas"]
        assert names(slugs=("evenementen", "alcohol")) == ["alcohol-drugs-en-tabak-op-evenementen", "unity"]
        assert names(level="goed-onderbouwd") == ["unity"]
        assert names(search="PREVENTIEMODEL ijslandse") == ["opgroeien-in-een-kansrijke-omgeving"]
        assert names(search="100%_") == []
        assert len(names(limit=4)) == 4
        assert {"lachgas", "mbo"} <= used_terms(session)
        assert "snus" not in used_terms(session)
        assert session.exec(select(Intervention)).first() is not None
