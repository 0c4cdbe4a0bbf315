"""Curating the directory: what the desk changes, adds and confirms of a partner."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from subscribers.directory import PartnerEntry, entry_of
from subscribers.errors import PartnerRefused
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.partners import ACTIVITIES, EVERYWHERE, KINDS, ROLES, TEXTS, slug_of

LONGEST = 300
TELEPHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,22}")


def change_entry(session: Session, organisation_id: int, values: Mapping[str, Any]) -> PartnerEntry:
    """Set what the desk filled in. What changed has to be confirmed again.

    Raises:
        UnknownPartner: there is none. PartnerRefused: a field cannot be.
    """
    entry, organisation = entry_of(session, organisation_id)
    clean = checked_values(session, values)
    organisation.name, organisation.partner_kind = clean.pop("name"), clean.pop("kind")
    for field, value in clean.items():
        setattr(entry, field, value)
    entry.edited, entry.checked, entry.checked_by, entry.checked_at = True, False, "", None
    session.add_all([entry, organisation])
    session.flush()
    return entry


def add_entry(session: Session, values: Mapping[str, Any]) -> PartnerEntry:
    """A partner that the file does not have.

    Raises:
        PartnerRefused: a field cannot be, or there is one of this name.
    """
    clean = checked_values(session, values)
    key = f"partner:{slug_of(clean['name'])}"
    if session.exec(select(Organisation.id).where(Organisation.key == key)).first() is not None:
        raise PartnerRefused("There is a partner of this name already.")
    made = Organisation(
        kind=OrganisationKind.PARTNER, key=key, name=clean.pop("name"), partner_kind=clean.pop("kind")
    )
    session.add(made)
    session.flush()
    entry = PartnerEntry(organisation_id=made.id or 0, edited=True, **clean)
    session.add(entry)
    session.flush()
    return entry


def confirm_entry(session: Session, organisation_id: int, *, by: str, now: datetime) -> PartnerEntry:
    """A person held it against the organisation's own words; from now on whom to call is shown.

    Raises:
        UnknownPartner: there is none.
    """
    entry, _organisation = entry_of(session, organisation_id)
    entry.edited, entry.checked, entry.checked_by, entry.checked_at = True, True, by, now
    session.add(entry)
    session.flush()
    return entry


def checked_values(session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was filled in, tidied.

    Raises:
        PartnerRefused: names the field.
    """
    clean: dict[str, Any] = {
        field: " ".join(str(values.get(field, "")).split()) for field in ("name", "kind", "source", *TEXTS)
    }
    for field, text in clean.items():
        if len(text) > LONGEST:
            raise PartnerRefused(f"{field} is longer than {LONGEST} signs.")
    if not slug_of(clean["name"]) or not clean["source"] or clean["kind"] not in KINDS:
        raise PartnerRefused("A partner has a name, a kind, and a source.")
    if clean["telephone"] and not TELEPHONE.fullmatch(clean["telephone"]):
        raise PartnerRefused("telephone is no number.")
    if clean["website"] and not re.fullmatch(r"https://[^\s<>\"]+", clean["website"]):
        raise PartnerRefused("website must begin with https://.")
    clean["roles"] = [one for one in ROLES if one in values.get("roles", ())]
    clean["activities"] = [one for one in ACTIVITIES if one in values.get("activities", ())]
    clean["serves"] = _places(session, values.get("serves", ()))
    return clean


def served_places(session: Session) -> dict[str, str]:
    """What a partner can serve: GGD regions, municipalities by CBS code, the country; each with its name."""
    wanted = select(Organisation).where(
        Organisation.kind == OrganisationKind.MUNICIPALITY, col(Organisation.merged_into_id).is_(None)
    )
    towns = sorted(session.exec(wanted), key=lambda one: one.name)
    regions = {
        one.ggd_region: one.ggd_region
        for one in sorted(towns, key=lambda one: one.ggd_region)
        if one.ggd_region
    }
    return {EVERYWHERE: "Nederland", **regions, **{one.cbs_code: one.name for one in towns if one.cbs_code}}


def _places(session: Session, wanted: Iterable[str]) -> list[str]:
    known = served_places(session)
    names = {name.casefold(): key for key, name in known.items()}
    found = []
    for place in wanted:
        key = place if place in known else names.get(place.casefold())
        if key is None:
            raise PartnerRefused(f"serves: {place!r} is no GGD region and no municipality.")
        found.append(key)
    return list(dict.fromkeys(found))
