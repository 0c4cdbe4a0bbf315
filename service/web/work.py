"""Work as the preferences ask it: the choices of each question, in a language."""

from collections.abc import Mapping, Sequence

from content.vocabulary import Vocabulary
from service.i18n import _, translate
from subscribers.people import OTHER_DOMAIN, PolicyKind
from subscribers.work import domains, steps

POLICY_NAMES = {
    PolicyKind.SEPARATE: _("een aparte nota over drugspreventie"),
    PolicyKind.SEPARATE_AND_OTHERS: _("een aparte nota, en ook activiteiten in andere nota's"),
    PolicyKind.SUBSTANCES_TOGETHER: _("één nota over alcohol, tabak en drugs samen"),
    PolicyKind.IN_OTHERS: _("alleen activiteiten in andere nota's"),
    PolicyKind.NONE: _("geen beleid over drugspreventie"),
}

Choices = Sequence[tuple[str, str]]
"""Values with their names."""


def work_choices(vocabulary: Vocabulary, language: str) -> Mapping[str, Choices]:
    """The choices for policy domain, kind of policy and step."""
    return {
        "domain": [
            (
                slug,
                translate(language, _("iets anders"))
                if slug == OTHER_DOMAIN
                else vocabulary.term(slug).label(language),
            )
            for slug in domains(vocabulary)
        ],
        "policy_kind": [(str(kind), translate(language, name)) for kind, name in POLICY_NAMES.items()],
        "strategy_step": [(slug, vocabulary.term(slug).label(language)) for slug in steps(vocabulary)],
    }
