"""Finding one's preferences: a link to them by mail, for whoever has no mail of ours at hand. The answer is always the same."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from service.i18n import _
from service.limits import may_happen
from service.mailing.letters import post_letter
from service.runtime import Runtime
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction, limited
from service.web.guarding import steadily
from service.web.pages import page, see
from service.web.signup import PER_ADDRESS, PER_NETWORK
from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress
from subscribers.people import Subscriber, SubscriberState

router = APIRouter(dependencies=[Depends(csrf_protected)])


@router.api_route("/voorkeuren", methods=["GET", "HEAD"])
def form(request: Request) -> Response:
    """The field for an address; afterwards, what happens next."""
    sent = request.query_params.get("verzonden", "") == "1"
    return page(
        request, "preferences_sent.html" if sent else "preferences_find.html", address="", problems={}
    )


@router.post(
    "/voorkeuren",
    dependencies=[Depends(limited(PER_NETWORK)), Depends(steadily, scope="function")],
)
def mail_link(
    *,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    address: Annotated[str, Form(max_length=320)] = "",
) -> Response:
    """Mail the link to who is among the readers; the page is the same for everyone."""
    try:
        key = parse_address(address.replace("\0", "")).key
    except NotAnAddress:
        problem = _("Vul uw e-mailadres in, bijvoorbeeld naam@gemeente.nl.")
        values = {"address": address, "problems": {"address": problem}}
        return page(request, "preferences_find.html", status=422, **values)
    _mail(session, house, key, now)
    return see("/voorkeuren?verzonden=1")


def _mail(session: Session, house: Runtime, key: str, now: Now) -> None:
    secret = house.settings.secret_key.get_secret_value()
    allowed = may_happen(session, limit=PER_ADDRESS, subject=key, secret=secret, now=now)
    known = select(Subscriber).where(
        Subscriber.address_key == key, col(Subscriber.state) != SubscriberState.PENDING
    )
    reader = session.exec(known).first()
    if reader is not None and allowed:
        post_letter(session, kind="preferences-link", subscriber=reader, now=now)
