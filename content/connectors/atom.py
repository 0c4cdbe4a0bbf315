"""Atom (RFC 4287) as a feed of changes: the Tweede Kamer's SyncFeed, with a skiptoken and with tombstones.

An entry that was taken back has an element with an attribute `verwijderd="true"` in it.
"""

from urllib.parse import parse_qs, urlsplit

from lxml import etree

from content.connectors.declaration import Declaration
from content.connectors.entries import make_entry, speaks_of
from content.connectors.port import Answer, DocumentPage
from content.connectors.xmltree import children, local_name, read_xml, text_below
from content.errors import PageUnreadable
from content.links import same_site, web_address

TOKEN = "skiptoken"  # noqa: S105  a place in a feed, no secret


def read_page(answer: Answer, declaration: Declaration) -> DocumentPage:
    """One page. `following` is its next page's address, `position` the token with which a later visit goes on.

    Raises:
        PageUnreadable: it is no Atom feed, cut off, or hostile.
    """
    root = read_xml(answer.body, content_type=answer.content_type)
    if local_name(root) != "feed":
        raise PageUnreadable(f"This is no Atom feed: it begins with {local_name(root)!r}.")
    every = children(root, "entry")
    gone = [one for one in every if is_tombstone(one)]
    kept = [make_entry(one, declaration.documents, base=answer.url) for one in every if one not in gone]
    links = [_link(root, rel, base=answer.url) for rel in ("next", "resume")]
    following = links[0] if same_site(links[0], declaration.url) else ""
    last = _link(every[-1], "next", base=answer.url) if every else ""
    return DocumentPage(
        entries=tuple(one for one in kept if one and speaks_of(one, declaration.documents.words)),
        seen=len(every),
        removed=tuple(guid for one in gone if (guid := _guid(one, declaration))),
        following=following,
        position=next((token for one in (*links, last) if (token := token_of(one))), ""),
    )


def is_tombstone(entry: etree._Element) -> bool:
    """Whether an entry says that its document was taken back."""
    return any(
        etree.QName(str(name)).localname == "verwijderd" and str(value).strip().lower() == "true"
        for one in entry.iter()
        for name, value in one.attrib.items()
    )


def token_of(link: str) -> str:
    """The skiptoken in an address; "" where there is none."""
    query = {name.lower(): values for name, values in parse_qs(urlsplit(link).query).items()}
    return query.get(TOKEN, [""])[0][:200]


def _link(element: etree._Element, rel: str, *, base: str) -> str:
    links = [one for one in children(element, "link") if one.get("rel") == rel]
    return web_address(str(links[0].get("href") or ""), base=base) if links else ""


def _guid(entry: etree._Element, declaration: Declaration) -> str:
    return text_below(entry, *declaration.documents.fields.get("id", ("id",)))
