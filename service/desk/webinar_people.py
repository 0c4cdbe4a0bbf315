"""Who registered for a webinar, who waits and in which order, and the questions that people brought, at the desk."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import Session, col, func, select

from content.webinars.tables import Webinar, questions_of
from service.desk.webinar import counts_of
from service.desk.webinar_frame import ADDRESS, STANDINGS, AtWebinar
from subscribers.organisations import Organisation
from subscribers.people import Subscriber
from subscribers.registrations.tables import BroughtQuestion, Registration, RegistrationAnswer, Standing

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


@router.get("/vragen")
def brought(at: AtWebinar, pagina: Annotated[int, Query(ge=1, le=9999)] = 1) -> HTMLResponse:
    """The questions that people brought, the oldest first. Names stay out: a speaker answers a question, no person."""
    mine = select(BroughtQuestion).where(BroughtQuestion.webinar_id == at.webinar.id)
    here = mine.order_by(col(BroughtQuestion.id)).offset((pagina - 1) * PER_PAGE).limit(PER_PAGE)
    return at.page(
        "brought.html",
        brought=at.session.exec(here).all(),
        size=_size(at.session, at.webinar),
        per_page=PER_PAGE,
        pagina=pagina,
    )


def _size(session: Session, webinar: Webinar) -> int:
    return session.exec(select(func.count()).where(BroughtQuestion.webinar_id == webinar.id)).one()


def _answers(session: Session, registrations: list[int]) -> dict[tuple[int, int], str]:
    """What was answered, by registration and question."""
    wanted = select(RegistrationAnswer).where(col(RegistrationAnswer.registration_id).in_(registrations))
    return {(one.registration_id, one.question_id): one.text for one in session.exec(wanted)}
