"""SRU (searchRetrieve 1.2 and 2.0, OASIS): documents by a query, page by page, with the number that there are in all."""

from content.connectors.declaration import Declaration
from content.connectors.entries import make_entry, speaks_of
from content.connectors.port import Answer, DocumentPage
from content.connectors.xmltree import below, local_name, read_xml, text_below
from content.errors import PageUnreadable

MOST_DIGITS = 9
FORBIDDEN = frozenset({"sortKeys"})
"""Parameters that the repository of Dutch official publications answers with an error."""


def read_page(answer: Answer, declaration: Declaration) -> DocumentPage:
    """One answer. `following` holds the number of the first record after it, "" at the end.

    Raises:
        PageUnreadable: it is no SRU answer, it holds a diagnostic, or it does not say how many records there are.
    """
    root = read_xml(answer.body, content_type=answer.content_type)
    if local_name(root) != "searchRetrieveResponse":
        raise PageUnreadable(f"This is no SRU answer: it begins with {local_name(root)!r}.")
    for diagnostic in below(root, "diagnostic"):
        said = " ".join("".join(one.itertext()).strip() for one in diagnostic)
        raise PageUnreadable(f"The query was refused: {said[:300]}")
    total = text_below(root, "numberOfRecords")
    if not total.isdecimal() or len(total) > MOST_DIGITS:
        raise PageUnreadable("The SRU answer does not say how many records there are.")
    records = [data for record in below(root, "record") for data in below(record, "recordData")[:1]]
    entries = [make_entry(one, declaration.documents, base=answer.url) for one in records]
    return DocumentPage(
        entries=tuple(one for one in entries if one and speaks_of(one, declaration.documents.words)),
        seen=len(records),
        following=text_below(root, "nextRecordPosition")[:MOST_DIGITS],
        declared_total=int(total),
    )
