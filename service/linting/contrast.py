"""Contrast of text on what lies behind it, by the inlined styles: WCAG 2.2, 1.4.3 (4.5 to 1; large text 3 to 1)."""

import re
from collections.abc import Iterator

import css_inline
import tinycss2

from service.linting.colours import BLACK, LINK, WHITE, Colour, colour_of, contrast
from service.linting.findings import Findings, found
from service.linting.page import Element, Page, Text

NEEDED, NEEDED_LARGE = 4.5, 3.0
LARGE, LARGE_BOLD = 24.0, 18.66
"""Pixels from which text is large (18 pt), and bold text is (14 pt)."""

BASE = 16.0
_SIZES = {"h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 0.83, "big": 1.17}
_NAMED = {"xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32}
_UNITS = {"px": 1.0, "pt": 4 / 3, "rem": BASE}
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})
_BOLD_TAGS = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6", "th"})
_LENGTH = re.compile(r"([\d.]+)(px|pt|em|rem|%)")
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


def check_contrast(page: Page) -> Findings:
    """Each pair of colours that is too faint, at the first text that has it; in light, and in the dark that the mail brings."""
    yield from _check(page if _is_inlined(page) else Page(_INLINER.inline(page.source)), "contrast-low")
    dark = "\n".join(_dark_rules(page.css))
    if dark:
        yield from _check(Page(_INLINER.inline(_with_style(page.source, dark))), "contrast-low-dark")


def _check(page: Page, code: str) -> Findings:
    seen: set[tuple[str, str, float]] = set()
    for text in page.texts:
        if any(element.hidden for element in text.around):
            continue
        paper = _paper(text)
        if paper is None:
            yield found("contrast-unknown", text.around[0].where)
            continue
        ink, needed = _ink(text).over(paper), NEEDED_LARGE if _is_large(text) else NEEDED
        if contrast(ink, paper) < needed and (ink.hex, paper.hex, needed) not in seen:
            seen.add((ink.hex, paper.hex, needed))
            ratio = f"{int(contrast(ink, paper) * 100) / 100:.2f}"
            yield found(
                code, text.around[0].where, ink=ink.hex, paper=paper.hex, ratio=ratio, needed=f"{needed:g}"
            )


def _ink(text: Text) -> Colour:
    for element in text.around:
        given = element.style.get("color") or element.attributes.get("color", "")
        if (colour := colour_of(given)) is not None:
            return colour
        if element.tag == "a" and "href" in element.attributes and given.lower() != "inherit":
            return LINK
    return BLACK


def _paper(text: Text) -> Colour | None:
    """What lies behind, through what is not opaque; None on an image without a colour below it."""
    layers: list[Colour] = []
    for element in text.around:
        colour, image = _background(element)
        if image and (colour is None or colour.alpha < 1):
            return None
        if colour is not None and colour.alpha > 0:
            layers.append(colour)
            if colour.alpha == 1:
                break
    paper = WHITE
    for layer in reversed(layers):
        paper = layer.over(paper)
    return paper


def _background(element: Element) -> tuple[Colour | None, bool]:
    short = element.style.get("background", "")
    plain = element.style.get("background-color", "")
    image = "url(" in short or "gradient(" in short or "background-image" in element.style
    image = image or "background" in element.attributes
    candidates = [plain, *_words(short), element.attributes.get("bgcolor", "")]
    return next((colour for word in candidates if (colour := colour_of(word)) is not None), None), image


def _words(value: str) -> Iterator[str]:
    """The parts of a shorthand, a function such as rgb() as one."""
    return (tinycss2.serialize([node]) for node in tinycss2.parse_component_value_list(value))


def _is_large(text: Text) -> bool:
    size, bold = BASE, False
    for element in reversed(text.around):
        size = _size(element, size)
        weight = element.style.get("font-weight", "")
        bold = weight in _BOLD if weight else bold or element.tag in _BOLD_TAGS
    return size >= (LARGE_BOLD if bold else LARGE)


def _size(element: Element, inherited: float) -> float:
    given = element.style.get("font-size", "").lower()
    if given in _NAMED:
        return float(_NAMED[given])
    match = _LENGTH.fullmatch(given)
    if match is None:
        return inherited * _SIZES.get(element.tag, 1.0)
    number = float(match[1])
    if match[2] in {"em", "%"}:
        return inherited * number / (100 if match[2] == "%" else 1)
    return number * _UNITS[match[2]]


def _is_inlined(page: Page) -> bool:
    """Whether no rule stands outside @media, as in a mail whose styles were inlined."""
    rules = tinycss2.parse_stylesheet(page.css, skip_comments=True, skip_whitespace=True)
    return all(rule.type == "at-rule" for rule in rules)


def _dark_rules(css: str) -> Iterator[str]:
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "media" and rule.content is not None:
            condition = re.sub(r"\s", "", tinycss2.serialize(rule.prelude)).lower()
            if "prefers-color-scheme:dark" in condition:
                yield tinycss2.serialize(rule.content)


def _with_style(html: str, css: str) -> str:
    """The mail as it is in the dark: these rules apply for all, after the others."""
    place = html.find("</head>")
    at = place if place >= 0 else 0
    return f"{html[:at]}<style>{css}</style>{html[at:]}"
