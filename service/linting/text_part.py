"""The text alternative: there, first, and with every link that the HTML has."""

from service.linting.findings import Findings, found
from service.linting.mail import Mail
from service.linting.page import Page

LEAST_SHARE = 0.25
"""A text with fewer words than this share of the HTML's does not say the same."""


def check_text_part(mail: Mail, page: Page) -> Findings:
    """What the text alternative lacks."""
    kinds = [part.kind for part in mail.parts]
    if "text/html" not in kinds:
        yield found("html-missing")
    if "text/plain" not in kinds:
        yield found("text-missing")
        return
    if "text/html" not in kinds:
        return
    if kinds.index("text/plain") > kinds.index("text/html"):
        yield found("text-after-html")
    words = sum(len(text.text.split()) for text in page.texts)
    if len(mail.text.split()) < words * LEAST_SHARE:
        yield found("text-empty")
    flat = "".join(mail.text.split())
    for link in dict.fromkeys(one.attributes.get("href", "").strip() for one in page.all("a")):
        if link.lower().startswith(("http://", "https://", "mailto:", "tel:")) and _bare(link) not in flat:
            yield found("text-without-link", link=link)


def _bare(link: str) -> str:
    """The link as a text has it: of an address or a number, that alone."""
    kept = link.partition("?")[0] if link.lower().startswith("mailto:") else link
    for scheme in ("mailto:", "tel:"):
        if kept.lower().startswith(scheme):
            kept = kept[len(scheme) :]
    return "".join(kept.split())
