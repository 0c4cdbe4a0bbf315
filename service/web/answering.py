"""Answering: links out of letters that ask a yes of a mailbox. Looking changes nothing; the button does."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.errors import TokenRefused
from service.forgetting import forget
from service.runtime import Runtime
from service.tokens import Purpose, make_token, read_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import page
from service.web.reader import reader_behind
from subscribers.moving import Side, occupant, open_change, say_yes
from subscribers.people import Subscriber, SubscriberState
from subscribers.registrations.inheriting import inherit
from subscribers.yearly import answer

router = APIRouter(dependencies=[Depends(csrf_protected)])


@router.api_route("/adres/{token}", methods=["GET", "HEAD"])
def ask_move(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """The button with which one of both mailboxes agrees."""
    change_id, side = _read(house, token, now)
    change = open_change(session, change_id, now=now)
    return page(request, "move_confirm.html", token=token, side=side, new_address=change.address)


@router.post("/adres/{token}")
def agree(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """One agrees; when both did, the mail moves. Someone at the new address who reads nothing makes room.

    That is the same person, who took part in a webinar there: both mailboxes said yes.
    """
    change_id, side = _read(house, token, now)
    change = open_change(session, change_id, now=now, lock=True)
    there = occupant(session, change)
    both = change.old_said_yes_at is not None or change.new_said_yes_at is not None
    if there is not None and both and there.state != SubscriberState.ACTIVE:
        inherit(session, heir=change.subscriber_id, of=there.id or 0)
        forget(session, [there.id or 0], now=now)
        change = open_change(session, change_id, now=now)
    done = say_yes(session, change=change, side=side, now=now)
    reader = session.get_one(Subscriber, change.subscriber_id)
    preferences = make_token(house.settings, Purpose.PREFERENCES, reader.reference, now=now)
    return page(
        request,
        "moved.html",
        done=done,
        side=side,
        new_address=change.address,
        preferences=f"/voorkeuren/{preferences}" if side is Side.OLD or done else "",
    )


@router.api_route("/nog-steeds/{token}", methods=["GET", "HEAD"])
def ask_still(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """The button that says yes, and the ways for who does other work now."""
    return _still_page(request, house, session, token, now, done=False)


@router.post("/nog-steeds/{token}")
def still(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Still them, still this work."""
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.STILL_YOU, lock=True)
    answer(session, reader, source="page /nog-steeds", now=now)
    return _still_page(request, house, session, token, now, done=True)


def _still_page(
    request: Request, house: Runtime, session: Transaction, token: str, now: Now, *, done: bool
) -> Response:
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.STILL_YOU)
    preferences = make_token(house.settings, Purpose.PREFERENCES, reader.reference, now=now)
    return page(
        request,
        "still_you.html",
        token=token,
        address=reader.address,
        done=done,
        preferences=f"/voorkeuren/{preferences}",
    )


def _read(house: Runtime, token: str, now: Now) -> tuple[int, Side]:
    match read_token(house.settings, Purpose.MOVE, token, now=now):
        case [int(change_id), str(side)] if side in set(Side):
            return change_id, Side(side)
    raise TokenRefused("This link is not right. Copy it whole out of the mail.")
