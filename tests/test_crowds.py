"""More people press at once than there are threads, on SQLite, where one writes at a time: all of them are answered.

A route whose dependency ran the first statement would hold the lock of writers and then wait for a thread, all of which wait
for that lock; nothing would move until the time-out of 15 seconds.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier

import httpx
import pytest
from builders import a_reader, a_request
from colleague import ANNA, a_colleague
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from sqlmodel import Session
from webinars import a_webinar, takes_part

from content.composing import open_issue
from content.webinars.tables import RoomKind
from service.database import writing
from service.desk import ROUTERS
from service.mailing.links import join_link, place_link, register_link
from service.runtime import Runtime
from service.tokens import Purpose, make_token
from service.web.app import ROUTERS as SITE
from service.web.app import make_app
from service.web.dependencies import transaction
from service.web.guarding import opened
from subscribers.people import Subscriber
from subscribers.register import load_register
from subscribers.signup import latest_request
from tests.serving import serving

THREADS = 4
PEOPLE = THREADS + 8
PATIENCE = 10.0
"""Seconds; a deadlock takes 15."""


@dataclass(frozen=True)
class Crowd:
    """What people are about to press: a path and fields for each."""

    runtime: Runtime
    session: Session
    readers: list[Subscriber]

    def token(self, purpose: Purpose, payload: object) -> str:
        return make_token(self.runtime.settings, purpose, payload, now=self.runtime.clock())


Press = tuple[str, dict[str, str]]
Presses = Callable[[Crowd], Iterator[Press]]


def sign_up(crowd: Crowd) -> Iterator[Press]:
    since = opened(crowd.runtime.settings, crowd.runtime.clock() - timedelta(minutes=1))
    for number in range(PEOPLE):
        yield "/aanmelden", {"address": f"new{number}@emmen.nl", "organisation": "Emmen", "opened": since}


def confirm(crowd: Crowd) -> Iterator[Press]:
    for number in range(PEOPLE):
        asked = a_request(
            crowd.session, crowd.runtime.clock(), f"ask{number}@emmen.nl", vocabulary=crowd.runtime.vocabulary
        )
        payload = [asked.subscriber.reference, latest_request(crowd.session, asked.subscriber)]
        yield f"/bevestigen/{crowd.token(Purpose.CONFIRM, payload)}", {}


def preferences(crowd: Crowd) -> Iterator[Press]:
    for reader in crowd.readers:
        yield f"/voorkeuren/{crowd.token(Purpose.PREFERENCES, reader.reference)}", {"name": "Jan"}


def leave(crowd: Crowd) -> Iterator[Press]:
    for reader in crowd.readers:
        yield f"/afmelden/{crowd.token(Purpose.UNSUBSCRIBE, [reader.reference, 'monthly'])}", {}


def register(crowd: Crowd) -> Iterator[Press]:
    webinar = a_webinar(crowd.session, crowd.runtime.clock())
    since = opened(crowd.runtime.settings, crowd.runtime.clock() - timedelta(minutes=1))
    for number in range(PEOPLE):
        yield (
            f"/webinars/{webinar.slug}",
            {"address": f"w{number}@emmen.nl", "answer": "seat", "opened": since},
        )


def register_personally(crowd: Crowd) -> Iterator[Press]:
    settings, now = crowd.runtime.settings, crowd.runtime.clock()
    webinar = a_webinar(crowd.session, now)
    for reader in crowd.readers:
        yield (
            register_link(settings, reader, webinar.slug, now).removeprefix(settings.base_url),
            {"answer": "seat"},
        )


def at_their_place(crowd: Crowd) -> Iterator[Press]:
    settings, now = crowd.runtime.settings, crowd.runtime.clock()
    webinar = a_webinar(crowd.session, now)
    for number in range(PEOPLE):
        mine = takes_part(crowd.session, now, webinar, f"pl{number}@emmen.nl").registration
        yield (
            place_link(settings, mine, now).removeprefix(settings.base_url),
            {"act": "vraag", "question": "Hoe?"},
        )


def join(crowd: Crowd) -> Iterator[Press]:
    settings, now = crowd.runtime.settings, crowd.runtime.clock()
    starts = now + timedelta(minutes=5)
    webinar = a_webinar(
        crowd.session, now, starts_at=starts, ends_at=starts + timedelta(hours=1), room_kind=RoomKind.DEMO
    )
    for number in range(PEOPLE):
        mine = takes_part(crowd.session, now, webinar, f"in{number}@emmen.nl").registration
        yield join_link(settings, mine, now).removeprefix(settings.base_url), {}


def save_at_the_desk(crowd: Crowd) -> Iterator[Press]:
    issue = open_issue(crowd.session, title="Een editie", by=ANNA, now=crowd.runtime.clock())
    for number in range(PEOPLE):
        yield (
            f"/redactie/edities/{issue.id}/onderdelen/tekst",
            {"section": "news", "title": f"Nummer {number}", "body": "x"},
        )


def ask_at_the_desk(crowd: Crowd) -> Iterator[Press]:
    webinar = a_webinar(crowd.session, crowd.runtime.clock(), published=False)
    for number in range(PEOPLE):
        fields = {
            "kind": "text",
            "wording": f"Vraag {number}?",
            "reason": "Om het te weten.",
            "keep_days": "30",
        }
        yield f"/redactie/webinars/{webinar.id}/formulier/nieuw", fields


KINDS: tuple[Presses, ...] = (
    sign_up, confirm, preferences, leave, register, register_personally, at_their_place, join, save_at_the_desk,
    ask_at_the_desk,
)  # fmt: skip


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_everyone_is_answered_when_more_press_at_once_than_there_are_threads(runtime: Runtime) -> None:
    runtime.settings.web_threads = THREADS
    anna = a_colleague(runtime, ANNA, "Anna", "editor").client.cookies
    with writing(runtime.engine) as session:
        load_register(session)
        readers = [a_reader(session, runtime.clock(), f"r{number}@emmen.nl") for number in range(PEOPLE)]
        crowd = Crowd(runtime, session, readers)
        presses = {kind.__name__: list(kind(crowd)) for kind in KINDS}
    cookies = {**anna, "kp_csrf": "seed"}
    csrf = make_token(runtime.settings, Purpose.CSRF, "seed", now=runtime.clock())
    with (
        serving(make_app(runtime, ROUTERS)) as site,
        httpx.Client(
            base_url=site, cookies=cookies, timeout=60, limits=httpx.Limits(max_connections=None)
        ) as client,
        ThreadPoolExecutor(PEOPLE) as pool,
    ):
        for kind, all_of_it in presses.items():
            at_once = Barrier(PEOPLE)

            def press(one: Press, at_once: Barrier = at_once) -> int:
                at_once.wait(timeout=60)
                return client.post(one[0], data={"csrf": csrf, **one[1]}).status_code

            began = time.monotonic()
            answers = list(pool.map(press, all_of_it))
            assert set(answers) <= {200, 303}, (kind, answers)
            assert time.monotonic() - began < PATIENCE, kind


LAZY = {
    "service.web.registering._visit",
    "service.web.webinar_place._visit",
    "service.desk.webinar_frame.editing",
}
"""Dependencies that are handed a transaction and do nothing with it before the route begins."""


def test_no_dependency_but_those_that_only_pass_it_on_takes_the_transaction() -> None:
    found = set()
    for router in (*SITE, *ROUTERS):
        for route in router.routes:
            if isinstance(route, APIRoute):
                found |= takers(route.dependant)
    assert found == LAZY


def takers(route: Dependant) -> set[str]:
    """The dependencies below this one that ask for a transaction themselves."""
    found = set()
    for one in route.dependencies:
        if any(below.call is transaction for below in one.dependencies):
            found.add(f"{one.call.__module__}.{one.call.__name__}")
        found |= takers(one)
    return found
