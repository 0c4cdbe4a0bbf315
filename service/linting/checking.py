"""The lint as a whole: every check on a message, or on the content of one that is still to be built."""

from service.linting.contrast import check_contrast
from service.linting.encoding import check_encoding, check_size
from service.linting.findings import Finding, Findings, sort_findings
from service.linting.headers import check_headers
from service.linting.images import check_images
from service.linting.links import Fetch, check_links, try_links
from service.linting.mail import Mail, content_mail, read_mail
from service.linting.page import Page
from service.linting.signing import check_signature
from service.linting.structure import check_structure
from service.linting.styles import check_styles
from service.linting.text_part import check_text_part


def lint_message(raw: bytes, *, own: str = "", fetch: Fetch | None = None) -> tuple[Finding, ...]:
    """All findings on a message, the worst first. Links to `own` (a site) are trusted; with `fetch`, all are followed."""
    mail = read_mail(raw)
    if not mail.headers:
        return sort_findings(check_headers(mail))
    page = Page(mail.html)
    findings = [*check_headers(mail, own=own), *check_signature(mail), *check_size(len(mail.html.encode()))]
    findings += [*_content(mail, page, own=own), *(try_links(page, fetch=fetch) if fetch else ())]
    return sort_findings(findings)


def lint_content(*, html: str, text: str, own: str = "") -> tuple[Finding, ...]:
    """All findings on HTML and text but for the size, the worst first. `own` is the address of this site, which is trusted."""
    mail = content_mail(html=html, text=text)
    return sort_findings(_content(mail, Page(mail.html), own=own))


def lint_size(size: int) -> tuple[Finding, ...]:
    """The findings on so many bytes of HTML."""
    return tuple(check_size(size))


def _content(mail: Mail, page: Page, *, own: str) -> Findings:
    yield from check_encoding(mail)
    yield from check_text_part(mail, page)
    if mail.html:
        yield from check_structure(page)
        yield from check_links(page, own=own)
        yield from check_images(page)
        yield from check_styles(page)
        yield from check_contrast(page)
