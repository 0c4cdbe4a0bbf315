"""Proofs: an issue as a whole, and the largest mail it can become, to be looked over before it is approved."""

from dataclasses import dataclass

from sqlmodel import Session

from content.issues import Issue
from service.mailing.counting import sample_counting
from service.mailing.edition import Edition, edition_of
from service.mailing.filling import Reader, fill_mail, form_of, values_for
from service.mailing.rendering import render_issue
from service.runtime import Runtime
from subscribers.organisations import Organisation


@dataclass(frozen=True)
class Proof:
    """All blocks of an issue in one mail, and the bytes of HTML of the largest mail that a reader can get."""

    language: str
    subject: str
    html: str
    text: str
    largest: int


def proof_of(session: Session, runtime: Runtime, *, issue: Issue, language: str) -> Proof | None:
    """The proof in this language; None for an issue without blocks. Its personal links lead nowhere."""
    whole = edition_of(session, issue)
    if not whole.articles:
        return None
    rendered = render_issue(whole, settings=runtime.settings, language=language)
    largest = sample_counting(runtime.settings, largest_of(whole, issue.maximum))
    size = render_issue(largest, settings=runtime.settings, language=language).size
    form = form_of(rendered, with_region=True)
    filled = fill_mail(form, values_for(_reader(runtime, language), form, runtime.vocabulary))
    return Proof(language, filled.subject, filled.html, filled.text, size)


def largest_of(edition: Edition, maximum: int) -> Edition:
    """What the reader with the longest mail gets: the blocks for everyone, and the longest others up to the maximum."""
    everyone = [article for article in edition.articles if article.everyone]
    others = sorted(
        (article for article in edition.articles if not article.everyone),
        key=lambda article: len(article.title.encode()) + len(article.body_html.encode()) + len(article.link),
        reverse=True,
    )
    kept = [*everyone, *others[: max(0, maximum - len(everyone))]]
    return edition.only({article.block_id for article in kept})


def _reader(runtime: Runtime, language: str) -> Reader:
    """Somebody with a region, so that all that a mail can say is in it."""
    base = runtime.settings.base_url
    return Reader(
        name="",
        language=language,
        organisations=(
            Organisation(kind="municipality", key="GM:", name="Voorbeeld", ggd_region="GGD Voorbeeld"),
        ),
        reasons={},
        preferences_link=f"{base}/voorkeuren/voorbeeld",
        unsubscribe_link=f"{base}/afmelden/voorbeeld",
        register_link=f"{base}/webinars/voorbeeld",
    )
