"""Own predicates: all that can be asked of readers on the tables of `subscribers`. Whoever knows other tables adds theirs."""

from sqlmodel import Session

from content.vocabulary import Vocabulary
from subscribers.segments.places import place_predicates
from subscribers.segments.predicates import Predicate
from subscribers.segments.wishes import wish_predicates
from subscribers.segments.work import work_predicates


def own_predicates(session: Session, vocabulary: Vocabulary) -> tuple[Predicate, ...]:
    """In the order in which the desk offers them."""
    return (*place_predicates(session), *work_predicates(vocabulary), *wish_predicates(vocabulary))
