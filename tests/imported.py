"""Files of subscribers for tests: uploaded, looked at, imported and undone, as the desk does it."""

from datetime import date

from sqlmodel import Session, col, select

from service.database import reading, writing
from service.importing import carry_on
from service.runtime import Runtime
from subscribers.imports import (
    Basis,
    BasisKind,
    Import,
    ImportLine,
    begin_check,
    begin_import,
    begin_run,
    begin_undo,
    import_by_id,
)
from subscribers.people import Interest, Membership, Subscriber, Subscription
from subscribers.sheets import read_sheet

BASIS = Basis(
    BasisKind.CONSENT, "Zij vinkten op het congres van 3 november de nieuwsbrief aan.", date(2026, 11, 3)
)
TODAY = date(2026, 12, 1)
HEAD = "Gemeente;Voornaam;Achternaam;E-mailadres;Taal;Onderwerpen\n"


def uploaded(house: Runtime, text: str) -> int:
    with writing(house.engine) as session:
        sheet = read_sheet(text.encode())
        return (
            begin_import(session, name="lijst.csv", sheet=sheet, by="anna@example.org", now=house.clock()).id
            or 0
        )


def checked(house: Runtime, text: str) -> Import:
    number = uploaded(house, text)
    with writing(house.engine) as session:
        found = import_by_id(session, number)
        begin_check(session, found, mapping=found.mapping, basis=BASIS, today=TODAY)
    return carry_on(house, number)


def ran(house: Runtime, number: int) -> Import:
    with writing(house.engine) as session:
        begin_run(session, import_by_id(session, number))
    return carry_on(house, number)


def undone(house: Runtime, number: int) -> Import:
    house.clock.advance(hours=1)
    with writing(house.engine) as session:
        begin_undo(session, import_by_id(session, number))
    return carry_on(house, number)


def outcomes(house: Runtime, number: int) -> list[tuple[int, str, str, str]]:
    with reading(house.engine) as session:
        wanted = select(ImportLine).where(ImportLine.import_id == number).order_by(col(ImportLine.number))
        return [(one.number, one.outcome, one.why, one.detail) for one in session.exec(wanted)]


def stand(house: Runtime) -> dict[str, object]:
    """All that matters of every reader, to compare."""
    with reading(house.engine) as session:
        return {
            one.address: (
                one.name, one.language, one.state, one.profile_key,
                sorted(session.exec(select(Membership.organisation_id).where(Membership.subscriber_id == one.id))),
                sorted(session.exec(select(Interest.slug).where(Interest.subscriber_id == one.id))),
                sorted(session.exec(select(Subscription.stream).where(Subscription.subscriber_id == one.id))),
            )
            for one in session.exec(select(Subscriber))
        }  # fmt: skip


def reader(session: Session, address: str) -> Subscriber:
    return session.exec(select(Subscriber).where(Subscriber.address == address)).one()
