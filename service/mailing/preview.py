"""Preview: an issue as a reader with a given profile would get it, by the very path that sends it."""

from dataclasses import dataclass

from sqlmodel import Session

from content.choosing import Chosen, Profile, choose
from content.issues import Issue, limits_of
from service.mailing.edition import edition_of
from service.mailing.filling import Reader, fill_mail, form_of, has_region, values_for
from service.mailing.fragments import region
from service.mailing.markup import LARGEST_HTML
from service.mailing.rendering import render_issue
from service.mailing.repeats import candidates_now
from service.runtime import Runtime
from subscribers.directory import helpers, who_helps
from subscribers.organisations import Organisation


@dataclass(frozen=True)
class Preview:
    """What such a reader would get. `size` is in bytes of HTML; without anything `chosen` the texts are empty."""

    subject: str
    html: str
    text: str
    chosen: tuple[Chosen, ...]
    size: int

    @property
    def too_large(self) -> bool:
        """Whether the mail would be refused at sending: mail programs would cut it off."""
        return self.size > LARGEST_HTML


def preview_issue(
    session: Session,
    runtime: Runtime,
    *,
    issue: Issue,
    profile: Profile,
    language: str,
    organisation: Organisation | None,
) -> Preview:
    """Choose, render and fill for a reader of this profile. Its links lead nowhere: nobody can be unsubscribed from here."""
    chosen = choose(candidates_now(session, issue), limits_of(issue), profile)
    if not chosen:
        return Preview(subject="", html="", text="", chosen=(), size=0)
    edition = edition_of(session, issue).only({one.block_id for one in chosen})
    rendered = render_issue(edition, settings=runtime.settings, language=language)
    organisations = (organisation,) if organisation else ()
    known = helpers(session) if organisation else ()
    form = form_of(rendered, with_region=has_region(organisations))
    reader = Reader(
        name="",
        language=language,
        organisations=organisations,
        reasons={str(one.block_id): one.reasons for one in chosen},
        preferences_link=f"{runtime.settings.base_url}/voorkeuren/voorbeeld",
        unsubscribe_link=f"{runtime.settings.base_url}/afmelden/voorbeeld",
        register_link=f"{runtime.settings.base_url}/webinars/voorbeeld",
        region=region(organisations, language, {one.id or 0: who_helps(one, known) for one in organisations}),
    )
    filled = fill_mail(form, values_for(reader, form, runtime.vocabulary))
    return Preview(filled.subject, filled.html, filled.text, chosen, rendered.size)
