"""Work: a reader's policy domain, the policy their municipality has, and the step they are at."""

from content.vocabulary import Vocabulary
from subscribers.people import OTHER_DOMAIN, PolicyKind
from subscribers.segments.predicates import Choice, Predicate, in_own_row


def work_predicates(vocabulary: Vocabulary) -> tuple[Predicate, ...]:
    """What can be asked of someone's work."""
    return (
        in_own_row("domain", (*_terms(vocabulary, "domain"), Choice(OTHER_DOMAIN)), "domain"),
        in_own_row("policy-kind", tuple(Choice(kind.value) for kind in PolicyKind), "policy_kind"),
        in_own_row("step", _terms(vocabulary, "step"), "strategy_step"),
    )


def _terms(vocabulary: Vocabulary, facet: str) -> tuple[Choice, ...]:
    return tuple(Choice(term.slug, nl=term.nl, en=term.en) for term in vocabulary.facet(facet))
