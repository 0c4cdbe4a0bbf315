"""Outlines: the feeds of somebody's list become sources; those that are there already stay as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from content.errors import SourceExists, SourceRefused
from content.opml import Outline
from content.sources import add_source, free_key


@dataclass(frozen=True)
class Imported:
    """What became of a feed in a list: added, known or refused; `problem` says why, `key` is the source's."""

    title: str
    url: str
    outcome: str
    key: str = ""
    problem: str = ""


def import_outlines(session: Session, outlines: Sequence[Outline], *, now: datetime) -> list[Imported]:
    """Add the feeds of a list; those that are there already stay as they are."""
    return [_import(session, outline, now=now) for outline in outlines]


def _import(session: Session, outline: Outline, *, now: datetime) -> Imported:
    key = free_key(session, title=outline.title or outline.url.partition("//")[2])
    try:
        source = add_source(
            session, key=key, url=outline.url, name=outline.title, home_url=outline.home_url, now=now
        )
    except SourceExists as error:
        return Imported(outline.title, outline.url, "known", problem=str(error))
    except SourceRefused as error:
        return Imported(outline.title, outline.url, "refused", problem=str(error))
    return Imported(outline.title, outline.url, "added", key=source.key)
