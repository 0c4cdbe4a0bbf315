"""Reading the vocabulary file: every fault in it is found in one go, with its line."""

import re
from collections.abc import Iterator

import yaml

from content.errors import VocabularyFault
from content.marked import MarkedFile, key_of
from content.rules import KINDS, Rule, phrase_fault
from content.terms import FACETS, Cue, Term, Vocabulary

_FLAGS = ("needs_context", "only_alone", "negated")
_LISTS = ("near", "block", "unless", "not_in")
_BESIDE = "beside"
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MESH = re.compile(r"D\d{6,9}")


def read_vocabulary(text: str, *, name: str, digest: str) -> Vocabulary:
    """The vocabulary that a file's text holds. `digest` becomes part of its version.

    Raises:
        VocabularyFault: each fault on a line of its own, with file and line.
    """
    file = MarkedFile(name)
    root = file.compose(text)
    parts = {}
    if not file.faults:
        parts = file.fields(
            root, "the file", required=("version", "facets"), optional=("negation", "relevance")
        )
    version = file.text(parts["version"], "version") if "version" in parts else ""
    terms = tuple(_terms(file, parts["facets"])) if "facets" in parts else ()
    negations = _phrases(file, parts["negation"], "negation") if "negation" in parts else ()
    threshold, cues = _relevance(file, parts["relevance"]) if "relevance" in parts else (1, ())
    if file.faults:
        raise VocabularyFault("\n".join(file.faults))
    return Vocabulary(f"{version}+{digest}", terms, negations, cues, threshold)


def _terms(file: MarkedFile, node: yaml.Node) -> Iterator[Term]:
    facets = file.mapping(node, "facets")
    for facet in facets:
        if facet not in FACETS:
            file.fault(key_of(node, facet), f"{facet!r} is not a facet; there are {', '.join(FACETS)}")
    found: dict[str, tuple[Term, yaml.Node]] = {}
    for facet in FACETS:
        if facet not in facets:
            file.fault(node, f"facets lacks {facet!r}")
            continue
        for slug, entry in file.mapping(facets[facet], facet).items():
            if slug in found:
                file.fault(
                    entry, f"{slug!r} is in {found[slug][0].facet} already: a slug is unique over all facets"
                )
                continue
            term = _term(file, entry, facet=facet, slug=slug)
            found[slug] = term, entry
            yield term
    for term, entry in found.values():
        for slug in {one for rule in term.rules for one in rule.beside if one not in found}:
            file.fault(entry, f"{term.slug}: beside names {slug!r}, which is not in the vocabulary")


def _term(file: MarkedFile, node: yaml.Node, *, facet: str, slug: str) -> Term:
    if not _SLUG.fullmatch(slug):
        file.fault(node, f"{slug!r} must be small letters, digits and single hyphens")
    entries = file.fields(node, slug, required=("nl", "en", "match"), optional=("mesh", "general"))
    mesh = file.text(entries["mesh"], f"{slug}: mesh") if "mesh" in entries else None
    if mesh and not _MESH.fullmatch(mesh):
        file.fault(entries["mesh"], f"{slug}: {mesh!r} is not a MeSH descriptor such as D009609")
    return Term(
        facet=facet,
        slug=slug,
        nl=file.text(entries["nl"], f"{slug}: nl") if "nl" in entries else "",
        en=file.text(entries["en"], f"{slug}: en") if "en" in entries else "",
        rules=_rules(file, entries["match"], slug) if "match" in entries else (),
        mesh=mesh,
        general=file.flag(entries["general"], f"{slug}: general") if "general" in entries else False,
    )


def _rules(file: MarkedFile, node: yaml.Node, what: str) -> tuple[Rule, ...]:
    return tuple(rule for one in file.items(node, f"{what}: match") for rule in _rule(file, one, what))


def _rule(file: MarkedFile, node: yaml.Node, what: str) -> Iterator[Rule]:
    entries = file.fields(node, f"{what}: a rule", required=(), optional=(*KINDS, *_FLAGS, *_LISTS, _BESIDE))
    kinds = [kind for kind in KINDS if kind in entries]
    if isinstance(node, yaml.MappingNode) and len(kinds) != 1:
        file.fault(node, f"{what}: a rule has either open_tail or whole_word")
    flags = {name: file.flag(entries[name], f"{what}: {name}") for name in _FLAGS if name in entries}
    lists = {name: _phrases(file, entries[name], f"{what}: {name}") for name in _LISTS if name in entries}
    if "unless" in entries and "block" not in entries:
        file.fault(entries["unless"], f"{what}: unless lifts a block, and there is none")
    if _BESIDE in entries:
        lists[_BESIDE] = file.texts(entries[_BESIDE], f"{what}: {_BESIDE}")
    for kind in kinds[:1]:
        phrases = _phrases(file, entries[kind], f"{what}: {kind}", open_tail=kind == "open_tail")
        yield Rule(kind=kind, phrases=phrases, **flags, **lists)  # type: ignore[arg-type]  # checked field by field above


def _phrases(file: MarkedFile, node: yaml.Node, what: str, *, open_tail: bool = False) -> tuple[str, ...]:
    phrases = file.texts(node, what)
    if isinstance(node, yaml.SequenceNode):
        for phrase, entry in zip(phrases, node.value, strict=False):
            fault = phrase_fault(phrase, open_tail=open_tail) if phrase else None
            if fault:
                file.fault(entry, f"{what}: {phrase!r} {fault}")
    return phrases


def _relevance(file: MarkedFile, node: yaml.Node) -> tuple[int, tuple[Cue, ...]]:
    entries = file.fields(node, "relevance", required=("threshold", "cues"))
    threshold = file.number(entries["threshold"], "relevance: threshold") if "threshold" in entries else 1
    cues = file.mapping(entries["cues"], "relevance: cues") if "cues" in entries else {}
    return threshold, tuple(_cue(file, entry, name) for name, entry in cues.items())


def _cue(file: MarkedFile, node: yaml.Node, name: str) -> Cue:
    entries = file.fields(node, name, required=("points", "match"))
    points = file.number(entries["points"], f"{name}: points") if "points" in entries else 0
    return Cue(name, points, _rules(file, entries["match"], name) if "match" in entries else ())
