"""The desk: where editors judge what came in, put an issue together, see it as a reader does, and send it."""

from service.desk import (
    adding,
    approving,
    blocks,
    inbox,
    issues,
    people,
    planning,
    previewing,
    readers,
    signing_in,
    source_finding,
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
    sources.router,
    source_finding.router,
    readers.router,
    people.router,
)
"""The routers of the desk, for the one who makes the application."""
