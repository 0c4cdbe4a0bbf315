"""Materials of a webinar at the desk: files and links, when they may be seen, and whether a recording has captions."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel

from content.errors import WebinarRefused
from content.webinars.materials import (
    KINDS,
    LARGEST_FILE,
    keep_file,
    material_of,
    put_material,
    remove_material,
)
from content.webinars.tables import Material, MaterialFile, MaterialKind
from service.audit import Act
from service.clock import AMSTERDAM
from service.desk.frame import refusal
from service.desk.moments import wall_moment
from service.desk.webinar_frame import ADDRESS, MATERIALS, AtWebinar, Editing
from service.errors import MomentRefused
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.pages import see

WRONG = {
    "kind": _("Kies wat voor stuk het is."),
    "title": _("Vul een titel in: zo heet het stuk op de pagina."),
    "address": _("Een webadres begint met https://."),
    "file": _(
        "Dit bestand kunnen we niet gebruiken. Kies een PDF, PowerPoint, Word, Excel of OpenDocument tot 20 MB."
    ),
}

router = APIRouter(prefix=ADDRESS + "/{webinar_id}/stukken", dependencies=[Depends(csrf_protected)])


class MaterialForm(BaseModel):
    """What the form says of a material, beside the file."""

    kind: str = MaterialKind.SLIDES
    title: str = ""
    address: str = ""
    captions: bool = False
    day: str = ""
    time: str = ""


def typed(
    *,
    kind: Annotated[str, Form(max_length=20)] = MaterialKind.SLIDES,
    title: Annotated[str, Form(max_length=200)] = "",
    address: Annotated[str, Form(max_length=1000)] = "",
    captions: Annotated[bool, Form()] = False,
    day: Annotated[str, Form(max_length=20)] = "",
    time: Annotated[str, Form(max_length=20)] = "",
) -> MaterialForm:
    """What was typed; a file beside it keeps FastAPI from taking a model for it."""
    title, address = title.replace("\0", ""), address.replace("\0", "")
    return MaterialForm(kind=kind, title=title, address=address, captions=captions, day=day, time=time)


@router.get("/nieuw")
def new(at: AtWebinar) -> HTMLResponse:
    """The empty form."""
    return _form(at, None, MaterialForm())


@router.get("/{material_id}")
def one(at: AtWebinar, material_id: int) -> HTMLResponse:
    """The form as the material is."""
    material = material_of(at.session, at.webinar, material_id)
    shown = material.shown_from.astimezone(AMSTERDAM) if material.shown_from else None
    form = MaterialForm(
        kind=material.kind,
        title=material.title,
        address=material.address if material.address.startswith("https:") else "",  # no page of ours
        captions=material.captions,
        day=f"{shown:%Y-%m-%d}" if shown else "",
        time=f"{shown:%H:%M}" if shown else "",
    )
    return _form(at, material, form)


@router.post("/nieuw")
def added(
    at: AtWebinar,
    form: Annotated[MaterialForm, Depends(typed)],
    chosen: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Add something to see."""
    return _put(at, None, form, chosen)


@router.post("/{material_id}")
def changed(
    at: AtWebinar,
    material_id: int,
    form: Annotated[MaterialForm, Depends(typed)],
    chosen: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Change it."""
    return _put(at, material_of(at.session, at.webinar, material_id), form, chosen)


@router.post("/{material_id}/weg")
def removed(at: AtWebinar, material_id: int) -> Response:
    """It cannot be seen any more."""
    material = material_of(at.session, at.webinar, material_id)
    at.note(Act.MATERIAL_REMOVED, material.title)
    remove_material(at.session, material)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=stuk-weg")


def _put(at: Editing, material: Material | None, form: MaterialForm, chosen: UploadFile | None) -> Response:
    try:
        shown_from = wall_moment(form.day, form.time) if form.day or form.time else None
        with at.session.begin_nested():
            kept = put_material(
                at.session,
                at.webinar,
                material,
                kind=form.kind,
                title=form.title,
                address=form.address,
                captions=form.captions,
                shown_from=shown_from,
            )
            if chosen is not None and chosen.filename:
                data = chosen.file.read(LARGEST_FILE + 1)
                keep_file(at.session, at.webinar, kept, name=chosen.filename, data=data)
    except MomentRefused as error:
        return _form(at, material, form, {"day": refusal(error)})
    except WebinarRefused as error:
        field = str(error.args[1])
        return _form(at, material, form, {"chosen" if field == "file" else field: WRONG[field]})
    at.note(Act.MATERIAL_CHANGED, kept.title)
    return see(f"{ADDRESS}/{at.webinar.id}?klaar=stuk")


def _form(
    at: Editing, material: Material | None, form: MaterialForm, problems: Mapping[str, str] | None = None
) -> HTMLResponse:
    return at.page(
        "material.html",
        status=422 if problems else 200,
        material=material,
        file=at.session.get(MaterialFile, material.id or 0) if material else None,
        endings=KINDS,
        kinds=MATERIALS,
        form=form,
        problems=problems or {},
    )
