"""For whom a webinar is, and what its form asks; on both databases."""

import pytest
from builders import a_reader
from sqlmodel import select
from webinars import a_webinar, takes_part

from content.webinars.tables import AskKind, OwnQuestion
from service.database import reading, writing
from service.forgetting import forget
from service.runtime import Runtime
from subscribers.errors import (
    AnswerMissing,
    NotAnAddress,
    NotForThisDomain,
)
from subscribers.registrations.answers import answers_of, bring_question, brought_by, checked
from subscribers.registrations.domains import is_government, list_domain, listed_domains, unlist_domain
from subscribers.registrations.leaving import propose
from subscribers.registrations.registering import Wish, ask
from subscribers.registrations.tables import BroughtQuestion, Registration


def test_a_webinar_for_governments_takes_listed_domains_and_what_lies_below_them(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock(), for_whom="government")
        added = list_domain(session, domain="@Emmen.nl", by="anna", now=clock())
        assert list_domain(session, domain="emmen.nl", by="anna", now=clock()).id == added.id
        assert [one.domain for one in listed_domains(session)] == ["emmen.nl"]
        assert is_government(session, "a@emmen.nl")
        assert is_government(session, "a@sub.emmen.nl")
        assert not is_government(session, "a@noemmen.nl")
        assert not is_government(session, "a@emmen.nl.example")
        with pytest.raises(NotAnAddress):
            list_domain(session, domain="nl", by="anna", now=clock())
        giver = takes_part(session, clock(), webinar, "a@emmen.nl").registration
        with pytest.raises(NotForThisDomain):
            takes_part(session, clock(), webinar, "a@gmail.example")
        with pytest.raises(NotForThisDomain):
            ask(session, webinar=webinar, address="b@gmail.example", wish=Wish(), now=clock())
        with pytest.raises(NotForThisDomain):
            propose(session, reference=giver.reference, address="c@gmail.example", now=clock())
        unlist_domain(session, added)
        assert not is_government(session, "a@emmen.nl")


def test_own_questions_are_held_to_their_choices_and_brought_ones_are_kept_once(
    runtime: Runtime, clock
) -> None:
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, clock())
        which = OwnQuestion(
            webinar_id=webinar.id, position=1, kind=AskKind.CHOICE, wording="Uw rol?", reason="Om voor te bereiden.",
            choices=["beleid", "uitvoering"], required=True,
        )  # fmt: skip
        words = OwnQuestion(webinar_id=webinar.id, position=2, wording="Wat wilt u weten?", reason="Om het.")
        session.add_all([which, words])
        session.flush()
        for wrong in ({}, {which.id: "bestuur"}, {which.id: " "}):
            with pytest.raises(AnswerMissing):
                checked([which, words], wrong)
        answers = checked([which, words], {which.id: "beleid", words.id: " \0", 999: "x"})
        reader = a_reader(session, clock(), "a@emmen.nl")
        mine = ask(
            session, webinar=webinar, address=reader.address, now=clock(), wish=Wish(answers=answers, question="Hoe?")
        ).registration  # fmt: skip
        assert answers_of(session, mine) == {which.id: "beleid"}
        assert bring_question(session, mine, text="Hoe?", now=clock()) is None
        assert bring_question(session, mine, text="Wanneer?", now=clock()) is not None
        assert [one.text for one in brought_by(session, mine)] == ["Hoe?", "Wanneer?"]
        reader_id = reader.id or 0
    with writing(runtime.engine) as session:
        forget(session, [reader_id], now=clock())
    with reading(runtime.engine) as session:
        assert session.exec(select(Registration)).all() == []
        assert {one.registration_id for one in session.exec(select(BroughtQuestion))} == {None}
