"""Sitemaps (sitemaps.org, version 0.9): a list of addresses, or of further sitemaps, for sites whose own lists are closed."""

from content.connectors.declaration import Declaration
from content.connectors.html import key_in
from content.connectors.port import Answer, ListPage
from content.connectors.xmltree import children, local_name, read_xml, text_below
from content.crawled import Listed
from content.errors import PageUnreadable
from content.links import same_site, web_address


def read_sitemap(answer: Answer, declaration: Declaration) -> ListPage:
    """The records, or the further sitemaps, that a sitemap names.

    Raises:
        PageUnreadable: it is no sitemap, cut off, or hostile.
    """
    root = read_xml(answer.body, content_type=answer.content_type)
    kind = local_name(root)
    if kind not in ("sitemapindex", "urlset"):
        raise PageUnreadable(f"This is no sitemap: it begins with {kind!r}.")
    inside = children(root, "sitemap" if kind == "sitemapindex" else "url")
    links = [web_address(text_below(one, "loc"), base=answer.url) for one in inside]
    ours = [link for link in dict.fromkeys(links) if link and same_site(link, declaration.url)]
    if kind == "sitemapindex":
        return ListPage(listed=(), following=tuple(ours))
    keyed = {key: link for link in reversed(ours) if (key := key_in(link, pattern=declaration.list.key))}
    return ListPage(listed=tuple(Listed(key=key, link=keyed[key]) for key in reversed(keyed)))
