"""All tables in one place, for migrations and for tests: importing this module fills the metadata."""

from content import issues, items, sources
from content.columns import Record
from content.interventions import tables as interventions
from service import audit, limits, users
from service.feedback import returned
from service.mailing import outbox
from service.schedule import occurrences
from subscribers import consent, organisations, people, requests, suppression

METADATA = Record.metadata

__all__ = [
    "METADATA",
    "audit",
    "consent",
    "interventions",
    "issues",
    "items",
    "limits",
    "occurrences",
    "organisations",
    "outbox",
    "people",
    "requests",
    "returned",
    "sources",
    "suppression",
    "users",
]
