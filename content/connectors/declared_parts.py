"""The parts of a declaration: how its list, its records or its documents are read, with each fault at its line."""

import re
from collections.abc import Callable, Mapping, Sequence
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
_LIST_NUMBERS = ("first", "step")
_LIST = (*_LIST_TEXTS, *_LIST_NUMBERS, "total", "sitemap")
_DETAIL = ("within", "pairs", "gone", "on_list")
_FIELD_TEXTS = ("at", "split", "pattern")
_FIELD_FLAGS = ("gather", "optional")
_DOCUMENT_FIELDS = ("id", "title", "summary", "link", "published")
_DOCUMENT_NUMBERS = ("days", "page_size", "most")
_DOCUMENTS = ("parameters", "fields", "link", "words", *_DOCUMENT_NUMBERS)


def read_list_rules(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> ListRules:
    """How the list is read."""
    given = file.fields(node, "list", required=("key",), optional=_LIST)
    values = _read(given, "list", file.text, _LIST_TEXTS) | _read(given, "list", file.number, _LIST_NUMBERS)
    sitemap = "sitemap" in given and file.flag(given["sitemap"], "list: sitemap")
    rules = ListRules(total=_total(file, given.get("total"), reads=reads), sitemap=sitemap, **values)
    for name in ("record", "title", "next", "end"):
        if name in given:
            _check_place(file, given[name], values[name], reads=reads)
    if reads is Reads.HTML and "key" in given:
        _check_pattern(file, given["key"], rules.key)
    if reads is not Reads.CSV and not sitemap and "record" not in given:
        file.fault(node, "list lacks 'record': where the records are")
    if rules.parameter and not rules.total and not rules.end:
        file.fault(
            given["parameter"],
            "a list that counts its pages needs a total or an end: else nothing shows its last",
        )
    return rules


def read_detail(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> DetailRules:
    """How a record is read."""
    given = file.fields(node, "detail", required=("fields",), optional=_DETAIL)
    within = file.text(given["within"], "detail: within") if "within" in given else "body"
    if reads is Reads.HTML:
        _check_place(file, given.get("within"), within, reads=reads)
    on_list = "on_list" in given and file.flag(given["on_list"], "detail: on_list")
    return DetailRules(
        fields=_fields(file, given["fields"], reads=reads) if "fields" in given else {},
        within=within,
        pairs=tuple(_form(file, one) for one in file.items(given["pairs"], "pairs"))
        if "pairs" in given
        else (),
        gone=file.texts(given["gone"], "detail: gone") if "gone" in given else (),
        on_list=on_list or reads is Reads.CSV,
    )


def read_documents(file: MarkedFile, node: yaml.Node, *, reads: Reads) -> DocumentRules:
    """How documents are asked for. RSS names its own fields; of all other forms they are declared."""
    required = () if reads is Reads.RSS else ("fields",)
    given = file.fields(node, "documents", required=required, optional=_DOCUMENTS)
    parameters = file.mapping(given["parameters"], "parameters") if "parameters" in given else {}
    for name in FORBIDDEN & set(parameters) if reads is Reads.SRU else ():
        file.fault(key_of(given["parameters"], name), f"{name} makes the repository answer with an error")
    fields = file.mapping(given["fields"], "fields") if "fields" in given else {}
    for name in fields:
        if name not in _DOCUMENT_FIELDS:
            file.fault(key_of(given["fields"], name), f"{name!r} is none of {', '.join(_DOCUMENT_FIELDS)}")
    return DocumentRules(
        parameters={name: file.text(value, name) for name, value in parameters.items()},
        fields={name: file.texts(value, name) for name, value in fields.items()},
        link=file.text(given["link"], "documents: link") if "link" in given else "",
        words=file.texts(given["words"], "documents: words") if "words" in given else (),
        **_read(given, "documents", file.number, _DOCUMENT_NUMBERS),
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
    optional = ("labels", *_FIELD_TEXTS, *_FIELD_FLAGS)
    given = file.fields(node, name, required=(), optional=optional)
    if not {"labels", "at"} & set(given):
        file.fault(node, f"{name} needs labels, or at")
    values = _read(given, name, file.text, _FIELD_TEXTS) | _read(given, name, file.flag, _FIELD_FLAGS)
    if "at" in given:
        _check_place(file, given["at"], values["at"], reads=reads)
    if "pattern" in given:
        _check_pattern(file, given["pattern"], values["pattern"])
    return FieldRule(labels=file.texts(given["labels"], name) if "labels" in given else (), **values)


def _form(file: MarkedFile, node: yaml.Node) -> str | Pairs:
    """A word for a way of setting out labels, or the selectors of one."""
    if not isinstance(node, yaml.MappingNode):
        form = file.text(node, "pairs")
        if form and form not in FORMS:
            file.fault(
                node, f"{form!r} is no form of pairs; there are {', '.join(FORMS)}, or each/label/value"
            )
        return form
    given = file.fields(node, "pairs", required=("each", "label", "value"))
    texts = {name: file.text(value, f"pairs: {name}") for name, value in given.items()}
    for name, text in texts.items():
        _check_place(file, given[name], text, reads=Reads.HTML)
    return Pairs(**{name: texts.get(name, "") for name in ("each", "label", "value")})


def _total(file: MarkedFile, node: yaml.Node | None, *, reads: Reads) -> Total | None:
    if node is None:
        return None
    given = file.fields(node, "total", required=("at",), optional=("pattern",))
    values = _read(given, "total", file.text, ("at", "pattern"))
    if "at" in given:
        _check_place(file, given["at"], values["at"], reads=reads)
    if "pattern" in given:
        _check_pattern(file, given["pattern"], values["pattern"])
    return Total(**{"at": "", **values})


def _read(
    given: Mapping[str, yaml.Node],
    what: str,
    read: Callable[[yaml.Node | None, str], Any],
    names: Sequence[str],
) -> dict[str, Any]:
    """The values of those keys that are there."""
    return {name: read(given[name], f"{what}: {name}") for name in names if name in given}


def _check_place(file: MarkedFile, node: yaml.Node | None, text: str, *, reads: Reads) -> None:
    check = {Reads.HTML: selector_fault, Reads.JSON: path_fault}.get(reads)
    if text and check and (fault := check(text)):
        file.fault(node, fault)


def _check_pattern(file: MarkedFile, node: yaml.Node, text: str) -> None:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        file.fault(node, f"{text!r} is not a pattern: {error}")
        return
    if text and not groups:
        file.fault(node, f"{text!r} needs a part in brackets: what is to be kept")
