"""Speakers of a webinar at the desk: who, as what, and a picture with words for who cannot see it."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from content.errors import PictureRefused, WebinarRefused
from content.webinars.speakers import (
    LARGEST_PICTURE,
    describe_picture,
    drop_picture,
    keep_picture,
    put_speaker,
    remove_speaker,
    speaker_of,
)
from content.webinars.tables import Speaker, SpeakerPicture, webinar_by_id
from service.audit import Act
from service.desk.access import Anyone
from service.desk.webinar_frame import ADDRESS, AtWebinar, Editing
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.dependencies import Transaction
from service.web.pages import see

WRONG = {
    "name": _("Vul de naam van de spreker in."),
    "large": _("Deze foto is te groot. Kies een foto van ten hoogste 8 MB."),
    "kind": _("Dit is geen foto die we kunnen lezen. Kies een JPEG, PNG of WebP."),
}

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/sprekers", dependencies=[Depends(csrf_protected)])


class SpeakerForm(BaseModel):
    """What the form says of a speaker, beside the picture."""

    name: str = ""
    role: str = ""
    about: str = ""
    alt: str = ""
    without: bool = False


def typed(
    name: Annotated[str, Form(max_length=120)] = "",
    role: Annotated[str, Form(max_length=200)] = "",
    about: Annotated[str, Form(max_length=4000)] = "",
    alt: Annotated[str, Form(max_length=300)] = "",
    without: Annotated[bool, Form()] = False,
) -> SpeakerForm:
    """What was typed; a file beside it keeps FastAPI from taking a model for it."""
    clean = (text.replace("\0", "") for text in (name, role, about, alt))
    return SpeakerForm(**dict(zip(("name", "role", "about", "alt"), clean, strict=True)), without=without)


@router.get("/nieuw")
def new(at: AtWebinar) -> HTMLResponse:
    """The empty form."""
    return _form(at, None, SpeakerForm())


@router.get("/{speaker_id}")
def one(at: AtWebinar, speaker_id: int) -> HTMLResponse:
    """The form as the speaker is."""
    speaker = speaker_of(at.session, at.webinar, speaker_id)
    picture = at.session.get(SpeakerPicture, speaker_id)
    form = SpeakerForm(
        name=speaker.name, role=speaker.role, about=speaker.about, alt=picture.alt if picture else ""
    )
    return _form(at, speaker, form)


@router.get("/{speaker_id}/foto")
def picture(session: Transaction, _person: Anyone, webinar_id: int, speaker_id: int) -> Response:
    """The picture, also of a draft."""
    speaker = speaker_of(session, webinar_by_id(session, webinar_id), speaker_id)
    found = session.get(SpeakerPicture, speaker.id or 0)
    if found is None:
        raise HTTPException(404)
    return Response(found.data, media_type=found.kind, headers={"Cache-Control": "private, no-store"})


@router.post("/nieuw")
def added(
    at: AtWebinar,
    form: Annotated[SpeakerForm, Depends(typed)],
    chosen: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Add a speaker."""
    return _put(at, None, form, _bytes_of(chosen))


@router.post("/{speaker_id}")
def changed(
    at: AtWebinar,
    speaker_id: int,
    form: Annotated[SpeakerForm, Depends(typed)],
    chosen: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Change a speaker."""
    return _put(at, speaker_of(at.session, at.webinar, speaker_id), form, _bytes_of(chosen))


@router.post("/{speaker_id}/weg")
def removed(at: AtWebinar, speaker_id: int) -> Response:
    """They do not speak (any more)."""
    speaker = speaker_of(at.session, at.webinar, speaker_id)
    at.note(Act.SPEAKER_REMOVED, speaker.name)
    remove_speaker(at.session, speaker)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=spreker-weg")


def _put(at: Editing, speaker: Speaker | None, form: SpeakerForm, data: bytes) -> Response:
    session = at.session
    try:
        with session.begin_nested():
            kept = put_speaker(session, at.webinar, speaker, name=form.name, role=form.role, about=form.about)
            if data:
                keep_picture(session, kept, data=data, alt=form.alt)
            elif form.without:
                drop_picture(session, kept)
            else:
                describe_picture(session, kept, alt=form.alt)
    except (PictureRefused, WebinarRefused) as error:
        why = str(error.args[1])
        problems = {"chosen" if isinstance(error, PictureRefused) else why: WRONG[why]}
        return _form(at, speaker, form, problems)
    at.note(Act.SPEAKER_CHANGED, kept.name)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=spreker")


def _bytes_of(chosen: UploadFile | None) -> bytes:
    """What was chosen, and one byte more than may be; empty where nothing was."""
    return chosen.file.read(LARGEST_PICTURE + 1) if chosen is not None and chosen.filename else b""


def _form(
    at: Editing, speaker: Speaker | None, form: SpeakerForm, problems: Mapping[str, str] | None = None
) -> HTMLResponse:
    return at.page(
        "speaker.html",
        status=422 if problems else 200,
        speaker=speaker,
        has_picture=speaker is not None and at.session.get(SpeakerPicture, speaker.id or 0) is not None,
        form=form,
        problems=problems or {},
    )
