"""Complaints: feedback reports (RFC 5965), with the forms that providers had before it. Pure."""

import re
from dataclasses import dataclass

from service.feedback.marks import has_mark
from service.feedback.reading import Read, headers_in
from service.feedback.reports import first_address

COMPLAINTS = frozenset(
    {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized", "dismissed"}
)


@dataclass(frozen=True)
class Complaint:
    """Who complained, as far as it is told, and what sort of report it is (`abuse`, `auth-failure`, `not-spam` …)."""

    recipient: str
    feedback: str


def complaint_in(read: Read) -> Complaint | None:
    """The complaint that a message is; None when it is none."""
    original = headers_in(read.original or read.text[-20_000:])
    if read.complaints:
        fields = headers_in(read.complaints[0])
        named = first_address(fields.get("original-rcpt-to", "")) or first_address(
            fields.get("removal-recipient", "")
        )
        return Complaint(
            named or _asked_for(original), fields.get("feedback-type", "abuse").lower().split(";")[0].strip()
        )
    named = first_address(read.header("x-hmxmroriginalrecipient"))
    if named or "report-type=feedback-report" in read.content_type.replace('"', ""):
        return Complaint(named or _asked_for(original), "abuse")
    if has_mark("complaint-subject", read.header("subject")) and (
        read.original or "x-hmxmroriginalrecipient" in read.text.lower()
    ):
        found = re.search(r"(?i)x-hmxmroriginalrecipient:([^\r\n]{1,300})", read.text)
        return Complaint(first_address(found[1]) if found else _asked_for(original), "abuse")
    return None


def _asked_for(original: dict[str, str]) -> str:
    for name in ("x-hmxmroriginalrecipient", "x-original-to", "delivered-to", "to"):
        if found := first_address(original.get(name, "")):
            return found
    return ""
