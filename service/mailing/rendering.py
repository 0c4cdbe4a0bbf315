"""Rendering: a mail's subject, HTML and text from its folder under templates/emails. Pure: values in, texts out."""

from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from service.errors import MailRefused
from service.i18n import translate
from service.mailing.edition import Edition
from service.mailing.fragments import stream_name
from service.mailing.holes import hole, places
from service.mailing.links import browser_link, sign_up_link
from service.mailing.markup import LARGEST_HTML, mjml_to_html, wrap_text
from service.settings import Settings
from service.templating import render

ROOM_PER_HOLE = 200
"""Bytes that a reader's own text may take in a hole, when the size is judged before there is a reader."""

FOLDERS = {"digest": "digest", "webinar": "webinar-announcement"}
"""Where the mail of a kind of issue looks different."""


@dataclass(frozen=True)
class Sender:
    """Who sends, as each mail says in its foot (Telecommunicatiewet 11.7)."""

    name: str
    postal_address: str


@dataclass(frozen=True)
class Rendered:
    """A mail, with holes where it differs per reader."""

    subject: str
    html: str
    text: str

    @property
    def size(self) -> int:
        """Bytes of the HTML, with room for what goes into the holes."""
        return len(self.html.encode()) + ROOM_PER_HOLE * places(self.html)


def render_issue(edition: Edition, *, settings: Settings, language: str) -> Rendered:
    """An issue as a mail, with holes for the greeting, the reasons, the region and the reader's links."""
    return render_mail(
        FOLDERS.get(edition.kind, "issue"),
        settings=settings,
        language=language,
        edition=edition,
        hole=hole,
        browser_link=browser_link(settings, edition.slug),
        sign_up_link=sign_up_link(settings),
        why_you=translate(language, stream_name(edition.kind)),
    )


def render_mail(kind: str, *, settings: Settings, language: str, **values: Any) -> Rendered:
    """A mail of this kind in this language. A subject is one line, whatever stood in a title."""
    values["sender"] = Sender(settings.sender_name or "Kennispost", settings.sender_postal_address)
    subject = " ".join(render(f"emails/{kind}/subject.txt", language, **values).split())
    # Composed, since the engine writes loose accents in an attribute (it makes one of the title) as escapes.
    title = normalize("NFC", subject)
    mjml = render(f"emails/{kind}/body.mjml", language, subject=title, **values)
    text = render(f"emails/{kind}/body.txt", language, subject=subject, **values)
    return Rendered(subject=subject, html=mjml_to_html(mjml), text=wrap_text(text))


def refuse_too_large(rendered: Rendered) -> None:
    """Hold a mail to what mail programs show whole.

    Cutting it would hide from readers what was approved for them, and from the editors that it was hidden.

    Raises:
        MailRefused: the HTML is over `LARGEST_HTML`; the text says how large it is and what to do.
    """
    if rendered.size > LARGEST_HTML:
        raise MailRefused(
            f"The mail {rendered.subject!r} is {rendered.size:,} bytes; mail programs cut off what is over {LARGEST_HTML:,}. "
            "Shorten its texts, or lower the maximum of blocks for a reader."
        )
