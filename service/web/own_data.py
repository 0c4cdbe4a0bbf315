"""One's own data: to download and to erase, with a fresh link that proves whose mailbox it is (AVG articles 15, 17, 20)."""

import json

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.dossiers import own_data
from service.forgetting import erase
from service.limits import count_request
from service.mailing.letters import post_letter
from service.tokens import Purpose
from service.web.changing import PER_READER
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Now, Transaction
from service.web.pages import page
from service.web.reader import reader_behind

router = APIRouter(dependencies=[Depends(csrf_protected)])


@router.api_route("/voorkeuren/{token}/gegevens", methods=["GET", "HEAD"])
def explain(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """What can be had, and the button that mails the link."""
    reader = reader_behind(session, house, token, now=now)
    return page(request, "data_ask.html", token=token, address=reader.address, sent=False)


@router.post("/voorkeuren/{token}/gegevens")
def mail_link(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Mail a fresh link: whoever was only forwarded a mail has no use of this page."""
    reader = reader_behind(session, house, token, now=now, lock=True)
    secret = house.settings.secret_key.get_secret_value()
    count_request(session, limit=PER_READER, subject=reader.reference, secret=secret, now=now)
    post_letter(session, kind="own-data", subscriber=reader, now=now)
    return page(request, "data_ask.html", token=token, address=reader.address, sent=True)


@router.api_route("/mijn-gegevens/{token}", methods=["GET", "HEAD"])
def choose(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Download, or erase."""
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.OWN_DATA)
    return page(request, "data.html", token=token, address=reader.address)


@router.get("/mijn-gegevens/{token}/bestand")
def download(token: str, house: House, session: Transaction, now: Now) -> Response:
    """All that is kept of the reader, as JSON."""
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.OWN_DATA)
    text = json.dumps(own_data(session, reader, now=now), ensure_ascii=False, indent=2)
    headers = {
        "Content-Disposition": 'attachment; filename="kennispost-mijn-gegevens.json"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type="application/json; charset=utf-8", headers=headers)


@router.api_route("/mijn-gegevens/{token}/wissen", methods=["GET", "HEAD"])
def ask_erase(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """What erasing does, and the button."""
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.OWN_DATA)
    return page(request, "erase.html", token=token, address=reader.address)


@router.post("/mijn-gegevens/{token}/wissen")
def erase_all(token: str, request: Request, house: House, session: Transaction, now: Now) -> Response:
    """Erase, at once and for good."""
    reader = reader_behind(session, house, token, now=now, purpose=Purpose.OWN_DATA, lock=True)
    erase(session, house.settings, subscriber=reader, now=now)
    return page(request, "erased.html")
