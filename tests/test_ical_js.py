"""Calendar objects as npm's ical.js reads them, which is what Thunderbird reads them with.

A check for who develops, with a package that is no part of Kennispost: `make ical-js` fetches it and runs this file, which is
not collected otherwise (tests/conftest.py).
"""

import json
import os
import subprocess
from pathlib import Path

from service.webinars.calendars import published
from tests.test_calendars import MOMENTS, facts, invited

ICAL_JS = Path(os.environ["KENNISPOST_TEST_ICAL_JS"]) / "dist" / "ical.es5.cjs"


def by_ical_js(data: bytes) -> dict:
    script = Path(__file__).parent / "icaljs.cjs"
    done = subprocess.run(["node", script, ICAL_JS], input=data, capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_ical_js_reads_the_same() -> None:
    webinars = [facts(moment, uid=name) for name, moment in MOMENTS.items()]
    found = by_ical_js(published(webinars, name="Webinars"))
    assert [one["uid"] for one in found["events"]] == list(MOMENTS)
    for one, webinar in zip(found["events"], webinars, strict=True):
        assert one["zone"] == "Europe/Amsterdam"
        if "over the hour" not in webinar.uid:  # of a wall clock at night it reads the other one of two
            assert (one["start"], one["end"]) == (
                webinar.starts_at.timestamp(),
                webinar.ends_at.timestamp(),
            ), webinar.uid
        assert (one["title"], one["text"]) == (webinar.title, f"{webinar.text}\n\n{webinar.page}")
        assert one["alarms"] == [-900]


def test_ical_js_reads_an_invitation_its_change_and_its_end() -> None:
    for data, method, status in (
        (invited(facts()), "REQUEST", "CONFIRMED"),
        (invited(facts(cancelled=True), "CANCEL"), "CANCEL", "CANCELLED"),
        (invited(facts(), "CANCEL", person_only=True), "CANCEL", None),
    ):
        found = by_ical_js(data)
        (event,) = found["events"]
        assert (found["method"], event["status"], event["uid"], event["sequence"]) == (
            method, status, facts().uid, 3,
        )  # fmt: skip
        assert event["attendees"] == [["mailto:jan+werk@emmen.nl", "Jan de Vries, MSc"]]
