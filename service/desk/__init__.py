"""The desk: where editors judge what came in, put an issue together, see it as a reader does, and send it."""

from service.desk import (
    adding,
    approving,
    blocks,
    inbox,
    issues,
    knowledge,
    knowledge_changes,
    knowledge_crawls,
    knowledge_facts,
    knowledge_places,
    people,
    planning,
    previewing,
    readers,
    signing_in,
    sources,
)

ROUTERS = (
    signing_in.router,
    inbox.router,
    issues.router,
    adding.router,
    blocks.router,
    previewing.router,
    approving.router,
    planning.router,
    knowledge_changes.router,
    knowledge_crawls.router,
    knowledge_facts.router,
    knowledge_places.router,
    knowledge.router,
    sources.router,
    readers.router,
    people.router,
)
"""The routers of the desk, for the one who makes the application."""
