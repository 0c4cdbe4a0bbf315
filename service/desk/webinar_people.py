"""Who registered for a webinar, and who waits and in which order, at the desk."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, select

from content.webinars.tables import questions_of
from service.desk.webinar import counts_of
from service.desk.webinar_frame import ADDRESS, STANDINGS, AtWebinar
from subscribers.organisations import Organisation
from subscribers.people import Subscriber
from subscribers.registrations.tables import Registration, RegistrationAnswer, Standing

PER_PAGE = 50

router = APIRouter(prefix=ADDRESS + "/{webinar_id}")


@router.get("/aanmeldingen")
def registered(
    at: AtWebinar,
    stand: Standing = Standing.SEAT,
    pagina: Annotated[int, Query(ge=1, le=9999)] = 1,
) -> HTMLResponse:
    """Those who stand here; who waits in the order in which a seat is offered."""
    session, webinar = at.session, at.webinar
    wanted = (
        select(Registration, Subscriber.address, Organisation.name)
        .join(Subscriber, col(Subscriber.id) == col(Registration.subscriber_id))
        .join(Organisation, col(Organisation.id) == col(Registration.organisation_id), isouter=True)
        .where(Registration.webinar_id == webinar.id, Registration.standing == stand)
        .order_by(col(Registration.queued_at), col(Registration.asked_at), col(Registration.id))
    )
    counts = counts_of(session, webinar)
    rows = session.exec(wanted.offset((pagina - 1) * PER_PAGE).limit(PER_PAGE)).all()
    return at.page(
        "registrations.html",
        rows=rows,
        answers=_answers(session, [one.id or 0 for one, _address, _organisation in rows]),
        questions=questions_of(session, webinar),
        counts=counts,
        stand=stand,
        standings=STANDINGS,
        size=counts.get(stand, 0),
        per_page=PER_PAGE,
        pagina=pagina,
        first=(pagina - 1) * PER_PAGE + 1,
    )


def _answers(session: Session, registrations: list[int]) -> dict[tuple[int, int], str]:
    """What was answered, by registration and question."""
    wanted = select(RegistrationAnswer).where(col(RegistrationAnswer.registration_id).in_(registrations))
    return {(one.registration_id, one.question_id): one.text for one in session.exec(wanted)}
