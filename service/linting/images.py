"""Images: described, shown everywhere, and never there to follow a reader."""

import re

from service.linting.findings import Findings, found
from service.linting.page import Element, Page

KINDS_NOT_SHOWN = (".webp", ".svg", ".avif", ".tif", ".tiff", ".bmp", ".heic")

_FILE = re.compile(r"[\w-]+\.(png|jpe?g|gif|webp|svg)", re.I)
_DOT = re.compile(r"[012](px)?")


def check_images(page: Page) -> Findings:
    """What is wrong with the images."""
    for image in page.all("img"):
        alt = image.attributes.get("alt")
        if alt is None:
            yield found("alt-missing", image.where)
        elif _FILE.fullmatch(alt.strip()):
            yield found("alt-file-name", image.where, alt=alt)
        yield from _source(image)


def _source(image: Element) -> Findings:
    link = image.attributes.get("src", "").strip()
    scheme = link.partition(":")[0].lower() if ":" in link else ""
    if scheme == "data":
        yield found("image-inside", image.where)
        return
    if scheme == "cid":
        return
    if scheme not in {"http", "https"}:
        yield found("image-broken", image.where, link=link)
        return
    if _is_dot(image):
        yield found("image-tracks", image.where, link=link)
    if scheme == "http":
        yield found("image-insecure", image.where, link=link)
    if link.partition("?")[0].lower().endswith(KINDS_NOT_SHOWN):
        yield found("image-kind", image.where, link=link)


def _is_dot(image: Element) -> bool:
    """Whether a remote image is too small to see, or hidden: what else is it there for?"""
    sizes = (image.attributes.get(name, image.style.get(name, "")) for name in ("width", "height"))
    return image.hidden or all(_DOT.fullmatch(size.strip()) for size in sizes)
