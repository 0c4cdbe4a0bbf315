"""Markup: from MJML to HTML that mail programs show, and text in lines that fit. Pure; nothing is loaded from anywhere."""

import re
import textwrap

import css_inline
import mrml

LARGEST_HTML = 95_000
"""Bytes: Gmail clips a message at 102 KB, and with it the foot that says how to unsubscribe."""

LINE = 72
"""Characters in a line of the text alternative."""

_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
_BLANKS = re.compile(r"[ \t]+")
_LINE_ENDS = re.compile(r"[ \t]*\n\s*")


def mjml_to_html(mjml: str) -> str:
    """HTML with inlined CSS.

    Blanks are folded and none stands at the end of a line, so that the body is in DKIM's relaxed form from the start.
    """
    # Without `fonts` the engine links a web font; comments of the template are not for readers.
    options = mrml.RenderOptions(disable_comments=False, fonts={})
    html = _INLINER.inline(mrml.to_html(mjml, None, options).content)
    return _LINE_ENDS.sub("\n", _BLANKS.sub(" ", html)).strip() + "\n"


def wrap_text(text: str) -> str:
    """Lines of at most `LINE` characters where words allow it (an address stays whole); never two empty lines in a row."""
    wrapped: list[str] = []
    for line in text.splitlines():
        folded = _BLANKS.sub(" ", line).strip()
        wrapped += wrap_line(folded) if folded else [""]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(wrapped)).strip() + "\n"


def wrap_line(line: str) -> list[str]:
    """One line, folded; a list item's further lines are not indented, so that no blanks stand in a row."""
    if line and len(line) <= LINE and line.isprintable() and line[-1] != " ":
        return [line]  # as most are: the library takes its time over these too
    return textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False) or [""]
