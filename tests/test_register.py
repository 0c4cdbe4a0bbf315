"""The register is whole, its faults are named by line, and loading it twice is loading it once."""

from pathlib import Path

import pytest
from sqlmodel import col, select

from service.database import reading, writing
from service.runtime import Runtime
from subscribers.aliases import load_aliases
from subscribers.errors import RegisterFault
from subscribers.organisations import Organisation
from subscribers.partners import load_partners
from subscribers.register import load_register, read_register

HEAD = "cbs_code,name,province,ggd_region,population,tile_column,tile_row\n"
EMMEN = "GM0114,Emmen,Drenthe,GGD Drenthe,107000,23,10\n"


def test_all_342_municipalities_and_25_ggd_regions_are_loaded(runtime: Runtime) -> None:
    with writing(runtime.engine) as session:
        assert load_register(session) == 342
    with reading(runtime.engine) as session:
        kinds = [(one.kind, one.partner_kind) for one in session.exec(select(Organisation))]
        assert kinds.count(("municipality", "")) == 342
        assert kinds.count(("partner", "ggd")) == 25
        found = session.exec(select(Organisation).where(Organisation.key == "GM0796")).one()
        assert (found.name, found.province) == ("'s-Hertogenbosch", "Noord-Brabant")


def test_loading_twice_is_loading_once_and_brings_changes(runtime: Runtime, tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text(HEAD + EMMEN)
    with writing(runtime.engine) as session:
        load_register(session, register)
        before = {one.key: one.id for one in session.exec(select(Organisation))}
    register.write_text(HEAD + EMMEN.replace("107000", "108000"))
    with writing(runtime.engine) as session:
        load_register(session, register)
        assert {one.key: one.id for one in session.exec(select(Organisation))} == before
        emmen = session.exec(select(Organisation).where(col(Organisation.cbs_code) == "GM0114")).one()
        assert emmen.population == 108000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: the columns must be"),
        ("name,cbs_code\n", "line 1: the columns must be"),
        (HEAD, "line 2: the register has no municipalities"),
        (HEAD + "GM0114,Emmen\n", "line 2: 2 fields instead of 7"),
        (HEAD + EMMEN.replace("GM0114", "114"), "line 2: '114' is no CBS code"),
        (HEAD + EMMEN.replace("Emmen", " "), "line 2: name is empty"),
        (HEAD + EMMEN.replace("107000", "veel"), "line 2: population 'veel' is no whole number"),
        (HEAD + EMMEN + EMMEN.replace("GM0114", "GM0115"), "line 3: 'Emmen' stands on line 2 already"),
        (HEAD + EMMEN + EMMEN.replace("Emmen", "Assen"), "line 3: 'GM0114' stands on line 2 already"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    register = tmp_path / "register.csv"
    register.write_text(text)
    with pytest.raises(RegisterFault) as raised:
        read_register(register)
    assert str(register) in str(raised.value)
    assert fault in str(raised.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("partners: [", "line 1"),
        ("version: 1", "no list of partners"),
        ("partners:\n  Jellinek: {name: J}\n", "line 2: 'Jellinek' is no key"),
        ("partners:\n  jellinek: {name: J}\n", "line 2: jellinek needs name, kind, checked and source"),
        ("partners:\n  j: {name: J, kind: zorg, checked: false, source: x}\n", "kind 'zorg'"),
        (
            "partners:\n  j: {name: J, kind: ggd, checked: nee, source: x}\n",
            "checked: true or checked: false",
        ),
        ("partners:\n  j: {name: J, kind: ggd, checked: false, source: x, tel: 1}\n", "something unknown"),
        ("partners:\n  j: {name: 1, kind: ggd, checked: false, source: x}\n", "has no name"),
    ],
)
def test_a_fault_among_the_partners_is_named_with_its_line(tmp_path: Path, text: str, fault: str) -> None:
    partners = tmp_path / "partners.yaml"
    partners.write_text(text)
    with pytest.raises(RegisterFault, match=fault):
        load_partners(partners)


def test_what_nobody_checked_says_so() -> None:
    assert load_partners()
    assert all(partner.source for partner in load_partners())
    assert not any(partner.checked for partner in load_partners())


def test_every_alias_belongs_to_one_organisation_that_exists() -> None:
    register = read_register()
    names = {one.name for one in register} | {one.ggd_region for one in register}
    names |= {partner.name for partner in load_partners()}
    aliases = load_aliases()
    others = [alias for found in aliases.values() for alias in found]
    assert set(aliases) <= names
    assert not set(others) & names
    assert len(others) == len(set(others))


def test_a_fault_among_the_aliases_is_named(tmp_path: Path) -> None:
    path = tmp_path / "aliases.yaml"
    for text in ("aliases: [", "version: 1", "aliases:\n  Emmen: Emmeloord\n"):
        path.write_text(text)
        load_aliases.cache_clear()
        with pytest.raises(RegisterFault, match=r"aliases\.yaml"):
            load_aliases(path)
    load_aliases.cache_clear()
