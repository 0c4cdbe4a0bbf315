"""People of the desk: who they are, what they may do, and that someone is always left to add them."""

import json

import pytest
from colleague import ANNA, BERT, a_colleague
from sqlmodel import select
from typer.testing import CliRunner

from service.audit import Act, AuditEvent
from service.cli import app
from service.database import reading, writing
from service.errors import LastAdministrator, UserExists
from service.mailing.outbox import Delivery
from service.runtime import Runtime
from service.users import (
    RoleName,
    add_user,
    deactivate,
    roles_of,
    set_roles,
    user_by_address,
    users_with_role,
)
from subscribers.errors import NotAnAddress


def test_a_person_may_have_several_roles_and_is_known_under_one_spelling(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        user = add_user(
            session,
            address=" Anna@Kennispost.example ",
            name="Anna",
            roles=["editor", "publisher"],
            now=clock(),
        )
        assert user.address == ANNA
        assert roles_of(session, user) == {"editor", "publisher"}
        assert user_by_address(session, "ANNA@kennispost.example") == user
        with pytest.raises(UserExists):
            add_user(session, address=ANNA, name="Anna weer", roles=[], now=clock())


@pytest.mark.parametrize("address", ["", "anna", "anna@", "anna@nergens", "a b@kennispost.example"])
def test_what_is_not_an_address_is_refused(runtime: Runtime, clock, address: str) -> None:
    with pytest.raises(NotAnAddress), writing(runtime.engine) as session:
        add_user(session, address=address, name="Anna", roles=["editor"], now=clock())


def test_the_last_administrator_keeps_role_and_access(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        anna = add_user(session, address=ANNA, name="Anna", roles=["administrator"], now=clock())
        bert = add_user(session, address=BERT, name="Bert", roles=["administrator"], now=clock())
        deactivate(session, user=bert, now=clock())
        with pytest.raises(LastAdministrator):
            set_roles(session, user=anna, roles=["editor"])
        with pytest.raises(LastAdministrator):
            deactivate(session, user=anna, now=clock())
        assert roles_of(session, anna) == {"administrator"}


def test_who_has_no_access_gets_no_letters(runtime: Runtime, clock) -> None:
    with writing(runtime.engine) as session:
        anna = add_user(session, address=ANNA, name="Anna", roles=["editor", "publisher"], now=clock())
        bert = add_user(session, address=BERT, name="Bert", roles=["editor"], now=clock())
        deactivate(session, user=bert, now=clock())
        assert users_with_role(session, RoleName.EDITOR, RoleName.PUBLISHER) == [anna]


def test_an_administrator_adds_someone_who_gets_a_link_by_mail(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "administrator")
    answer = anna.post("/redactie/beheer", {"address": BERT, "name": "Bert", "roles": ["publisher"]})
    assert answer.headers["location"] == "/redactie/beheer?klaar=persoon"
    assert "Bert" in anna.get("/redactie/beheer").text
    with reading(runtime.engine) as session:
        bert = user_by_address(session, BERT)
        assert bert is not None
        assert roles_of(session, bert) == {"publisher"}
        letter = session.exec(select(Delivery).where(Delivery.user_id == bert.id)).one()
        assert set(letter.context) == {"nonce"}
        added = session.exec(select(AuditEvent).where(AuditEvent.action == Act.USER_ADDED)).one()
        assert (added.actor, added.subject, added.detail) == (ANNA, BERT, "publisher")


def test_a_form_with_a_known_address_says_so_and_keeps_what_was_filled_in(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "administrator")
    answer = anna.post("/redactie/beheer", {"address": ANNA, "name": "Nog een Anna", "roles": ["editor"]})
    assert answer.status_code == 422
    assert "Er is al iemand met dit adres." in answer.text
    assert "Nog een Anna" in answer.text


def test_only_an_administrator_sees_and_changes_people(runtime: Runtime) -> None:
    editor = a_colleague(runtime, ANNA, "Anna", "editor", "publisher")
    assert editor.get("/redactie/beheer").status_code == 403
    assert editor.post("/redactie/beheer", {"address": BERT, "roles": ["administrator"]}).status_code == 403
    assert "/redactie/beheer" not in editor.get("/redactie/inbox").text


def test_access_taken_away_ends_a_session_at_once_and_can_be_given_back(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "administrator")
    bert = a_colleague(runtime, BERT, "Bert", "editor")
    assert bert.get("/redactie/inbox").status_code == 200
    with reading(runtime.engine) as session:
        found = user_by_address(session, BERT)
        assert found is not None
        page = f"/redactie/beheer/{found.id}"
    assert "Toegang van Bert weghalen" in anna.get(page).text
    anna.post(f"{page}/toegang", {"active": "false"})
    assert bert.get("/redactie/inbox").headers["location"].startswith("/redactie/inloggen?")
    anna.post(f"{page}/toegang", {"active": "true"})
    with reading(runtime.engine) as session:
        found = user_by_address(session, BERT)
        assert found is not None
        assert found.active


def test_roles_change_from_the_next_request_on(runtime: Runtime) -> None:
    anna = a_colleague(runtime, ANNA, "Anna", "administrator")
    bert = a_colleague(runtime, BERT, "Bert", "editor")
    with reading(runtime.engine) as session:
        found = user_by_address(session, BERT)
        assert found is not None
        page = f"/redactie/beheer/{found.id}"
    anna.post(f"{page}/rollen", {"roles": ["administrator"]})
    assert bert.get("/redactie/beheer").status_code == 200
    assert bert.post("/redactie/edities", {"title": "Mag niet"}, via="/redactie/beheer").status_code == 403


@pytest.fixture
def command(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """`kennispost users` on a data folder that does not exist yet."""
    monkeypatch.setenv("KENNISPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("KENNISPOST_BASE_URL", "https://kennispost.example")
    return lambda *words: CliRunner().invoke(app, ["users", *words])


def test_the_command_line_adds_the_first_administrator_and_prints_a_link(command) -> None:
    result = command("add", ANNA, "--name", "Anna", "--role", "administrator", "--role", "editor")
    assert result.exit_code == 0, result.output
    line = json.loads(result.stdout)
    assert line["address"] == ANNA
    assert line["roles"] == ["administrator", "editor"]
    assert line["sign_in"].startswith("https://kennispost.example/redactie/inloggen/")
    listed = json.loads(command("list").stdout)
    assert listed == {"address": ANNA, "name": "Anna", "roles": ["administrator", "editor"], "active": True}
    assert json.loads(command("link", ANNA).stdout)["sign_in"] != line["sign_in"]


def test_the_command_line_refuses_with_a_reason_and_code_1(command) -> None:
    command("add", ANNA)
    for words in (("add", ANNA), ("add", "geen adres"), ("link", BERT)):
        result = command(*words)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.strip()
    assert command("add", BERT, "--role", "koning").exit_code == 2
