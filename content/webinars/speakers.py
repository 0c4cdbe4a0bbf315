"""Speakers: who speaks, in which order, and what they look like. A picture is made anew from its pixels before it is kept."""

import io
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlmodel import Session, col, func, select

from content.errors import PictureRefused, UnknownWebinar, WebinarRefused
from content.webinars.tables import Speaker, SpeakerPicture, Webinar

LARGEST_PICTURE: Final = 8 * 1024 * 1024
"""Bytes of a picture as it is sent; what is kept is some tens of kilobytes."""

MOST_PIXELS: Final = 50_000_000
"""A larger picture is a small file that fills the memory when it is opened."""

SIDE: Final = 360
"""Pixels of a side of what is kept, which pages show at 72: sharp at any enlargement they have."""

_FORMATS: Final = ("JPEG", "PNG", "WEBP")


def put_speaker(
    session: Session, webinar: Webinar, speaker: Speaker | None, *, name: str, role: str = "", about: str = ""
) -> Speaker:
    """Add a speaker at the end, or change this one.

    Raises:
        WebinarRefused: no name; `args[1]` names the field.
    """
    if not name.strip():
        raise WebinarRefused("A speaker has a name.", "name")
    kept = speaker or Speaker(webinar_id=webinar.id or 0, position=_after_last(session, webinar), name="")
    kept.name, kept.role, kept.about = name.strip(), role.strip(), about.strip()
    session.add(kept)
    session.flush()
    return kept


def speaker_of(session: Session, webinar: Webinar, speaker_id: int) -> Speaker:
    """A speaker of this webinar.

    Raises:
        UnknownWebinar: there is none with this id.
    """
    found = session.get(Speaker, speaker_id)
    if found is None or found.webinar_id != webinar.id:
        raise UnknownWebinar(f"Webinar {webinar.slug!r} has no speaker {speaker_id}.")
    return found


def remove_speaker(session: Session, speaker: Speaker) -> None:
    """They do not speak (any more); their picture goes as well."""
    session.delete(speaker)
    session.flush()


def keep_picture(session: Session, speaker: Speaker, *, data: bytes, alt: str) -> None:
    """Keep this as the speaker's picture, made anew; `alt` says what is to be seen, empty where the name says enough.

    Raises:
        PictureRefused: this is no picture that can be kept.
    """
    made = portrait(data)
    kept = session.get(SpeakerPicture, speaker.id or 0)
    kept = kept or SpeakerPicture(speaker_id=speaker.id or 0, kind="image/jpeg", data=b"")
    kept.data, kept.alt = made, alt.strip()
    session.add(kept)
    session.flush()


def describe_picture(session: Session, speaker: Speaker, *, alt: str) -> None:
    """Other words for the picture that is there; without one nothing happens."""
    kept = session.get(SpeakerPicture, speaker.id or 0)
    if kept is not None:
        kept.alt = alt.strip()
        session.add(kept)
        session.flush()


def drop_picture(session: Session, speaker: Speaker) -> None:
    """The speaker has no picture (any more)."""
    kept = session.get(SpeakerPicture, speaker.id or 0)
    if kept is not None:
        session.delete(kept)
        session.flush()


def portrait(data: bytes) -> bytes:
    """A square JPEG of the middle of a picture, the right way up, with nothing else in it.

    Only pixels are taken over: no place where it was taken (EXIF), no colour profile, nothing behind its end. Pure.

    Raises:
        PictureRefused: `args[1]` says why: `large`, or `kind` (no JPEG, PNG or WebP, or one that is broken).
    """
    if len(data) > LARGEST_PICTURE:
        raise PictureRefused("A picture has 8 MB at most.", "large")
    try:
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureRefused("A picture has 50 million pixels at most.", "large")
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused("This is no JPEG, PNG or WebP that can be read.", "kind") from error
    paper = Image.new("RGBA", upright.size, "white")
    square = ImageOps.fit(Image.alpha_composite(paper, upright).convert("RGB"), (SIDE, SIDE))
    written = io.BytesIO()
    square.save(written, "JPEG", quality=85, optimize=True)
    return written.getvalue()


def _after_last(session: Session, webinar: Webinar) -> int:
    last = session.exec(select(func.max(col(Speaker.position))).where(Speaker.webinar_id == webinar.id)).one()
    return 0 if last is None else last + 1
