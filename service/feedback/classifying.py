"""Classifying: what a message that came back is. Pure: bytes in, one finding out, with or without a token of ours."""

from dataclasses import dataclass
from enum import StrEnum

from service.feedback.answers import is_auto_reply, is_vacation
from service.feedback.complaints import COMPLAINTS, Complaint, complaint_in
from service.feedback.freetext import Said, is_from_a_server, is_only_delayed, looks_like_a_bounce, said_in
from service.feedback.reading import Read, read_message
from service.feedback.reports import Group, groups_of, stray_groups
from service.verdicts.judging import WEAK, judge, most_telling, reason_by_words
from service.verdicts.kinds import Kind, Verdict


class FeedbackKind(StrEnum):
    """What a message that came back is."""

    HARD = "hard"
    SOFT = "soft"
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    SENDER_FAULT = "sender-fault"
    DELAYED = "delayed"
    NOT_A_BOUNCE = "not-a-bounce"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Finding:
    """What was found. `status` is an enhanced code (RFC 3463) or empty, `reason` a slug of service.verdicts, or empty."""

    kind: FeedbackKind
    status: str = ""
    recipient: str = ""
    reason: str = ""

    @classmethod
    def unread(cls) -> "Finding":
        """The finding on what could not be read."""
        return cls(FeedbackKind.UNKNOWN)


_KINDS = {
    Kind.HARD: FeedbackKind.HARD,
    Kind.SOFT: FeedbackKind.SOFT,
    Kind.REFUSED: FeedbackKind.SOFT,
    Kind.THROTTLED: FeedbackKind.SOFT,
    Kind.SENDER_FAULT: FeedbackKind.SENDER_FAULT,
}
_WORST = (Kind.HARD, Kind.SENDER_FAULT, Kind.REFUSED, Kind.THROTTLED, Kind.SOFT)
_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_SAYS_LITTLE = frozenset(
    {"undefined", "filtered", "server-fault", "policy", "protocol", "network", "mailbox-disabled"}
)
"""Reasons that a code alone gives without much meaning: there the words around it are read as well."""
_IN_ANY_TEXT = frozenset({None, *WEAK})
_FOR_NOW = frozenset(
    {"mailbox-full", "mailbox-disabled", "greylisted", "spam", "blocked", "virus", "too-large"}
)
_SAYS_NOTHING = frozenset({"undefined", "server-fault", "protocol"})
"""Only where the codes say nothing may the words around them end an address: advice speaks of what "may not exist"."""


def classify(raw: bytes) -> Finding:
    """What a message is. Never raises, whatever the bytes; reads the first megabyte."""
    return classify_read(read_message(raw))


def classify_read(read: Read) -> Finding:
    """What a message is that was taken apart already."""
    complaint = complaint_in(read)
    if complaint is not None:
        return _of_complaint(complaint)
    groups = [group for report in read.reports for group in groups_of(report)] or stray_groups(read)
    if groups:
        return _of_report(read, groups)
    if looks_like_a_bounce(read) and not is_vacation(read):
        return _of_text(read)
    return Finding(FeedbackKind.AUTO_REPLY if is_auto_reply(read) else FeedbackKind.NOT_A_BOUNCE)


def _of_complaint(complaint: Complaint) -> Finding:
    if complaint.feedback.startswith("auth-failure"):
        return Finding(FeedbackKind.SENDER_FAULT, recipient=complaint.recipient, reason="authentication")
    if complaint.feedback == "not-spam":
        return Finding(FeedbackKind.NOT_A_BOUNCE, recipient=complaint.recipient, reason="not-spam")
    reason = complaint.feedback if complaint.feedback in COMPLAINTS else "abuse"
    return Finding(FeedbackKind.COMPLAINT, recipient=complaint.recipient, reason=reason)


def _of_report(read: Read, groups: list[Group]) -> Finding:
    """The worst of what a report says; what arrived counts only when nothing else is told."""
    said = said_in(read)
    failed = [group for group in groups if _is_failure(group)]
    if not failed:
        late = next((group for group in groups if group.action == "delayed"), None)
        if late is not None:
            verdict = _judged(late, said)
            return Finding(
                FeedbackKind.DELAYED, late.status, late.recipient or said.recipient, verdict.reason
            )
        return Finding(FeedbackKind.NOT_A_BOUNCE, groups[0].status, groups[0].recipient, "delivered")
    judged = [(_judged(group, said), group) for group in failed]
    verdict, group = min(judged, key=lambda pair: _WORST.index(pair[0].kind))
    status = most_telling(group.status, group.diagnostic.lower())
    kind, reason = _filtered_or(verdict, status, said)
    return Finding(kind, status, group.recipient or said.recipient, reason)


def _is_failure(group: Group) -> bool:
    if group.action in _ARRIVED or group.action == "delayed":
        return False
    return group.action != "" or not group.status.startswith("2")


def _judged(group: Group, said: Said) -> Verdict:
    """By what the server said; by the lines of servers in the text, then by the whole text, where that says little."""
    verdict = judge(code=None, status=group.status, text=group.diagnostic)
    if reason_by_words(group.diagnostic):
        return verdict
    if verdict.reason not in _SAYS_LITTLE:
        return _unless_for_now(verdict, group, said)
    for text in (said.replies, said.words):
        if reason_by_words(text) not in _IN_ANY_TEXT:
            told = judge(code=None, status=group.status, text=f"{group.diagnostic} {text}")
            if told.kind is not Kind.HARD or text is said.replies or verdict.reason in _SAYS_NOTHING:
                return told
    return verdict


def _unless_for_now(verdict: Verdict, group: Group, said: Said) -> Verdict:
    """A bare 5.1.1 is outweighed by a line of the server that says "full" or "blocked"."""
    if verdict.kind is Kind.HARD and reason_by_words(said.replies) in _FOR_NOW:
        return judge(code=None, status=group.status, text=said.replies)
    return verdict


def _of_text(read: Read) -> Finding:
    said = said_in(read)
    verdict = judge(code=None, status="", text=said.replies)
    if not reason_by_words(said.replies) and verdict.reason in _SAYS_LITTLE:
        verdict = judge(code=None, status="", text=said.words)
    status = most_telling("", said.words.lower())
    if is_only_delayed(read, said):
        return Finding(FeedbackKind.DELAYED, status, said.recipient, verdict.reason)
    if verdict.reason == "undefined" and not said.recipient and not status:
        by_server = is_from_a_server(read)
        return Finding(FeedbackKind.UNKNOWN if by_server else FeedbackKind.NOT_A_BOUNCE)
    kind, reason = _filtered_or(verdict, status, said)
    return Finding(kind, status, said.recipient, reason)


def _filtered_or(verdict: Verdict, status: str, said: Said) -> tuple[FeedbackKind, str]:
    """A server that says "unknown user" only after it had the whole message hides a filter, as mobile providers do."""
    plain = status and not status.endswith(".0.0")
    if verdict.kind is Kind.HARD and said.after_data and not plain and "unknown" in said.replies.lower():
        return FeedbackKind.SOFT, "filtered"
    return _KINDS[verdict.kind], verdict.reason
