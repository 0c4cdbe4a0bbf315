"""200 people press at the same moment, over real HTTP: as many seats as there are, and nobody twice."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from builders import a_reader
from sqlmodel import select
from webinars import a_webinar

from service.database import reading, writing
from service.mailing.links import register_link
from service.mailing.outbox import Mailing
from service.runtime import Runtime
from service.tokens import Purpose, make_token
from subscribers.registrations.tables import Registration

PEOPLE = 200
SEATS = 40


@pytest.mark.timeout(600)
def test_200_simultaneous_registrations_take_no_more_seats_than_there_are(
    runtime: Runtime, site: str
) -> None:
    now = runtime.clock()
    with writing(runtime.engine) as session:
        webinar = a_webinar(session, now, capacity=SEATS)
        readers = [a_reader(session, now, f"p{number}@emmen.nl") for number in range(PEOPLE)]
        paths = [
            register_link(runtime.settings, one, webinar.slug, now).removeprefix("http://testserver")
            for one in readers
        ]
    csrf = make_token(runtime.settings, Purpose.CSRF, "seed", now=now)
    at_once = Barrier(PEOPLE)
    answers: list[list[int]] = []

    with httpx.Client(
        base_url=site, cookies={"kp_csrf": "seed"}, timeout=500, limits=httpx.Limits(max_connections=None)
    ) as client:

        def press(path: str) -> None:
            """Wait for all others, and press twice."""
            at_once.wait(timeout=200)
            fields = {"csrf": csrf, "answer": "seat"}
            answers.append([client.post(path, data=fields).status_code for _time in range(2)])

        with ThreadPoolExecutor(PEOPLE) as pool:
            list(pool.map(press, paths))
    assert answers == [[303, 303]] * PEOPLE
    with reading(runtime.engine) as session:
        standings = Counter(session.exec(select(Registration.standing)))
        mails = Counter(session.exec(select(Mailing.kind)))
        waiting = select(Registration.queued_at).where(Registration.standing == "waiting")
        assert all(session.exec(waiting))
    assert standings == {"seat": SEATS, "waiting": PEOPLE - SEATS}
    assert mails == {"webinar-seat": SEATS, "webinar-waiting": PEOPLE - SEATS}
