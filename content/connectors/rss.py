"""RSS as the answer to a query: the interface of Rijksoverheid, which gives at most 20 items and no next page."""

from content.connectors.declaration import Declaration
from content.connectors.entries import speaks_of
from content.connectors.port import Answer, DocumentPage
from content.connectors.xmltree import below, local_name, read_xml
from content.errors import FeedUnreadable, PageUnreadable
from content.feeds import read_feed


def read_page(answer: Answer, declaration: Declaration) -> DocumentPage:
    """One answer. A feed without items is one here: in a short period nothing may have happened.

    Raises:
        PageUnreadable: it is no RSS, cut off, or hostile.
    """
    root = read_xml(answer.body, content_type=answer.content_type)
    if local_name(root) not in ("rss", "RDF"):
        raise PageUnreadable(f"This is no RSS: it begins with {local_name(root)!r}.")
    seen = len(below(root, "item"))
    if not seen:
        return DocumentPage(entries=(), seen=0)
    try:
        feed = read_feed(answer.body, url=answer.url, content_type=answer.content_type)
    except FeedUnreadable as error:
        raise PageUnreadable(str(error)) from error
    words = declaration.documents.words
    return DocumentPage(entries=tuple(one for one in feed.entries if speaks_of(one, words)), seen=seen)
