"""Mentions: what looks like a tag in a text and is none, as in "if x<y then", "List<String>" or "the <blink> tag".

A reader of HTML takes all of these for tags, and of "if x<y then" nothing is left behind the x. So what is no tag is escaped
before HTML is read.
"""

import re

_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9:._-]*)([^<>]*)(>?)")
_END = re.compile(r"</([A-Za-z][A-Za-z0-9:._-]*)")
_HANDLER = re.compile(r"\bon\w+\s*=", re.IGNORECASE)
_PAIRED = re.compile(
    r"a|abbr|acronym|address|article|aside|b|big|blockquote|center|cite|code|del|dfn|div|dl|em|fieldset|font|footer|"
    r"h1|h2|h3|h4|h5|h6|header|i|ins|kbd|label|main|mark|nav|ol|pre|q|s|samp|section|small|span|strike|strong|sub|"
    r"sup|table|tt|u|ul|var"
)
"""Elements that must have an end tag and do no harm: without one, and without attributes, people write about them."""
_OTHERS = re.compile(
    r"annotation|annotation-xml|animate|applet|area|audio|base|basefont|body|br|button|canvas|caption|col|colgroup|"
    r"data|datalist|dd|details|dialog|dir|dt|embed|figcaption|figure|foreignobject|form|frame|frameset|head|hr|html|"
    r"iframe|img|image|input|legend|li|link|malignmark|map|marquee|math|menu|meta|meter|mglyph|mi|mn|mo|ms|mtext|"
    r"nobr|noembed|noframes|noscript|object|optgroup|option|output|p|param|picture|plaintext|progress|rp|rt|ruby|"
    r"script|search|select|slot|source|style|summary|svg|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|"
    r"track|video|wbr|xmp"
)


def without_mentions(markup: str, *, is_text: bool) -> str:
    """The markup with the `<` escaped of all that is no tag.

    Args:
        markup: HTML, or text that may hold some all the same.
        is_text: its author calls it text: a lone `<b>` in it is a mention too. What could run or load something is always
            taken for a tag.
    """
    if "<" not in markup:
        return markup
    ended = {name.lower() for name in _END.findall(markup)}

    def judged(found: re.Match[str]) -> str:
        return found[0] if _is_tag(found, ended, is_text=is_text) else "&lt;" + found[0][1:]

    return _TAG.sub(judged, markup)


def _is_tag(found: re.Match[str], ended: set[str], *, is_text: bool) -> bool:
    name, rest, closed = found[1].lower(), found[2], bool(found[3])
    if name in ended or _HANDLER.search(rest):
        return True
    if rest and not rest[0].isspace() and rest[0] != "/":
        return False  # "<jan@bron.example>": the name goes on with what no name has
    if _PAIRED.fullmatch(name):
        return "=" in rest or (closed and not is_text)
    if _OTHERS.fullmatch(name):
        return True
    if ":" in name:
        return not rest.startswith("//")  # "<o:p>", but not "<https://bron.example>"
    return closed and "=" in rest
