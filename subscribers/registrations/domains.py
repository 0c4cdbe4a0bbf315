"""Domains of governments: an editable list. An address is of a government when its domain is listed, or lies below one."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from subscribers.addresses import parse_address
from subscribers.errors import NotAnAddress
from subscribers.registrations.tables import GovernmentDomain

_LABELS = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def listed_domains(session: Session) -> list[GovernmentDomain]:
    """The list, by domain."""
    return list(session.exec(select(GovernmentDomain).order_by(col(GovernmentDomain.domain))))


def list_domain(session: Session, *, domain: str, by: str, now: datetime, note: str = "") -> GovernmentDomain:
    """Add a domain ("emmen.nl"; an address or a leading @ will do); twice is once.

    Raises:
        NotAnAddress: this cannot be the domain of an address.
    """
    name = _domain_of(f"a@{domain.strip().rpartition('@')[2]}")
    if not _LABELS.fullmatch(name):  # "nl" alone would let everyone in
        raise NotAnAddress(f"{domain!r} is not a domain with a dot in it.")
    known = session.exec(select(GovernmentDomain).where(GovernmentDomain.domain == name)).first()
    if known is not None:
        return known
    made = GovernmentDomain(domain=name, note=note.strip(), added_at=now, added_by=by)
    session.add(made)
    session.flush()
    return made


def unlist_domain(session: Session, domain: GovernmentDomain) -> None:
    """Take it off the list. Who registered before stays registered."""
    session.delete(domain)
    session.flush()


def is_government(session: Session, address: str) -> bool:
    """Whether this address has a listed domain, or one below it.

    Raises:
        NotAnAddress: it cannot exist.
    """
    labels = _domain_of(address).split(".")
    above = [".".join(labels[at:]) for at in range(len(labels))]
    found = select(GovernmentDomain.id).where(col(GovernmentDomain.domain).in_(above))
    return session.exec(found.limit(1)).first() is not None


def _domain_of(address: str) -> str:
    return parse_address(address).key.rpartition("@")[2]
