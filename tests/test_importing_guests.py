"""Who only took part in a webinar is imported like anyone new, keeps their place, and is a guest again when it is undone."""

import pytest
from conftest import SetClock
from sqlmodel import select
from webinars import a_webinar

from service.attending import ask_to_attend, confirm_attending
from service.database import reading, writing
from service.retention import enforce
from service.runtime import Runtime
from subscribers.consent import ConsentEvent
from subscribers.people import Subscriber
from subscribers.registrations.registering import Wish
from subscribers.registrations.tables import Registration
from tests.imported import HEAD, checked, outcomes, ran, reader, stand, undone

GUEST = "gast@emmen.nl"
LINE = f"Emmen;Gijs;Gast;{GUEST.upper()};en;lachgas\n"


@pytest.fixture
def place(house: Runtime, clock: SetClock) -> str:
    """The reference of a guest's place in a webinar."""
    with writing(house.engine) as session:
        webinar = a_webinar(session, clock())
        asked = ask_to_attend(session, webinar=webinar, address=GUEST, wish=Wish(name="Gijs"), now=clock())
        confirm_attending(session, reference=asked.registration.reference, now=clock())
        return asked.registration.reference


def seats(house: Runtime) -> list[tuple[str, str]]:
    with reading(house.engine) as session:
        return [(one.reference, one.standing) for one in session.exec(select(Registration))]


def test_a_guest_is_new_becomes_a_reader_and_keeps_their_place(house: Runtime, place: str) -> None:
    assert stand(house)[GUEST][2] == "guest"
    found = checked(house, HEAD + LINE)
    assert outcomes(house, found.id) == [(2, "new", "", "")]
    assert ran(house, found.id).counts == {"new": 1}
    name, language, state, _key, organisations, interests, streams = stand(house)[GUEST]
    assert (name, language, state, interests, streams) == (
        "Gijs Gast", "en", "active", ["lachgas"], ["monthly"],
    )  # fmt: skip
    assert len(organisations) == 1
    assert seats(house) == [(place, "seat")]
    with reading(house.engine) as session:
        mine = reader(session, GUEST)
        assert mine.confirmed_at is not None
        (event,) = session.exec(select(ConsentEvent).where(ConsentEvent.subscriber_id == mine.id))
        assert (event.kind, event.source, event.streams) == ("imported", f"import {found.id}", ["monthly"])


def test_an_empty_line_takes_nothing_from_what_a_guest_said(house: Runtime, place: str) -> None:
    with writing(house.engine) as session:
        guest = session.exec(select(Subscriber)).one()
        guest.name, guest.language = "Gijs", "en"
    found = checked(house, HEAD + f";;;{GUEST};;\n")
    ran(house, found.id)
    assert stand(house)[GUEST][:3] == ("Gijs", "en", "active")


def test_undoing_makes_a_guest_of_them_again_mailed_or_not(house: Runtime, place: str) -> None:
    before = stand(house)
    found = checked(house, HEAD + LINE)
    ran(house, found.id)
    assert undone(house, found.id).counts["removed"] == 1  # the ledger has the mail of their place
    assert stand(house) == before
    assert seats(house) == [(place, "seat")]
    with reading(house.engine) as session:
        kinds = session.exec(select(ConsentEvent.kind).order_by(ConsentEvent.id)).all()
        assert kinds == ["imported", "withdrawn"]
        assert session.exec(select(Subscriber.confirmed_at)).one() is None


def test_who_signs_up_as_the_import_runs_is_left_as_they_are(house: Runtime, place: str) -> None:
    found = checked(house, HEAD + LINE)
    with writing(house.engine) as session:
        session.exec(select(Subscriber)).one().state = "unsubscribed"
    ran(house, found.id)
    assert stand(house)[GUEST][2] == "unsubscribed"


def test_a_guest_who_became_a_reader_stays_when_the_webinar_is_long_over(
    house: Runtime, clock: SetClock, place: str
) -> None:
    found = checked(house, HEAD + LINE)
    ran(house, found.id)
    clock.advance(days=200)
    with writing(house.engine) as session:
        enforce(session, now=clock())
    assert seats(house) == []
    assert stand(house)[GUEST][2] == "active"
