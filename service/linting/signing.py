"""The signature: whether what it covers is what must be covered. Whether it holds is for receivers to say."""

import re

from service.linting.findings import Findings, found
from service.linting.mail import Mail
from service.mailing.dkim import SIGNED


def check_signature(mail: Mail) -> Findings:
    """What is wrong with how the mail is signed (RFC 6376; RFC 8058 for the headers of a list)."""
    if mail.raw is None or not mail.headers:
        return
    signatures = [_tags(value) for value in mail.values("DKIM-Signature")]
    if not signatures:
        yield found("unsigned")
    present = {name.lower() for name, _value in mail.headers} & SIGNED
    for tags in signatures:
        yield from _signature(tags, present)


def _signature(tags: dict[str, str], present: set[str]) -> Findings:
    where = f"DKIM-Signature s={tags.get('s', '')}"
    covered = tags.get("h", "").lower().split(":")
    for name in sorted(present - set(covered)):
        yield found("signature-misses", where, name=name)
    if covered.count("from") < 2:
        yield found("signature-from-once", where)
    if "l" in tags:
        yield found("signature-length", where)
    if tags.get("a") not in {"rsa-sha256", "ed25519-sha256"}:
        yield found("signature-weak", where, algorithm=tags.get("a", "?"))
    if tags.get("c", "simple/simple") != "relaxed/relaxed":
        yield found("signature-not-relaxed", where, form=tags.get("c", "simple/simple"))


def _tags(value: str) -> dict[str, str]:
    parts = (part.partition("=") for part in re.sub(r"\s", "", value).split(";"))
    return {name: content for name, equals, content in parts if equals}
