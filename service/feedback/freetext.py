"""Free text: bounces without a report, as qmail, Exim, Exchange and many others write them. Pure."""

import re
from dataclasses import dataclass

from service.feedback.marks import begins_returned_mail, has_mark
from service.feedback.reading import Read, headers_in
from service.feedback.reports import first_address

LONGEST = 12_000
"""Characters of a text that are looked at; the reason stands before the mail that is returned."""

_REPLY = re.compile(
    r"(?<![\d.:/-])[45]\d\d[ \-#(]"
    r"|(?<![\d.])[45]\.\d{1,2}\.\d{1,3}(?![\d.])"
    r"|^[ \t]{0,8}(?:<<<|reason:|diagnostic|remote host said|error|smtp error|the user\(s\) account is)",
    re.IGNORECASE,
)
_ROBOT = re.compile(
    r"(?:mailer-?daemon|postmaster|mail-?daemon|daemon|no-?reply|mdaemon|bounces?|microsoftexchange)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?<![\w.%+=/-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}",
)
_SENDER_LINE = re.compile(
    r"(?im)^[ \t>]{0,20}(?:from|sender|reply-to|van|von|de|mail from)[ \t]{0,5}:.{0,300}$"
)
_SUBJECT_LINE = re.compile(
    r"(?im)^[ \t>]{0,20}(?:subject|subj|onderwerp|betreff|objet|asunto|oggetto|assunto|тема|件名)[ \t]{0,5}[:：].{0,500}$"
)
"""What a server repeats of the mail it returns: a newsletter about viruses is no virus."""
_OWN = ("from", "to", "return-path", "delivered-to", "reply-to", "sender")


_AFTER_DATA = re.compile(
    r"in reply to end of data|after end of data|>>> data\s{1,9}<<< 5\d\d (?!5\.\d)", re.IGNORECASE
)


@dataclass(frozen=True)
class Said:
    """What a text says: its words, the lines among them that a server wrote, and the recipient it names.

    `after_data`: the server took the recipient, and refused when it had the whole message.
    """

    words: str
    replies: str
    recipient: str
    after_data: bool


def said_in(read: Read) -> Said:
    """What the text for people says, without the mail that it returns."""
    words, returned = _parted(read.text[:LONGEST])
    words = _SUBJECT_LINE.sub("", words)
    original = headers_in(read.original or returned)
    after_data = _AFTER_DATA.search(words) is not None and "need rcpt" not in words.lower()
    return Said(words, _replies(words), _recipient(read, words, original), after_data)


def looks_like_a_bounce(read: Read) -> bool:
    """Whether a mail server wrote this: by a header of its own, or by two of sender, subject and how it begins."""
    if read.header("x-failed-recipients") or "report-type=delivery-status" in read.content_type.replace(
        '"', ""
    ):
        return True
    if has_mark("answer-subject", read.header("subject")[:10]) and not is_from_a_server(read):
        return False
    if (first_address(read.header("from")) or read.header("from").lower()).startswith("mailer-daemon"):
        return True
    signs = [
        is_from_a_server(read),
        has_mark("bounce-subject", read.header("subject")[:400]),
        has_mark("bounce-opening", read.text[:3000]),
    ]
    return sum(signs) >= 2 or (signs[0] and read.header("return-path") == "<>" and bool(read.text.strip()))


def is_from_a_server(read: Read) -> bool:
    """Whether the sender has a name that mail servers have."""
    sender = first_address(read.header("from")) or read.header("from").lower()
    return _ROBOT.match(sender) is not None or has_mark("robot-name", read.header("from")[:300])


def is_only_delayed(read: Read, said: Said) -> bool:
    """Whether the text says that delivery goes on."""
    told = f"{read.header('subject')[:300]}\n{said.words[:2500]}"
    return has_mark("delayed", told) and not has_mark("gave-up", told)


def _parted(text: str) -> tuple[str, str]:
    """The words, and the mail that is returned below them; what stands at the very start is not taken for one."""
    lines = text.splitlines()
    begun = False
    for number, line in enumerate(lines):
        if begun and begins_returned_mail(line):
            header = ": " in line[:60] and line[:1].isalpha()
            return "\n".join(lines[:number]), "\n".join(lines[number + (not header) :])
        begun = begun or bool(line.strip())
    return text, ""


def _replies(words: str) -> str:
    """The lines that look like a server's, each with what continues it."""
    found: list[str] = []
    follows = False
    for line in words.splitlines():
        follows = bool(_REPLY.search(line[:600])) or (
            follows and line[:1] in (" ", "\t") and bool(line.strip())
        )
        if follows:
            found.append(line)
    return "\n".join(found)


def _recipient(read: Read, words: str, original: dict[str, str]) -> str:
    failed = first_address(read.header("x-failed-recipients"))
    if failed:
        return failed
    own = {first_address(read.header(name)) for name in _OWN} | {first_address(original.get("from", ""))}
    for found in _ADDRESS.findall(_SENDER_LINE.sub("", words)):
        address = str(found).lower().strip(".'`")
        if address not in own and not _ROBOT.match(address):
            return address
    return first_address(original.get("to", "")) or first_address(read.header("x-original-recipient"))
