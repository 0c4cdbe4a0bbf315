"""What can go wrong in `content`. One tree; no HTTP status in it: `service.web.problems` maps each to an answer."""


class ContentError(Exception):
    """Anything `content` refuses. `args[0]` says in English what happened and what to do."""


class VocabularyFault(ContentError):
    """The vocabulary file has a fault; the text names file, line and fault."""


class UnknownTerm(ContentError):
    """A slug that is in no facet of the vocabulary."""


class FetchFailed(ContentError):
    """An address could not be fetched: refused, timed out, too large, or an error status.

    `status` is the HTTP status, where there was one; `retry_after` the seconds that the source asked us to stay away;
    `trouble` is a word for what went wrong, for those who say it in another language (see `content.troubles`).
    """

    def __init__(
        self, message: str, *, status: int | None = None, retry_after: int = 0, trouble: str = "unreachable"
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.trouble = trouble


class FeedUnreadable(ContentError):
    """What was fetched is not a feed with entries: HTML, empty, truncated, or hostile. `trouble` as in `FetchFailed`."""

    def __init__(self, message: str, *, trouble: str = "no-feed") -> None:
        super().__init__(message)
        self.trouble = trouble


class OpmlUnreadable(ContentError):
    """A file is not a list of feeds: not OPML, hostile, or without a single feed."""


class SourceRefused(ContentError):
    """A source cannot be like this: its key or its address is not one."""


class SourceExists(ContentError):
    """A source with this key or address is there already."""


class UnknownSource(ContentError):
    """No source with this key."""


class DeclarationFault(ContentError):
    """The declaration of a database has a fault; the text names file, line and fault."""


class PageUnreadable(ContentError):
    """A page of a database is not what its declaration says: empty, cut off, hostile, or something else altogether."""


class RobotsRefused(ContentError):
    """The site's robots.txt asks us not to read this address, or could not be read itself."""


class UnknownIssue(ContentError):
    """No issue, block or item with this identifier."""


class IssueClosed(ContentError):
    """The issue has been sent, or is being sent: it can no longer be changed."""


class ApprovalRefused(ContentError):
    """The issue may not be approved: by its own editor, or because it changed, or because it is empty."""


class NotApproved(ContentError):
    """The issue has no approval for the content it has now."""


class BlockRefused(ContentError):
    """A block lacks what its kind needs (title, text, a web address)."""


class WelcomeRefused(ContentError):
    """The welcome series is not as this act needs it: no step in use, a draft that is there, or a delay that cannot be."""


class UnknownIntervention(ContentError):
    """No intervention, fact, record, event, pair or placing with this identifier."""


class InterventionFault(ContentError):
    """The starter file of interventions has a fault; the text names the entry and the fault."""


class CrawlRefused(ContentError):
    """A crawl cannot be accepted: nothing holds it, it was not complete, or a newer one was recorded."""


class PlacingRefused(ContentError):
    """Interventions cannot be merged, split or put back like this: they moved since, or are one already."""


class UnknownWebinar(ContentError):
    """No webinar with this address or identifier."""


class WebinarRefused(ContentError):
    """A webinar cannot be like this: it ends before it starts, has no seats, or lacks a title; `args[1]` names the field."""


class PictureRefused(ContentError):
    """A file is no picture that can be kept; `args[1]` says why: `large` or `kind`."""


class WebinarOver(ContentError):
    """A webinar that was cancelled or is over can no longer be changed like this."""


class ItemWithdrawn(ContentError):
    """An item of our own that was taken back: what it leads to is gone, and no issue can have it."""
