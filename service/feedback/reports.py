"""Reports: the fields of a delivery status notification (RFC 3464), one group a recipient. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from service.feedback.reading import Read, headers_in

_BLANK = re.compile(r"\r?\n[ \t]*\r?\n")
_STATUS = re.compile(r"(?<!\d)([245])\s?\.\s?(\d{1,3})\s?\.\s?(\d{1,3})(?!\d)")
_ADDRESS = re.compile(r"[^\s<>\"(),;:]{1,64}@[^\s<>\"(),;:]{1,255}")
_STRAY = re.compile(r"(?im)^(?:reporting-mta|final-recipient|original-recipient):")
_ACTIONS = frozenset({"failed", "delayed", "delivered", "relayed", "expanded"})
MOST_GROUPS = 100


@dataclass(frozen=True)
class Group:
    """What a report says of one recipient; empty where it says nothing. `action` is lower case (RFC 3464, 2.3.3)."""

    recipient: str
    action: str
    status: str
    diagnostic: str


def groups_of(report: str) -> list[Group]:
    """The groups with a recipient, a status or an action. A report whose blank lines were lost is one group."""
    groups = [_group(headers_in(block)) for block in _blocks(report)]
    return [group for group in groups if group.action or group.status or group.recipient]


def stray_groups(read: Read) -> list[Group]:
    """Groups of a report that stands where none should: in a text, for want of a boundary, or in a bounce passed on."""
    for text in (read.text, read.original):
        start = _STRAY.search(text)
        if start is not None and "action:" in text.lower():
            return [group for group in groups_of(text[start.start() :]) if group.action in _ACTIONS]
    return []


def _blocks(report: str) -> Iterable[str]:
    blocks = [block for block in _BLANK.split(report) if block.strip()][:MOST_GROUPS]
    joined: list[str] = []
    for block in blocks:  # a blank line within a group, as some servers write it
        lower = block.lower()
        if joined and "final-recipient" not in lower and "original-recipient" not in lower:
            known = joined[-1].lower()
            if "-recipient" in known and (
                "status:" in lower or "diagnostic-code:" in lower or "action:" in lower
            ):
                joined[-1] = f"{joined[-1]}\n{block}"
                continue
        joined.append(block)
    return joined


def _group(fields: dict[str, str]) -> Group:
    recipient = first_address(
        fields.get("final-recipient", "")
        or fields.get("original-recipient", "")
        or fields.get("x-actual-recipient", "")
    ) or first_address(fields.get("original-recipient", ""))
    diagnostic = fields.get("diagnostic-code", "")
    remarks = (
        fields.get(name, "")
        for name in (
            "status",
            "x-supplementary-info",
            "x400-supplementary-info",
            "x-notes",
            "x-powermta-bouncecategory",
        )
    )
    kind, semicolon, words = diagnostic.partition(";")
    if semicolon and len(kind) < 30 and " " not in kind.strip():
        diagnostic = words.strip()
    return Group(
        recipient=recipient,
        action=fields.get("action", "").split(" ")[0].split("(")[0].strip(" ;,.").lower(),
        status=status_in(fields.get("status", "")),
        diagnostic=" ".join((diagnostic, *remarks)).strip(),
    )


def status_in(text: str) -> str:
    """The first enhanced status code in a text; empty when there is none."""
    found = _STATUS.search(text[:2000])
    return ".".join(found.groups()) if found else ""


def first_address(text: str) -> str:
    """The first address in a field such as `rfc822; <a@b.example>`, in lower case; empty when there is none."""
    found = _ADDRESS.search(text[:2000].replace("+AD4-", ">").replace("+ADw-", "<"))
    return found[0].strip(".'`[]").lower() if found else ""
