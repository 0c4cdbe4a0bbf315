"""Inheriting: somebody's address becomes that of another reader who proved both mailboxes; the seats there are theirs."""

from sqlmodel import Session, col, select

from subscribers.registrations.tables import TAKING_PART, Registration


def inherit(session: Session, *, heir: int, of: int) -> None:
    """Give `heir` the registrations of `of` (ids of subscribers), but where they take part in that webinar themselves.

    What is left goes with the person. A row that ended makes room for one that takes part.
    """
    own = {one.webinar_id: one for one in _registrations(session, heir)}
    for one in _registrations(session, of):
        known = own.get(one.webinar_id)
        if known is not None:
            if known.standing in TAKING_PART or one.standing not in TAKING_PART:
                continue
            session.delete(known)
            session.flush()
        one.subscriber_id = heir
        session.add(one)
    session.flush()


def _registrations(session: Session, subscriber_id: int) -> list[Registration]:
    mine = select(Registration).where(Registration.subscriber_id == subscriber_id)
    return list(session.exec(mine.order_by(col(Registration.id))))
