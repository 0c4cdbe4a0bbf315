"""All tables in one place, for migrations and for tests: importing this module fills the metadata."""

from content import issues, items, sources, welcome
from content.columns import Record
from content.interventions import tables as interventions
from content.webinars import tables as webinars
from service import audit, limits, users
from service.feedback import returned
from service.mailing import counting, outbox
from service.schedule import occurrences
from service.webinars import almanac
from subscribers import (
    consent,
    directory,
    imports,
    merging,
    organisations,
    people,
    reading,
    register,
    requests,
    suppression,
)
from subscribers.registrations import tables as registrations
from subscribers.segments import stored

METADATA = Record.metadata

__all__ = [
    "METADATA",
    "almanac",
    "audit",
    "consent",
    "counting",
    "directory",
    "imports",
    "interventions",
    "issues",
    "items",
    "limits",
    "merging",
    "occurrences",
    "organisations",
    "outbox",
    "people",
    "reading",
    "register",
    "registrations",
    "requests",
    "returned",
    "sources",
    "stored",
    "suppression",
    "users",
    "webinars",
    "welcome",
]
