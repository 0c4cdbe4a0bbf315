"""The desk: where editors judge what came in, put an issue together, see it as a reader does, and send it."""

from service.desk import (
    adding,
    approving,
    blocks,
    dossier,
    inbox,
    issues,
    mailings,
    people,
    planning,
    previewing,
    readers,
    returned,
    signing_in,
    sources,
    steering,
)

ROUTERS = (
    signing_in.router,
    inbox.router,
    issues.router,
    adding.router,
    blocks.router,
    previewing.router,
    approving.router,
    mailings.router,
    steering.router,
    planning.router,
    sources.router,
    returned.router,
    readers.router,
    dossier.router,
    people.router,
)
"""The routers of the desk, for the one who makes the application."""
