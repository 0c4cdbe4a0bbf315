"""School holidays and recesses at the desk: listed, corrected, and confirmed by whoever held them against their sources."""

import re

import pytest
from at_webinars import HERE, ON_ONE
from colleague import ANNA, BERT, Colleague, a_colleague
from conftest import SetClock
from sqlmodel import select

from service.audit import Act, AuditEvent
from service.database import reading
from service.runtime import Runtime

DAYS = f"{HERE}/vakanties"
ONE = f"{DAYS}/2027/autumn/zuid"
MOMENT = {"day": "2027-10-19", "starts": "10:00", "ends": "11:00"}


@pytest.fixture
def anna(runtime: Runtime) -> Colleague:
    return a_colleague(runtime, ANNA, "Anna", "editor")


def section(anna: Colleague, year: int) -> str:
    html = anna.get(DAYS).text.replace('<span class="whole">', "").replace("</span>", "")
    return html.split(f'id="jaar-{year}"')[1].split("</section>")[0]


def seen(html: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', html)
    assert found
    return found[1]


def moment(anna: Colleague) -> str:
    return anna.client.get(f"{HERE}/moment", params=MOMENT).text


@ON_ONE
def test_years_are_listed_with_what_is_missing_said_plainly(
    runtime: Runtime, anna: Colleague, clock: SetClock
) -> None:
    html = anna.get(DAYS).text
    assert [int(year) for year in re.findall(r'id="jaar-(\d+)"', html)] == [2026, 2027, 2028]
    assert "niet nagekeken" in section(anna, 2026)
    assert "21 feb t/m 1 mrt" in section(anna, 2026)
    assert "de voorjaarsvakantie: Tweede Kamer" in section(anna, 2026)
    assert "Voor 2028 staan er geen recessen in." in section(anna, 2028)
    assert "<li>de zomervakantie: Noord, Midden, Zuid</li>" in section(anna, 2028)
    clock.advance(days=2 * 365)
    bert = a_colleague(runtime, BERT, "Bert", "editor")
    html = section(bert, 2030)
    assert "niets bekend" in html
    assert "Voor 2030 staan er geen schoolvakanties van Noord in." in html
    assert "bevestigen" not in html
    english = bert.get(f"{DAYS}?taal=en").text
    assert "not checked" in english
    assert "The May holiday" in english


@ON_ONE
def test_a_year_is_confirmed_and_the_check_of_moments_says_so(runtime: Runtime, anna: Colleague) -> None:
    assert "Nog niet nagekeken." in moment(anna)
    sent = anna.post(f"{DAYS}/2027/bevestigen", {"seen": seen(section(anna, 2027))}, via=DAYS)
    assert sent.headers["location"] == f"{DAYS}?klaar=jaar#jaar-2027"
    html = section(anna, 2027)
    assert f"Nagekeken door {ANNA} op 1 december 2026." in html
    assert "Ik heb 2027 nagekeken" not in html
    assert "herfstvakantie" in moment(anna)
    assert "nagekeken." not in moment(anna)
    assert "niet nagekeken" in section(anna, 2026)
    with reading(runtime.engine) as session:
        confirmed = select(AuditEvent).where(AuditEvent.action == Act.DAYS_CONFIRMED)
        assert [(one.actor, one.detail) for one in session.exec(confirmed)] == [(ANNA, "2027")]


@ON_ONE
def test_a_day_is_corrected_added_and_taken_away(runtime: Runtime, anna: Colleague) -> None:
    before = seen(section(anna, 2027))
    for wrong, field in (
        ({"first": "2026-10-16", "last": "2027-10-24"}, "first"),
        ({"first": "2027-10-16", "last": "2027-10-15"}, "last"),
        ({"first": "morgen", "last": "2027-10-24"}, "first"),
        ({"first": "2027-10-16", "last": ""}, "last"),
    ):
        refused = anna.post(ONE, wrong, via=ONE)
        assert refused.status_code == 422, wrong
        assert f'<a href="#{field}">' in refused.text
        assert f'value="{wrong["last"]}"' in refused.text
    assert 'value="2027-10-23"' in anna.get(ONE).text
    sent = anna.post(ONE, {"first": "2027-10-16", "last": "2027-10-24"}, via=ONE)
    assert sent.headers["location"] == f"{DAYS}?klaar=vakantie#jaar-2027"
    assert "16 okt t/m 24 okt" in section(anna, 2027)
    assert "In het hele land" in moment(anna)
    late = anna.post(f"{DAYS}/2027/bevestigen", {"seen": before}, via=DAYS)  # the page was older
    assert late.status_code == 409
    assert "Iemand heeft dit jaar net gewijzigd." in late.text
    spring = f"{DAYS}/2028/spring/parliament"
    anna.post(spring, {"first": "2028-02-19", "last": "2028-02-27"}, via=spring)
    assert "19 feb t/m 27 feb" in section(anna, 2028)
    assert anna.post(f"{ONE}/weg", via=ONE).headers["location"] == f"{DAYS}?klaar=vakantie-weg#jaar-2027"
    assert "de herfstvakantie: Zuid, Tweede Kamer" in section(anna, 2027)
    assert "de herfstvakantie van 2027 (Zuid, Tweede Kamer)" in moment(anna)
    assert "Deze dagen weghalen" not in anna.get(ONE).text


@ON_ONE
@pytest.mark.parametrize("path", ["2027/autumn/oost", "2027/pasen/zuid", "1900/may/zuid"])
def test_what_is_no_holiday_has_no_page(anna: Colleague, path: str) -> None:
    assert anna.get(f"{DAYS}/{path}").status_code in (404, 422)
    assert anna.post(f"{DAYS}/{path}", {"first": "2027-05-01"}, via=DAYS).status_code in (404, 422)


@ON_ONE
def test_who_is_no_editor_looks_and_changes_nothing(runtime: Runtime, anna: Colleague) -> None:
    bert = a_colleague(runtime, BERT, "Bert", "administrator")
    html = bert.get(DAYS).text
    assert "21 feb t/m 1 mrt" in section(bert, 2026)
    assert f'href="{ONE}"' not in html
    assert "Ik heb 2027 nagekeken" not in html
    assert bert.get(ONE).status_code == 403
    sent = bert.post(f"{DAYS}/2027/bevestigen", {"seen": "x"}, via=HERE)
    assert sent.status_code == 403
