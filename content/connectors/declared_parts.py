"""The parts of a declaration: how its list, its records or its documents are read, with each fault at its line."""

import re
from typing import Any

import yaml

from content.connectors.declaration import (
    DetailRules,
    DocumentRules,
    FieldRule,
    ListRules,
    Pairs,
    Reads,
    Total,
)
from content.connectors.htmltree import selector_fault
from content.connectors.jsonpath import path_fault
from content.connectors.pairs import FORMS
from content.connectors.sru import FORBIDDEN
from content.crawled import FIELDS
from content.marked import MarkedFile, key_of

_LIST_TEXTS = ("record", "key", "link", "title", "next", "parameter", "end")
_LIST = (*_LIST_TEXTS, "total", "first", "step", "sitemap")
_DOCUMENT_FIELDS = ("id", "title", "summary", "link", "published")


def read_list_rules(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> ListRules:
    """How the list is read."""
    given = file.fields(node, "list", required=("key",), optional=_LIST)
    texts = {name: file.text(given[name], f"list: {name}") for name in _LIST_TEXTS if name in given}
    numbers = {name: file.number(given[name], f"list: {name}") for name in ("first", "step") if name in given}
    values: dict[str, Any] = {**texts, **numbers}
    sitemap = "sitemap" in given and file.flag(given["sitemap"], "list: sitemap")
    rules = ListRules(total=_total(file, given.get("total"), reads=reads), sitemap=sitemap, **values)
    for name in ("record", "title", "next", "end"):
        if name in texts:
            _check_place(file, given[name], texts[name], reads=reads)
    if reads is Reads.HTML and "key" in given:
        _check_pattern(file, given["key"], rules.key, groups=1)
    if reads is not Reads.CSV and not sitemap and "record" not in given:
        file.fault(node, "list lacks 'record': where the records are")
    if rules.parameter and not rules.total and not rules.end:
        file.fault(
            given["parameter"],
            "a list that counts its pages needs a total, or an end: else no one sees it end",
        )
    return rules


def read_detail(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> DetailRules:
    """How a record is read."""
    given = file.fields(node, "detail", required=("fields",), optional=("within", "pairs", "gone", "on_list"))
    within = file.text(given["within"], "detail: within") if "within" in given else "body"
    if reads is Reads.HTML:
        _check_place(file, given.get("within"), within, reads=reads)
    return DetailRules(
        fields=_fields(file, given["fields"], reads=reads) if "fields" in given else {},
        within=within,
        pairs=_pairs(file, given["pairs"]) if "pairs" in given else (),
        gone=file.texts(given["gone"], "detail: gone") if "gone" in given else (),
        on_list=reads is Reads.CSV or ("on_list" in given and file.flag(given["on_list"], "detail: on_list")),
    )


def read_documents(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> DocumentRules:
    """How documents are asked for."""
    given = file.fields(
        node,
        "documents",
        required=() if reads is Reads.RSS else ("fields",),
        optional=("parameters", "fields", "link", "words", "days", "page_size", "most"),
    )
    named = file.mapping(given["parameters"], "parameters") if "parameters" in given else {}
    for name in named:
        if reads is Reads.SRU and name in FORBIDDEN:
            file.fault(key_of(given["parameters"], name), f"{name} makes the repository answer with an error")
    fields = file.mapping(given["fields"], "fields") if "fields" in given else {}
    for name in fields:
        if name not in _DOCUMENT_FIELDS:
            file.fault(key_of(given["fields"], name), f"{name!r} is none of {', '.join(_DOCUMENT_FIELDS)}")
    numbers = {
        name: file.number(given[name], f"documents: {name}")
        for name in ("days", "page_size", "most")
        if name in given
    }
    return DocumentRules(
        parameters={name: file.text(value, name) for name, value in named.items()},
        fields={name: file.texts(value, name) for name, value in fields.items()},
        link=file.text(given["link"], "documents: link") if "link" in given else "",
        words=file.texts(given["words"], "documents: words") if "words" in given else (),
        **numbers,
    )


def _fields(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> dict[str, FieldRule]:
    fields = file.mapping(node, "fields")
    for name in fields:
        if name not in FIELDS:
            file.fault(key_of(node, name), f"{name!r} is not a field; there are {', '.join(FIELDS)}")
    return {name: _field(file, value, name, reads=reads) for name, value in fields.items()}


def _field(file: MarkedFile, node: yaml.Node, name: str, *, reads: Reads) -> FieldRule:
    """A list of labels, or a mapping with more to say."""
    if isinstance(node, yaml.SequenceNode):
        return FieldRule(labels=file.texts(node, name))
    known = ("labels", "at", "split", "pattern", "gather", "optional")
    given = file.fields(node, name, required=(), optional=known)
    if not {"labels", "at"} & set(given):
        file.fault(node, f"{name} needs labels, or at")
    texts = {
        key: file.text(given[key], f"{name}: {key}") for key in ("at", "split", "pattern") if key in given
    }
    flags = {key: file.flag(given[key], f"{name}: {key}") for key in ("gather", "optional") if key in given}
    values: dict[str, Any] = {**texts, **flags}
    if "at" in texts:
        _check_place(file, given["at"], texts["at"], reads=reads)
    if "pattern" in texts:
        _check_pattern(file, given["pattern"], texts["pattern"], groups=1)
    labels = file.texts(given["labels"], name) if "labels" in given else ()
    return FieldRule(labels=labels, **values)


def _pairs(file: MarkedFile, node: yaml.Node) -> tuple[str | Pairs, ...]:
    return tuple(_form(file, one) for one in file.items(node, "pairs"))


def _form(file: MarkedFile, node: yaml.Node) -> str | Pairs:
    if isinstance(node, yaml.MappingNode):
        given = file.fields(node, "pairs", required=("each", "label", "value"))
        texts = {name: file.text(value, f"pairs: {name}") for name, value in given.items()}
        for name, text in texts.items():
            _check_place(file, given[name], text, reads=Reads.HTML)
        return Pairs(**{name: texts.get(name, "") for name in ("each", "label", "value")})
    form = file.text(node, "pairs")
    if form and form not in FORMS:
        file.fault(node, f"{form!r} is no form of pairs; there are {', '.join(FORMS)}, or each/label/value")
    return form


def _total(file: MarkedFile, node: yaml.Node | None, *, reads: Reads) -> Total | None:
    if node is None:
        return None
    given = file.fields(node, "total", required=("at",), optional=("pattern",))
    at = file.text(given["at"], "total: at") if "at" in given else ""
    _check_place(file, given.get("at"), at, reads=reads)
    if "pattern" not in given:
        return Total(at)
    pattern = file.text(given["pattern"], "total: pattern")
    _check_pattern(file, given["pattern"], pattern, groups=1)
    return Total(at, pattern)


def _check_place(file: MarkedFile, node: yaml.Node | None, text: str, *, reads: Reads) -> None:
    check = {Reads.HTML: selector_fault, Reads.JSON: path_fault}.get(reads)
    if text and check and (fault := check(text)):
        file.fault(node, fault)


def _check_pattern(file: MarkedFile, node: yaml.Node, text: str, *, groups: int) -> None:
    try:
        found = re.compile(text).groups
    except re.error as error:
        file.fault(node, f"{text!r} is not a pattern: {error}")
        return
    if text and found < groups:
        file.fault(node, f"{text!r} needs a part in brackets: what is to be kept")
