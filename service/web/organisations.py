"""The field in which a reader says where they work: typed freely, and settled by choosing where that is not enough."""

from dataclasses import dataclass

from sqlmodel import Session

from service.i18n import _, translate
from subscribers.organisations import Organisation, OrganisationKind
from subscribers.search import find_organisations, organisations_by_key, resolve_organisation

NOT_LISTED = "none"
"""The choice of someone whose organisation is not in the list."""

KINDS = {
    "ggd": _("GGD"),
    "addiction-care": _("instelling voor verslavingszorg"),
    "police": _("politie"),
    "halt": _("Halt"),
    "welfare": _("welzijnswerk"),
    "youth-care": _("jeugdzorg"),
    "other": _("andere organisatie"),
    "national": _("landelijke organisatie"),
}


@dataclass(frozen=True)
class Answer:
    """What the field came to. `problem` is a message in Dutch; where it is empty, `organisation` is the answer.

    None beside no problem: the reader said that it is not in the list, or left an optional field empty.
    """

    typed: str
    organisation: Organisation | None = None
    candidates: tuple[Organisation, ...] = ()
    chosen: str = ""
    problem: str = ""


def read_answer(
    session: Session, *, typed: str, chosen: str, shown_for: str, required: bool = True
) -> Answer:
    """Which organisation is meant. `chosen` is a radio button that was shown for the text `shown_for`.

    Someone who typed something else instead of choosing is searched for anew.
    """
    typed = " ".join(typed.split())
    if not typed:
        return Answer(typed="", problem=_("Vul uw gemeente of organisatie in.") if required else "")
    if chosen and shown_for == typed:
        picked = organisations_by_key(session, [chosen])
        if picked or chosen == NOT_LISTED:
            return Answer(typed=typed, organisation=picked[0] if picked else None, chosen=chosen)
    meant = resolve_organisation(session, text=typed)
    if meant is not None:
        return Answer(typed=typed, organisation=meant)
    candidates = tuple(find_organisations(session, text=typed))
    problem = (
        _("Kies hieronder welke organisatie u bedoelt.")
        if candidates
        else _("We kennen geen organisatie die zo heet. Controleer de naam, of kies hieronder.")
    )
    return Answer(typed=typed, candidates=candidates, problem=problem)


def describe(organisation: Organisation, language: str) -> str:
    """A line that tells two organisations with like names apart: "gemeente in Drenthe"."""
    if organisation.kind == OrganisationKind.MUNICIPALITY:
        return translate(language, _("gemeente in %(province)s")) % {"province": organisation.province}
    return translate(language, KINDS.get(organisation.partner_kind, ""))
