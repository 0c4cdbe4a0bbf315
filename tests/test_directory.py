"""The partner directory: who helps in a municipality, at the desk, on the public page and in the mail."""

import pytest
from colleague import ANNA, Colleague, a_colleague
from sqlmodel import Session, select

from service.audit import AuditEvent
from service.database import reading, writing
from service.mailing.fragments import region
from service.runtime import Runtime
from subscribers.curating import confirm_entry
from subscribers.directory import (
    Helper,
    PartnerEntry,
    entry_of,
    helpers,
    load_directory,
    who_does_this,
    who_helps,
)
from subscribers.organisations import Organisation
from subscribers.partners import load_partners
from subscribers.register import load_register, read_register
from tests.visitor import Visitor

LIST = "/redactie/abonnees/partners"


@pytest.fixture
def anna(house: Runtime) -> Colleague:
    return a_colleague(house, ANNA, "Anna", "editor")


def named(session: Session, name: str) -> Organisation:
    return session.exec(select(Organisation).where(Organisation.name == name)).one()


def test_each_place_that_the_file_names_exists_and_nothing_is_checked_yet() -> None:
    register = read_register()
    places = {one.ggd_region for one in register} | {one.cbs_code for one in register} | {"NL"}
    for partner in load_partners():
        assert set(partner.serves) <= places, partner.slug
        assert not partner.checked
        assert partner.source


def test_every_municipality_has_its_ggd_and_its_police(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
        known = helpers(session)
        without = []
        for one in session.exec(select(Organisation).where(Organisation.kind == "municipality")):
            kinds = [helper.kind for helper in who_helps(one, known)]
            assert kinds.count("ggd") == 1, one.name
            assert kinds == sorted(kinds, key=("ggd", "addiction-care", "police", "halt", "national").index)
            if "addiction-care" not in kinds:
                without.append(one.name)
        assert len(without) <= 19, "the part of Noord- en Oost-Gelderland of which we are not certain"


def test_whom_to_call_is_shown_once_somebody_checked_it(house: Runtime, anna: Colleague) -> None:
    with reading(house.engine) as session:
        vnn = named(session, "Verslavingszorg Noord Nederland (VNN)").id
    at = f"{LIST}/{vnn}"
    assert "nog niet nagekeken" in anna.get(at).text
    filled = {
        "name": "Verslavingszorg Noord Nederland (VNN)", "kind": "addiction-care", "serves": "GGD Drenthe\r\nBergen (NH)\r\n",
        "roles": ["advises"], "activities": ["information"], "contact": "mevrouw De Vries", "telephone": "050 12 34 567",
        "source": "gebeld op 1 december",
    }  # fmt: skip
    assert anna.post(at, {**filled, "telephone": "bel mij"}, via=at).status_code == 422
    assert anna.post(at, {**filled, "serves": "Atlantis"}, via=at).status_code == 422
    assert anna.post(at, {**filled, "website": "javascript:alert(1)"}, via=at).status_code == 422
    assert anna.post(at, filled, via=at).status_code == 303
    page = Visitor(house).get("/wie-helpt/emmen").text
    assert "VNN" in page
    assert "De Vries" not in page
    assert anna.post(f"{at}/bevestigen", via=at).status_code == 303
    page = Visitor(house).get("/wie-helpt/emmen").text
    assert "mevrouw De Vries" in page
    assert "tel:0501234567" in page
    assert "VNN" in Visitor(house).get("/wie-helpt/bergen-nh").text
    with writing(house.engine) as session:
        load_directory(session)
        entry, _organisation = entry_of(session, vnn)
        assert (entry.contact, entry.checked_by) == ("mevrouw De Vries", ANNA), (
            "the file does not undo the desk"
        )
        acts = [
            (one.actor, one.action)
            for one in session.exec(select(AuditEvent))
            if one.subject == f"partner {vnn}"
        ]
        assert acts == [(ANNA, "partner-changed"), (ANNA, "partner-confirmed")]


def test_a_change_has_to_be_confirmed_again(house: Runtime, anna: Colleague) -> None:
    with writing(house.engine) as session:
        entry = session.exec(select(PartnerEntry)).first()
        confirm_entry(session, entry.organisation_id, by="bert@example.org", now=house.clock())
        number, name = entry.organisation_id, entry_of(session, entry.organisation_id)[1].name
    anna.post(f"{LIST}/{number}", {"name": name, "kind": "ggd", "source": "website"}, via=f"{LIST}/{number}")
    with reading(house.engine) as session:
        assert entry_of(session, number)[0].checked is False


def test_an_editor_adds_a_partner_once(house: Runtime, anna: Colleague) -> None:
    filled = {
        "name": "Welzijn Emmen",
        "kind": "welfare",
        "serves": "emmen",
        "roles": ["executes"],
        "source": "website",
    }
    assert anna.post(f"{LIST}/nieuw", filled, via=f"{LIST}/nieuw").status_code == 303
    assert anna.post(f"{LIST}/nieuw", filled, via=f"{LIST}/nieuw").status_code == 422
    assert anna.post(f"{LIST}/nieuw", {**filled, "name": " "}, via=f"{LIST}/nieuw").status_code == 422
    assert "Welzijn Emmen" in anna.get(LIST).text
    page = Visitor(house, **{"Accept-Language": "en"}).get("/wie-helpt/emmen").text
    assert "Welzijn Emmen" in page
    with reading(house.engine) as session:
        assert "Welzijn Emmen" in [
            one.name for one in who_does_this(named(session, "Emmen"), helpers(session))
        ]
        assert "Welzijn Emmen" not in [
            one.name for one in who_does_this(named(session, "Assen"), helpers(session))
        ]


def test_only_editors_change_partners(house: Runtime) -> None:
    publisher = a_colleague(house, "piet@kennispost.example", "Piet", "publisher")
    assert publisher.get(LIST).status_code == 200
    assert publisher.get(f"{LIST}/nieuw").status_code == 403


def test_the_public_page_asks_for_a_municipality_and_finds_it(house: Runtime) -> None:
    visitor = Visitor(house)
    assert visitor.get("/wie-helpt").status_code == 200
    assert visitor.get("/wie-helpt?organisation=gemeente+emmen").headers["location"] == "/wie-helpt/emmen"
    several = visitor.get("/wie-helpt?organisation=bergen")
    assert several.status_code == 422
    assert "/wie-helpt/bergen-nh" in several.text
    assert "/wie-helpt/bergen-l" in several.text
    assert visitor.get("/wie-helpt?organisation=xqz").status_code == 422
    assert visitor.get("/wie-helpt/GM0114").headers["location"] == "/wie-helpt/emmen"
    assert visitor.get("/wie-helpt/atlantis").status_code in (404, 422)


def test_the_mail_names_who_helps_and_whom_to_call() -> None:
    emmen = Organisation(id=7, kind="municipality", key="GM0114", name="Emmen", ggd_region="GGD Drenthe")
    known = {
        7: (
            Helper(1, "GGD Drenthe", "ggd", True, contact="de heer Jansen", telephone="0592 30 63 00"),
            Helper(2, "VNN", "addiction-care", False),
            Helper(3, "Politie", "police", True, telephone="0900 8844"),
        )
    }
    text = region([emmen], "nl", known)
    assert "GGD Drenthe werkt voor de gemeente Emmen." in text
    assert "GGD: GGD Drenthe (de heer Jansen, 0592 30 63 00)." in text
    assert "Verslavingszorg: VNN." in text
    assert "Politie" not in text
    assert "Addiction care: VNN." in region([emmen], "en", known)
    assert region([Organisation(id=9, kind="partner", key="partner:x", name="X")], "nl", known) == ""
