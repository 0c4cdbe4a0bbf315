"""Signing in by a mailed link: once, within the hour, and over at once when it must be."""

import re
from concurrent.futures import ThreadPoolExecutor

from colleague import ANNA, BERT, Colleague, a_colleague, sign_in_link
from sqlmodel import select

from service.audit import Act, AuditEvent
from service.database import open_engine, reading, writing
from service.mailing.outbox import Delivery
from service.runtime import Runtime
from service.users import SignInLink, add_user, deactivate, sign_in_address, user_by_address


def a_link(runtime: Runtime, address: str = ANNA) -> str:
    with writing(runtime.engine) as session:
        user = add_user(session, address=address, name="Anna", roles=["editor"], now=runtime.clock())
        return sign_in_link(session, runtime, user)


def test_the_desk_is_closed_to_who_is_not_signed_in(runtime: Runtime) -> None:
    stranger = Colleague(runtime)
    for path in ("", "/inbox", "/edities", "/edities/1", "/planning", "/bronnen", "/abonnees", "/beheer"):
        answer = stranger.get(f"/redactie{path}")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/redactie/inloggen?naar=/redactie{path}",
        ), path
    refused = stranger.post("/redactie/edities", {"title": "Van niemand"}, via="/redactie/inloggen")
    assert refused.status_code == 401


def test_asking_for_a_link_mails_one_and_pressing_the_button_signs_in(runtime: Runtime) -> None:
    a_link(runtime)
    anna = Colleague(runtime)
    asked = anna.post("/redactie/inloggen", {"address": "Anna@kennispost.example"}, via="/redactie/inloggen")
    assert "Kijk in uw mail" in asked.text
    with reading(runtime.engine) as session:
        letter = session.exec(select(Delivery)).one()
        newest = session.exec(select(SignInLink).where(SignInLink.nonce == letter.context["nonce"])).one()
        link = sign_in_address(runtime.settings, newest, runtime.clock())
    assert anna.sign_in(link).headers["location"] == "/redactie/inbox"
    assert "Anna" in anna.get("/redactie/inbox").text
    with reading(runtime.engine) as session:
        assert session.exec(select(AuditEvent.actor).where(AuditEvent.action == Act.SIGNED_IN)).all() == [
            ANNA
        ]


def test_the_answer_is_the_same_for_an_address_that_nobody_has(runtime: Runtime) -> None:
    a_link(runtime)
    pages = []
    for address in (ANNA, "zomaar@kennispost.example"):
        answer = Colleague(runtime).post("/redactie/inloggen", {"address": address}, via="/redactie/inloggen")
        assert answer.status_code == 200
        pages.append(re.sub(r'value="[^"]*"', "", answer.text).replace(address, "ADRES"))
    assert pages[0] == pages[1]
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Delivery)).all()) == 1


def test_what_is_not_an_address_is_said_beside_the_field(runtime: Runtime) -> None:
    answer = Colleague(runtime).post("/redactie/inloggen", {"address": "anna"}, via="/redactie/inloggen")
    assert answer.status_code == 422
    assert "Dit is geen e-mailadres" in answer.text


def test_a_mail_scanner_that_opens_the_link_does_not_use_it_up(runtime: Runtime) -> None:
    link = a_link(runtime)
    path = link.removeprefix(runtime.settings.base_url)
    for _visit in range(3):
        page = Colleague(runtime).get(path)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers or "kp_redactie" not in page.headers["set-cookie"]
    assert Colleague(runtime).sign_in(link).status_code == 303


def test_a_link_works_once(runtime: Runtime) -> None:
    link = a_link(runtime)
    path = link.removeprefix(runtime.settings.base_url)
    first, second = Colleague(runtime), Colleague(runtime)
    second.get(path)
    assert first.sign_in(link).status_code == 303
    again = second.post(path, via="/redactie/inloggen")
    assert again.status_code == 410
    assert "verlopen" in again.text
    assert second.get("/redactie/inbox").status_code == 303


def test_a_link_is_over_after_an_hour(runtime: Runtime, clock) -> None:
    link = a_link(runtime)
    clock.advance(minutes=59)
    assert Colleague(runtime).get(link.removeprefix(runtime.settings.base_url)).status_code == 200
    clock.advance(minutes=1)
    assert Colleague(runtime).get(link.removeprefix(runtime.settings.base_url)).status_code == 410


def test_a_tampered_link_is_refused(runtime: Runtime) -> None:
    path = a_link(runtime).removeprefix(runtime.settings.base_url)
    assert Colleague(runtime).get(path[:-2] + "xx").status_code == 400
    assert Colleague(runtime).get("/redactie/inloggen/zomaar").status_code == 400


def test_a_sign_in_needs_the_token_of_the_page(runtime: Runtime) -> None:
    path = a_link(runtime).removeprefix(runtime.settings.base_url)
    anna = Colleague(runtime)
    assert anna.client.post(path).status_code == 403
    assert anna.post(path, via=path).status_code == 303


def test_the_session_cookie_is_for_the_server_alone_and_follows_links_from_mail(runtime: Runtime) -> None:
    cookie = Colleague(runtime).sign_in(a_link(runtime)).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    runtime.settings.base_url = "https://testserver"
    with writing(runtime.engine) as session:
        bert = add_user(session, address=BERT, name="Bert", roles=["editor"], now=runtime.clock())
        link = sign_in_link(session, runtime, bert)
    safe = Colleague(runtime)
    safe.client.base_url = "https://testserver"
    cookie = safe.sign_in(link).headers["set-cookie"]
    assert cookie.startswith("__Host-kp_redactie=")
    assert "Secure" in cookie
    assert safe.get("/redactie/inbox").status_code == 200


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    kept = dict(anna.client.cookies)
    anna.post("/redactie/uitloggen")
    thief = Colleague(runtime)
    thief.client.cookies.update(kept)
    assert thief.get("/redactie/inbox").headers["location"].startswith("/redactie/inloggen?")


def test_a_session_is_over_after_a_day(runtime: Runtime, clock) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "editor")
    clock.advance(hours=23)
    assert anna.get("/redactie/inbox").status_code == 200
    clock.advance(hours=2)
    assert anna.get("/redactie/inbox").status_code == 303


def test_who_lost_access_gets_no_link_and_cannot_use_an_old_one(runtime: Runtime) -> None:
    link = a_link(runtime)
    with writing(runtime.engine) as session:
        anna = user_by_address(session, ANNA)
        assert anna is not None
        deactivate(session, user=anna, now=runtime.clock())
    assert Colleague(runtime).get(link.removeprefix(runtime.settings.base_url)).status_code == 410
    Colleague(runtime).post("/redactie/inloggen", {"address": ANNA}, via="/redactie/inloggen")
    with reading(runtime.engine) as session:
        assert session.exec(select(Delivery)).all() == []


def test_nobody_can_fill_a_mailbox_with_links(runtime: Runtime, clock) -> None:
    a_link(runtime)
    asked = [
        Colleague(runtime).post("/redactie/inloggen", {"address": ANNA}, via="/redactie/inloggen").status_code
        for _ in range(12)
    ]
    assert asked == [200] * 5 + [429] * 7
    with reading(runtime.engine) as session:
        assert len(session.exec(select(Delivery)).all()) == 5
    clock.advance(hours=2)
    assert (
        Colleague(runtime).post("/redactie/inloggen", {"address": ANNA}, via="/redactie/inloggen").status_code
        == 200
    )


def test_of_two_browsers_with_one_link_at_once_one_gets_in(runtime: Runtime) -> None:
    link = a_link(runtime)
    other = Runtime(
        settings=runtime.settings,
        engine=open_engine(runtime.settings),
        clock=runtime.clock,
        vocabulary=runtime.vocabulary,
    )
    path = link.removeprefix(runtime.settings.base_url)
    browsers = [Colleague(runtime), Colleague(other), Colleague(runtime), Colleague(other)]
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(
            pool.map(lambda browser: browser.post(path, via="/redactie/inloggen").status_code, browsers)
        )
    other.engine.dispose()
    assert codes == [303, 410, 410, 410]


def test_who_came_for_a_page_of_the_desk_gets_there_after_signing_in(runtime: Runtime) -> None:
    link = a_link(runtime)
    anna = Colleague(runtime)
    anna.get(anna.get("/redactie/planning").headers["location"])
    assert anna.sign_in(link).headers["location"] == "/redactie/planning"
    assert "kp_naar" not in anna.client.cookies


def test_the_way_after_signing_in_leads_nowhere_but_the_desk(runtime: Runtime) -> None:
    link = a_link(runtime)
    anna = Colleague(runtime)
    elsewhere = (
        "https://kwaad.example/",
        "//kwaad.example",
        "/redactie//kwaad",
        "/redactie/../x",
        "/edities",
    )
    for away in (*elsewhere, "/redactie/inloggen/x"):
        anna.client.get("/redactie/inloggen", params={"naar": away})
        assert "kp_naar" not in anna.client.cookies, away
    anna.client.cookies.set("kp_naar", "https://kwaad.example/")
    assert anna.sign_in(link).headers["location"] == "/redactie/inbox"


def test_a_link_that_is_over_offers_a_new_one(runtime: Runtime, clock) -> None:
    path = a_link(runtime).removeprefix(runtime.settings.base_url)
    clock.advance(hours=2)
    page = Colleague(runtime).get(path)
    assert page.status_code == 410
    assert "Stuur mij een link" in page.text
