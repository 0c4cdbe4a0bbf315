"""Looking at sources live, enabled or not: what each answers, field by field. Nothing is stored."""

import asyncio
from collections.abc import Sequence

from content.connectors.looking import Look, look, seen_in
from content.connectors.shelf import declaration_of
from content.errors import DeclarationFault
from content.harvest import Visit
from content.sources import Source, SourceKind
from service.asking import asker
from service.runtime import Runtime
from service.visiting import Target, Visited, fetch_rules, target_of, visit_all


def look_at_all(runtime: Runtime, sources: Sequence[Source]) -> list[tuple[Source, Look]]:
    """Look at these sources: feeds all at once; databases and documents one after the other, with time between their requests.

    No transaction may be open meanwhile: a look can take a minute.
    """
    looks: dict[str, Look] = {}
    rules = fetch_rules(runtime.settings)

    def keep(visits: Sequence[Visited]) -> None:
        looks.update({target.key: _look_of(target, visit) for target, visit in visits})

    feeds = [target_of(source) for source in sources if source.kind == SourceKind.FEED]
    asyncio.run(visit_all(feeds, rules=rules, clock=runtime.clock, store=keep))
    for source in sources:
        if source.kind != SourceKind.FEED:
            looks[source.key] = _look_at_declared(runtime, source.key)
    return [(source, looks[source.key]) for source in sorted(sources, key=lambda one: one.key)]


def _look_at_declared(runtime: Runtime, key: str) -> Look:
    try:
        declaration = declaration_of(key, *runtime.settings.declaration_folders)
    except DeclarationFault as error:
        return Look(key=key, answers=False, problems=(str(error),))
    fetch = asker(declaration, rules=fetch_rules(runtime.settings))
    return look(declaration, fetch=fetch, now=runtime.clock())


def _look_of(target: Target, visit: Visit) -> Look:
    """What a visit to a feed brought, said in the same way."""
    entries = visit.feed.entries if visit.feed else ()
    return Look(
        key=target.key,
        answers=visit.feed is not None,
        listed=len(entries),
        records=len(entries),
        fields=seen_in(entries),
        problems=(visit.problem,) if visit.problem else (),
        title=visit.feed.title if visit.feed else "",
        status=visit.status,
        trouble=visit.trouble,
    )
