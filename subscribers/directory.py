"""The partner directory: whom a municipality can turn to, what they do, and whom to call. The desk keeps it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from content.columns import Instant, Record
from subscribers.errors import UnknownPartner
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.partners import (
    EVERYWHERE,
    KINDS,
    TEXTS,
    Partner,
    kind_defaults,
    load_partners,
)


class PartnerEntry(Record, table=True):
    """What the directory says of a partner organisation. `edited` is set once somebody of the desk changed or confirmed it.

    `checked` means that a person held it against the organisation's own words; before that no name and no number is shown.
    """

    __tablename__ = "partner_entry"

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", unique=True)
    serves: list[str] = Field(default_factory=list, sa_type=JSON)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    activities: list[str] = Field(default_factory=list, sa_type=JSON)
    contact: str = ""
    telephone: str = ""
    address: str = ""
    website: str = ""
    source: str = ""
    edited: bool = False
    checked: bool = False
    checked_by: str = ""
    checked_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True)
class Helper:
    """A partner as pages and mails show it. Whom to call is empty until the entry is checked."""

    organisation_id: int
    name: str
    kind: str
    checked: bool
    serves: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    contact: str = ""
    telephone: str = ""
    address: str = ""
    website: str = ""


def load_directory(session: Session, partners: Sequence[Partner] | None = None) -> int:
    """Fill the directory from the file; what the desk changed stays as it is. Gives the number of entries. Twice is once."""
    written = {f"partner:{one.slug}": one for one in (load_partners() if partners is None else partners)}
    of_kind = kind_defaults()
    wanted = select(Organisation).where(Organisation.kind == OrganisationKind.PARTNER)
    entries = {one.organisation_id: one for one in session.exec(select(PartnerEntry))}
    number = 0
    for organisation in session.exec(wanted):
        entry = entries.get(organisation.id or 0) or PartnerEntry(organisation_id=organisation.id or 0)
        number += 1
        if entry.edited:
            continue
        values = _from_file(organisation, written.get(organisation.key), of_kind)
        for field, value in values.items():
            if getattr(entry, field) != value:
                setattr(entry, field, value)
        session.add(entry)
    session.flush()
    return number


def helpers(session: Session) -> tuple[Helper, ...]:
    """All partners of the directory, in the order in which people turn to them."""
    wanted = select(PartnerEntry, Organisation).join(
        Organisation, col(Organisation.id) == col(PartnerEntry.organisation_id)
    )
    found = [_helper(entry, organisation) for entry, organisation in session.exec(wanted)]
    return tuple(sorted(found, key=lambda one: (_rank(one.kind), one.name)))


def who_helps(municipality: Organisation, known: Iterable[Helper]) -> tuple[Helper, ...]:
    """Those who serve a municipality, the nearest kind first. Pure."""
    here = {municipality.cbs_code, municipality.ggd_region, EVERYWHERE} - {"", None}
    return tuple(one for one in known if here & set(one.serves))


def who_does_this(
    municipality: Organisation,
    known: Iterable[Helper],
    *,
    activities: Collection[str] = (),
    role: str = "executes",
) -> tuple[Helper, ...]:
    """For the card of an intervention: who can carry it out here; with activities only those who do one of them. Pure."""
    return tuple(
        one
        for one in who_helps(municipality, known)
        if role in one.roles and (not activities or set(activities) & set(one.activities))
    )


def entry_of(session: Session, organisation_id: int) -> tuple[PartnerEntry, Organisation]:
    """An entry with its organisation.

    Raises:
        UnknownPartner: there is none.
    """
    wanted = (
        select(PartnerEntry, Organisation)
        .join(Organisation, col(Organisation.id) == col(PartnerEntry.organisation_id))
        .where(PartnerEntry.organisation_id == organisation_id)
    )
    found = session.exec(wanted).first()
    if found is None:
        raise UnknownPartner(f"The directory has no partner {organisation_id}.")
    return found


def entries(session: Session) -> list[tuple[PartnerEntry, Organisation]]:
    """All entries; those that nobody checked first."""
    wanted = select(PartnerEntry, Organisation).join(
        Organisation, col(Organisation.id) == col(PartnerEntry.organisation_id)
    )
    return sorted(
        session.exec(wanted), key=lambda pair: (pair[0].checked, _rank(pair[1].partner_kind), pair[1].name)
    )


def follow_merger(session: Session, *, old: str, new: str) -> None:
    """Who served a municipality that is no more serves the one that it is in now."""
    for entry in session.exec(select(PartnerEntry)):
        if old in entry.serves:
            entry.serves = list(dict.fromkeys(new if one == old else one for one in entry.serves))
            session.add(entry)
    session.flush()


def _from_file(
    organisation: Organisation, partner: Partner | None, of_kind: Mapping[str, Mapping[str, Sequence[str]]]
) -> dict[str, Any]:
    kind = of_kind.get(organisation.partner_kind, {})
    if partner is None:  # a GGD that the register names
        partner = Partner(
            slug="",
            name=organisation.name,
            kind=organisation.partner_kind,
            source="municipalities.csv",
            roles=tuple(kind.get("roles", ())),
            activities=tuple(kind.get("activities", ())),
        )
    serves = list(partner.serves) or ([organisation.name] if organisation.partner_kind == "ggd" else [])
    return {
        "serves": serves,
        "roles": list(partner.roles),
        "activities": list(partner.activities),
        "source": partner.source,
        "checked": partner.checked,
        **{field: getattr(partner, field) for field in TEXTS},
    }


def _helper(entry: PartnerEntry, organisation: Organisation) -> Helper:
    shown = entry.checked
    return Helper(
        organisation_id=organisation.id or 0,
        name=organisation.name,
        kind=organisation.partner_kind,
        checked=entry.checked,
        serves=tuple(entry.serves),
        roles=tuple(entry.roles),
        activities=tuple(entry.activities),
        contact=entry.contact if shown else "",
        telephone=entry.telephone if shown else "",
        address=entry.address if shown else "",
        website=entry.website if shown else "",
    )


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
