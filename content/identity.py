"""Identity: what makes an entry the same one tomorrow, and whether what it says is still the same."""

import hashlib
from enum import StrEnum

from content.entries import Entry
from content.links import canonical

IDENTITY_LIMIT = 400


class IdentityPolicy(StrEnum):
    """What to go by for a source: its guids, its links where guids change with each visit, or only the words of the title."""

    GUID = "guid"
    LINK = "link"
    TITLE = "title"


def identity_of(entry: Entry, *, policy: str = IdentityPolicy.GUID) -> str:
    """The guid, else the link without tracking, else a hash of the text; by another policy the first is left out."""
    guid = entry.guid if policy == IdentityPolicy.GUID else ""
    link = canonical(entry.link) if entry.link and policy != IdentityPolicy.TITLE else ""
    identity = guid or link
    if identity and len(identity) <= IDENTITY_LIMIT:
        return identity
    words = entry.title if policy == IdentityPolicy.TITLE else f"{entry.title}\n{entry.summary}"
    return "sha256:" + hashlib.sha256((identity or words).encode()).hexdigest()


def content_hash(entry: Entry) -> str:
    """A hash of what readers would see of an entry."""
    return hashlib.sha256("\n".join((entry.title, entry.summary, entry.link)).encode()).hexdigest()
