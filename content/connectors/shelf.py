"""The shelf: the declarations that come with Kennispost (`content/starter/databases`), and those of an operator."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from content.connectors.declaration import Declaration
from content.connectors.declaration_file import load_declaration
from content.errors import DeclarationFault
from content.sources import Source, UrlConfidence, add_source, list_sources

SHELF = Path(__file__).parent.parent / "starter" / "databases"


def declarations(*folders: Path) -> dict[str, Declaration]:
    """All declarations, by key: those that come with Kennispost, and those in `folders`, which go before them.

    Raises:
        DeclarationFault: the faults of all files together, each with file and line.
    """
    read, faults = {}, []
    for path in (path for folder in (SHELF, *folders) for path in sorted(folder.glob("*.yaml"))):
        try:
            read[path.stem] = load_declaration(path)
        except DeclarationFault as error:
            faults.append(str(error))
    if faults:
        raise DeclarationFault("\n".join(faults))
    return read


def declaration_of(key: str, *folders: Path) -> Declaration:
    """How the source with this key is read.

    Raises:
        DeclarationFault: there is no file for it, or it has a fault.
    """
    for folder in (*reversed(folders), SHELF):
        path = folder / f"{key}.yaml"
        if path.is_file():
            return load_declaration(path)
    raise DeclarationFault(f"There is no {key}.yaml, which would say how the source is read.")


def load_declared_sources(session: Session, *folders: Path, now: datetime) -> list[Source]:
    """Add a source for each declaration that has none yet; those that were never seen to answer are disabled."""
    known = {value for source in list_sources(session) for value in (source.key, source.url)}
    return [
        add_source(
            session,
            key=one.key,
            url=one.url,
            name=one.name,
            home_url=one.home_url,
            enabled=one.url_confidence is UrlConfidence.VERIFIED,
            url_confidence=one.url_confidence,
            kind=one.kind,
            rights=one.rights,
            attribution=one.attribution,
            now=now,
        )
        for one in declarations(*folders).values()
        if one.key not in known and one.url not in known
    ]
