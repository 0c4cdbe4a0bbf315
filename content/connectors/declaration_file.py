"""Reading a declaration: every fault in the file is found in one go, with its line."""

import re
from pathlib import Path

import yaml

from content.connectors.declaration import Declaration, DetailRules, DocumentRules, ListRules, Reads
from content.connectors.declared_parts import read_detail, read_documents, read_list_rules
from content.connectors.scales import SCALES
from content.errors import DeclarationFault
from content.links import web_address
from content.marked import MarkedFile, key_of
from content.sources import Rights, SourceKind, UrlConfidence

KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_REQUIRED = ("name", "kind", "reads", "url", "home_url", "url_confidence", "parser_version")
_OPTIONAL = ("delay", "rights", "attribution", "scale", "list", "detail", "documents")
_FORMS = {
    SourceKind.DATABASE: (Reads.HTML, Reads.JSON, Reads.CSV),
    SourceKind.DOCUMENTS: (Reads.SRU, Reads.ATOM, Reads.RSS),
}
_LONGEST_DELAY = 120


def load_declaration(path: Path) -> Declaration:
    """The declaration that a file holds; its name without `.yaml` is the key.

    Raises:
        DeclarationFault: each fault on a line of its own, with file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationFault(f"{path.name}, line 1: the file cannot be read: {error}") from error
    return read_declaration(text, key=path.stem, name=path.name)


def read_declaration(text: str, *, key: str, name: str) -> Declaration:
    """The declaration that a text holds. Raises as `load_declaration`."""
    file = MarkedFile(name)
    if not KEY.fullmatch(key):
        file.fault(None, f"{key!r} is not a key: name the file with small letters, digits and hyphens")
    root = file.compose(text)
    declaration = None if file.faults else _declaration(file, root, key)
    if file.faults or declaration is None:
        raise DeclarationFault("\n".join(file.faults))
    return declaration


def _declaration(file: MarkedFile, root: yaml.Node | None, key: str) -> Declaration | None:
    given = file.fields(root, "the file", required=_REQUIRED, optional=_OPTIONAL)
    kind = _choice(file, given.get("kind"), "kind", (SourceKind.DATABASE, SourceKind.DOCUMENTS))
    reads = _choice(file, given.get("reads"), "reads", tuple(Reads))
    if not kind or not reads:
        return None
    kind, reads = SourceKind(kind), Reads(reads)
    if reads not in _FORMS[kind]:
        file.fault(given["reads"], f"a source of kind {kind} is read as one of {', '.join(_FORMS[kind])}")
        return None
    rules = _rules(file, root, given, kind=kind, reads=reads)
    return Declaration(
        key=key,
        name=_text(file, given, "name"),
        kind=kind,
        reads=reads,
        url=_address(file, given.get("url"), "url"),
        home_url=_address(file, given.get("home_url"), "home_url"),
        url_confidence=UrlConfidence(
            _choice(file, given.get("url_confidence"), "url_confidence", tuple(UrlConfidence)) or "inferred"
        ),
        parser_version=_text(file, given, "parser_version"),
        delay=_delay(file, given.get("delay")),
        rights=Rights(_optional(file, given, "rights", tuple(Rights)) or Rights.OPEN),
        attribution=_text(file, given, "attribution"),
        scale=_optional(file, given, "scale", tuple(SCALES)),
        list=rules[0],
        detail=rules[1],
        documents=rules[2],
    )


def _rules(
    file: MarkedFile,
    root: yaml.Node | None,
    given: dict[str, yaml.Node],
    *,
    kind: SourceKind,
    reads: Reads,
) -> tuple[ListRules, DetailRules, DocumentRules]:
    """The parts that belong to this kind; one that is lacking or does not belong is a fault."""
    wanted = ("list", "detail") if kind is SourceKind.DATABASE else ("documents",)
    for part in ("list", "detail", "documents"):
        if part in wanted and part not in given:
            file.fault(root, f"a source of kind {kind} needs {part!r}")
        if part in given and part not in wanted:
            file.fault(key_of(root, part), f"a source of kind {kind} has no {part!r}")
    if kind is SourceKind.DOCUMENTS:
        documents = (
            read_documents(file, given["documents"], reads=reads) if "documents" in given else DocumentRules()
        )
        return ListRules(), DetailRules(fields={}), documents
    listed = read_list_rules(file, given["list"], reads=reads) if "list" in given else ListRules()
    detail = read_detail(file, given["detail"], reads=reads) if "detail" in given else DetailRules(fields={})
    if "level" in detail.fields and "scale" not in given:
        file.fault(given.get("detail"), f"a level needs a scale: one of {', '.join(SCALES)}")
    return listed, detail, DocumentRules()


def _text(file: MarkedFile, given: dict[str, yaml.Node], name: str) -> str:
    """A text; "" for a key that is lacking, which is noted already where it must be there."""
    return file.text(given[name], name) if name in given else ""


def _choice(file: MarkedFile, node: yaml.Node | None, what: str, choices: tuple[str, ...]) -> str:
    """One of a few words, or "" with a fault noted; nothing is noted twice where the key is lacking."""
    if node is None:
        return ""
    value = file.text(node, what)
    if value and value not in choices:
        file.fault(node, f"{what} must be one of {', '.join(choices)}, not {value!r}")
        return ""
    return value


def _optional(file: MarkedFile, given: dict[str, yaml.Node], name: str, choices: tuple[str, ...]) -> str:
    return _choice(file, given.get(name), name, choices)


def _address(file: MarkedFile, node: yaml.Node | None, what: str) -> str:
    text = file.text(node, what) if node is not None else ""
    if text and not web_address(text):
        file.fault(node, f"{what} must be a web address, not {text[:100]!r}")
    return text


def _delay(file: MarkedFile, node: yaml.Node | None) -> float:
    if node is None:
        return Declaration.delay
    text = file.text(node, "delay")
    if not re.fullmatch(r"\d+(\.\d+)?", text) or not 0 <= float(text) <= _LONGEST_DELAY:
        file.fault(node, f"delay must be a number of seconds up to {_LONGEST_DELAY}, not {text!r}")
        return Declaration.delay
    return float(text)
