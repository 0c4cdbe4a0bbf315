"""Materials: slides, documents, links and the recording of a webinar; a file is held to what its first bytes say it is."""

import re
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, func, select

from content.errors import UnknownWebinar, WebinarRefused
from content.webinars.tables import ForWhom, Material, MaterialFile, MaterialKind, Webinar

LARGEST_FILE: Final = 20 * 1024 * 1024
"""Bytes of a file."""

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_OPEN: Final = "application/vnd.oasis.opendocument."
KINDS: Final = {
    "pdf": ("application/pdf", b"%PDF-"),
    "pptx": (f"{_OFFICE}presentationml.presentation", b"PK\x03\x04"),
    "docx": (f"{_OFFICE}wordprocessingml.document", b"PK\x03\x04"),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", b"PK\x03\x04"),
    "odp": (f"{_OPEN}presentation", b"PK\x03\x04"),
    "odt": (f"{_OPEN}text", b"PK\x03\x04"),
}
"""What may be uploaded, by the end of its name: media type, and how such a file begins. None of it runs in a browser."""


def put_material(
    session: Session,
    webinar: Webinar,
    material: Material | None,
    *,
    kind: str,
    title: str,
    address: str,
    captions: bool = False,
    shown_from: datetime | None = None,
) -> Material:
    """Add something to see, or change it. A file that hangs on it stays, until there is another address.

    With an address of the editors' own a recording is not waited for any more.

    Raises:
        WebinarRefused: `args[1]` names the field.
    """
    address = address.strip()
    if kind not in tuple(MaterialKind):
        raise WebinarRefused(f"A material is one of {', '.join(MaterialKind)}.", "kind")
    if not title.strip():
        raise WebinarRefused("A material has a title.", "title")
    if address and not re.fullmatch(r"https://[^\s/]+\S*", address):
        raise WebinarRefused("The address of a material begins with https://.", "address")
    kept = material or Material(
        webinar_id=webinar.id or 0, position=_after_last(session, webinar), kind=kind, title=""
    )
    kept.kind, kept.title, kept.shown_from = kind, title.strip(), shown_from
    kept.captions = captions and kind == MaterialKind.RECORDING
    if address:
        kept.address, kept.processing = address, False
        _drop_file(session, kept)
    session.add(kept)
    session.flush()
    return kept


def keep_file(session: Session, webinar: Webinar, material: Material, *, name: str, data: bytes) -> None:
    """Hang a file on a material, in the place of another file or an address.

    Raises:
        WebinarRefused: too large, or not one of `KINDS`; `args[1]` is `file`.
    """
    media_type = kind_of_file(name, data)
    kept = session.get(MaterialFile, material.id or 0)
    kept = kept or MaterialFile(material_id=material.id or 0, name="", kind="", data=b"")
    kept.name, kept.kind, kept.data = _plain_name(name), media_type, data
    material.address, material.processing = f"/webinars/{webinar.slug}/stukken/{material.id}", False
    session.add_all([kept, material])
    session.flush()


def kind_of_file(name: str, data: bytes) -> str:
    """The media type of a file, from the end of its name and its first bytes, which have to agree. Pure.

    Raises:
        WebinarRefused: too large, or not one of `KINDS`; `args[1]` is `file`.
    """
    media_type, begins = KINDS.get(name.rpartition(".")[2].lower(), ("", b"\0"))
    if len(data) > LARGEST_FILE:
        raise WebinarRefused("A file has 20 MB at most.", "file")
    if not media_type or not data.startswith(begins):
        raise WebinarRefused(f"A file is one of {', '.join(KINDS)}.", "file")
    return media_type


def material_of(session: Session, webinar: Webinar, material_id: int) -> Material:
    """A material of this webinar.

    Raises:
        UnknownWebinar: there is none with this id.
    """
    found = session.get(Material, material_id)
    if found is None or found.webinar_id != webinar.id:
        raise UnknownWebinar(f"Webinar {webinar.slug!r} has no material {material_id}.")
    return found


def remove_material(session: Session, material: Material) -> None:
    """It cannot be seen any more; a file that hangs on it goes."""
    session.delete(material)
    session.flush()


def are_public(webinar: Webinar) -> bool:
    """Whether everyone may see its materials; those of a webinar for governments are for who registered."""
    return webinar.for_whom != ForWhom.GOVERNMENT


def can_be_seen(material: Material, now: datetime) -> bool:
    """Whether it can be shown: it is somewhere, its moment has come, and a recording has captions."""
    if not material.address or (material.shown_from is not None and material.shown_from > now):
        return False
    return material.kind != MaterialKind.RECORDING or (material.captions and not material.processing)


def _drop_file(session: Session, material: Material) -> None:
    kept = session.get(MaterialFile, material.id) if material.id else None
    if kept is not None:
        session.delete(kept)


def _plain_name(name: str) -> str:
    return re.sub(r"[^\w.() -]+", "_", name.replace("\\", "/").rpartition("/")[2])[-120:]


def _after_last(session: Session, webinar: Webinar) -> int:
    last = session.exec(
        select(func.max(col(Material.position))).where(Material.webinar_id == webinar.id)
    ).one()
    return 0 if last is None else last + 1
