"""The web application: routers, headers, refusals. Made by a function, so that tests make as many as they need."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import to_thread
from fastapi import APIRouter, FastAPI
from fastapi.staticfiles import StaticFiles

from service.errors import TooManyRequests
from service.runtime import Runtime
from service.web import (
    answering,
    archive,
    calendar_files,
    changing,
    coverage,
    demo_recording,
    finding,
    health,
    helping,
    home,
    interventions,
    joining,
    leading,
    mailbox,
    own_data,
    preferences,
    problems,
    registering,
    signup,
    unsubscribe,
    waiting,
    webinar_evaluation,
    webinar_place,
    webinar_recording,
    webinars,
)
from service.web.headers import SecurityHeaders
from service.web.requests import BodyLimit, RequestLog

STATIC = Path(__file__).parent / "static"


def make_app(runtime: Runtime, more: Sequence[APIRouter] = ()) -> FastAPI:
    """An application that serves with this runtime: the site, and whatever more routers it is given (the desk)."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Sync routes run in threads; the pool is at least as large as their number, so none waits for a connection.
        to_thread.current_default_thread_limiter().total_tokens = runtime.settings.web_threads
        yield

    app = FastAPI(
        title="Kennispost",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.runtime = runtime
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders, settings=runtime.settings)
    app.add_middleware(RequestLog)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    problems.install(app)
    app.add_exception_handler(TooManyRequests, waiting.too_often)
    for router in (*ROUTERS, *more):
        # As they stand: include_router would work each of them out anew, which takes ten times as long as all the rest.
        app.router.routes.extend(router.routes)
    return app


ROUTERS: tuple[APIRouter, ...] = (
    health.router,
    home.router,
    signup.router,
    finding.router,
    preferences.router,
    changing.router,
    own_data.router,
    answering.router,
    unsubscribe.router,
    archive.router,
    helping.router,
    interventions.router,
    coverage.router,
    leading.router,
    mailbox.router,
    calendar_files.router,
    joining.router,
    joining.callbacks,
    webinars.router,
    demo_recording.router,
    webinar_place.router,
    webinar_evaluation.router,
    webinar_recording.router,
    registering.router,
)
"""The routers of the site."""
