"""What items are tagged with, and what they are not: each trap of the domain with a sentence of our own."""

import json
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from content.tagged_lines import LINE_LIMIT
from content.tagging import Tagging, tag
from content.vocabulary import FACETS, load_vocabulary

VOCABULARY = load_vocabulary()


def tagged(title: str, summary: str = "") -> Tagging:
    return tag(VOCABULARY, title=title, summary=summary)


def slugs(facet: str, title: str, summary: str = "") -> set[str]:
    return set(tagged(title, summary).tags.get(facet, []))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Lachgascilinders in het park", {"lachgas"}),
        ("Handel in lachgas-tanks", {"lachgas"}),
        ("Slagroompatronen leeggeblazen: ballonnen op het schoolplein", {"lachgas"}),
        ("Uit de fles lachgas gingen ballonnen rond", {"lachgas"}),
        ("GHB en GBL in de regio", {"ghb"}),
        ("Jongere slikte 4\u2010MMC", {"nps"}),
        ("Poes of 3-MMC: hetzelfde zakje", {"nps"}),
        ("Meer ketaminegebruik", {"ketamine"}),
        ("Blowen, wiet en hasj: de feiten", {"cannabis"}),
        ("Een joint bij de coffeeshop", {"cannabis"}),
        ("Cocaine, cocaïne en COCAI\u0308NE", {"cocaine"}),
        ("Coke en basecoke in trek", {"cocaine"}),
        ("Crack naast cocaïne", {"cocaine"}),
        ("MDMA in de pil", {"xtc"}),
        ("Xtc en speed getest", {"xtc", "amfetamine"}),
        ("Crystal meth duikt op", {"amfetamine"}),
        ("Nitazenen in nep-oxycodon", {"opioiden"}),
        ("Xanax en andere benzo's", {"benzodiazepinen"}),
        ("Snus in de kleedkamer", {"snus"}),
        ("Leerlingen vapen stiekem", {"vapen"}),
        ("Rookverbod op terrassen", {"tabak"}),
        ("Comazuipen neemt af", {"alcohol"}),
        ("LSD, 2C-B en paddo's", {"psychedelica"}),
        ("Nieuw drugsbeleid in de regio", {"drugs"}),
        ("Alcohol- en drugsgebruik onder studenten", {"alcohol", "drugs"}),
    ],
)
def test_a_substance_is_recognised_by_its_names_and_compounds(title: str, expected: set[str]) -> None:
    assert slugs("substance", title) == expected


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        ("N2O telt zwaar mee", "Het broeikasgas komt uit mest."),
        ("Uitstoot van lachgas op akkers gemeten", ""),
        ("Lachgas en methaan in de stikstofdiscussie", ""),
        ("Lachgas bij de tandarts helpt tegen angst", ""),
        ("Lachgas tijdens de bevalling", ""),
        ("Leeuw met ketamine onder narcose", ""),
        ("Speedboot vaart op pier", "De snelheid was te hoog."),
        ("Cokes voor de hoogovens", ""),
        ("Geen handalcohol meer bij de drogist", ""),
        ("Uitgaande van 300 gasten is de zaal te klein", "De gemeente gaat uit van minder."),
        ("Citytrip naar Parijs", "Transport inbegrepen."),
        ("Poes Mimi is zoek", "De huiskat is zwart."),
        ("Ballonnen op het verjaardagsfeest", ""),
        ("Joint venture voor windparken", ""),
        ("Wietske wint de marathon", ""),
        ("Optreden van The War on Drugs", ""),
        ("Muziekfestival in het park", "Er is ook een foodtruck."),
        ("Wijn bij de vis: tien recepten", "Een menu met biertje."),
        ("Buren roken een brandlucht", ""),
        ("Gerookte zalm op toast", ""),
        ("Paddock vol auto's", ""),
        ("Topman van Coke vertrekt bij Coca-Cola", ""),
        ("Doolhof als trip zonder drugs", ""),
    ],
)
def test_a_trap_is_no_substance_and_gets_nothing(title: str, summary: str) -> None:
    tagging = tagged(title, summary)
    assert (tagging.relevance, tagging.matches) == (0, ())


def test_drugs_is_not_added_beside_a_named_substance_but_stays_beside_alcohol() -> None:
    assert slugs("substance", "Drugs gevonden", "In de loods lag heroïne.") == {"opioiden"}
    assert slugs("substance", "Drugs gevonden", "In de loods lag een zak.") == {"drugs"}
    assert slugs("substance", "Drugs en bier", "Zij had alcohol en drugs op.") == {"alcohol", "drugs"}


def test_drugs_in_its_own_right_is_kept_beside_a_named_substance() -> None:
    assert slugs("substance", "Xtc en andere drugs", "Wat doen ze met het lichaam?") == {"drugs", "xtc"}


def test_an_e_cigarette_is_no_cigarette() -> None:
    assert slugs("substance", "E-sigaret met smaakje verboden") == {"vapen"}
    assert slugs("substance", "Sigaret en e\u2011sigaret achter de toonbank") == {"tabak", "vapen"}


def test_context_words_count_beside_another_drug_only() -> None:
    assert slugs("substance", "Speed op het ijs", "De schaatser was snel.") == set()
    assert "amfetamine" in slugs("substance", "Cocaïne en speed in de kluis")


@pytest.mark.parametrize(
    "title",
    [
        "Geen drugs op ons feest",
        "Een avond zonder alcohol of drugs",
        "Alcoholvrij bier",
        "Rookvrij schoolplein",
    ],
)
def test_a_negation_keeps_the_topic_and_says_that_it_is_denied(title: str) -> None:
    matches = [match for match in tagged(title).matches if match.facet == "substance"]
    assert matches
    assert {match.polarity for match in matches} == {"negated"}


def test_what_is_not_denied_is_affirmed() -> None:
    polarity = {
        match.slug: match.polarity
        for match in tagged("Geen bier, wel alcohol: geen verbod op lachgas").matches
    }
    assert polarity["lachgas"] == "affirmed"


@pytest.mark.parametrize(
    ("setting", "title", "summary"),
    [
        ("publieke-ruimte", "Lachgas op straat wordt verboden", ""),
        ("publieke-ruimte", "Automobilist reed onder invloed van ghb", ""),
        ("horeca", "Alcohol in het nachtleven", "Horeca schenkt door na sluitingstijd."),
        ("evenementen", "Drugsgebruik op festivals", ""),
        ("sport", "Sportclubs schenken minder alcohol", ""),
        ("primair-en-voortgezet-onderwijs", "Middelbare scholieren en vapen", ""),
        ("mbo", "Middelengebruik op het mbo", ""),
        ("hoger-onderwijs", "Studenten en cocaïne", ""),
        ("jeugdhulp", "Cannabis in de jeugdzorg", ""),
        ("werkplek", "Alcohol op de werkvloer", ""),
        ("gemeenschap", "Bewoners klagen", "Drugsoverlast in de wijk neemt toe."),
        ("zorg-en-welzijn", "Wijkteams leren over alcohol", ""),
        ("familie-en-gezin", "Ouderavond over drugsgebruik", ""),
    ],
)
def test_a_setting_is_recognised(setting: str, title: str, summary: str) -> None:
    assert setting in slugs("setting", title, summary)


def test_a_setting_needs_a_substance_near_it() -> None:
    far = "en " * 40
    assert slugs("setting", "Festival trekt bezoekers") == set()
    assert slugs("setting", "Festival trekt bezoekers", f"{far} ergens anders werd cocaïne gevonden") == set()
    assert slugs("setting", "Uitgaande van drugs als handelswaar") == set()


def test_the_other_facets_are_tagged_too() -> None:
    tagging = tagged(
        "Gemeenteraad wil verbod op lachgas",
        "Jongeren melden zich met klachten bij de huisarts, ziet de GGD.",
    )
    assert "jongeren-12-18" in tagging.tags["target-group"]
    assert {"bestuur", "gezondheid"} <= set(tagging.tags["domain"])
    assert "wet-en-beleid" in tagging.tags["theme"]
    assert slugs("step", "Gezondheidsmonitor: minder alcohol") == {"stap-3-cijfers"}


def test_the_title_weighs_more_than_the_lead() -> None:
    assert tagged("Ketamine in opkomst", "Ook xtc is er nog.").tags["substance"] == ["ketamine", "xtc"]
    assert tagged("Xtc is er nog", "Ook ketamine.").tags["substance"] == ["xtc", "ketamine"]


@pytest.mark.parametrize(
    ("relevance", "title", "summary"),
    [
        (2, "Gemeente verbiedt lachgas in de binnenstad", "De burgemeester wil minder overlast."),
        (2, "Trimbos: cocaïnegebruik stijgt", "Vooral onder jongvolwassenen."),
        (2, "Voorlichting over alcohol op school", ""),
        (2, "Artsen zien zenuwschade door lachgas", "Steeds meer jongeren hebben klachten."),
        (2, "Bewoners klagen over drugsoverlast", ""),
        (2, "Wachttijd in de verslavingszorg loopt op", ""),
        (1, "Man aangehouden met cocaïne", "Hij had tien wikkels in zijn auto."),
        (1, "Hennepkwekerij opgerold", "Agenten vonden 200 planten."),
        (1, "Zes jaar cel voor drugshandel", "De rechtbank achtte smokkel bewezen."),
        (1, "Dronken bestuurder botst op lantaarnpaal", "De man is aangehouden."),
        (1, "Amerikaanse rapper betrapt met xtc", ""),
        (0, "Nieuw fietspad geopend", "De wethouder knipte het lint door."),
        (0, "Geen drugs, wel poffertjes", "De buurt vierde feest."),
    ],
)
def test_relevance_tells_prevention_from_an_incident(relevance: int, title: str, summary: str) -> None:
    assert tagged(title, summary).relevance == relevance


def test_a_relevance_gives_its_reasons() -> None:
    assert "prevention +8" in tagged("Preventie van alcoholgebruik").reasons


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_evidence_stands_where_it_says(form: str) -> None:
    title = unicodedata.normalize(form, "Één café, één cocaïnevangst")  # type: ignore[arg-type]
    summary = unicodedata.normalize(form, "Vóór de deur: héél veel heroïne\u2010afval én wiet.")  # type: ignore[arg-type]
    fields = {"title": title, "summary": summary}
    matches = [match for match in tagged(title, summary).matches if match.facet == "substance"]
    assert [match.slug for match in matches] == ["cocaine", "opioiden", "cannabis"]
    for match in matches:
        assert fields[match.field][match.start :].startswith(match.text)
    assert matches[0].text == unicodedata.normalize(form, "cocaïnevangst")  # type: ignore[arg-type]
    assert matches[0].rule == "open_tail: cocain"


def test_a_phrase_does_not_run_from_the_title_into_the_lead() -> None:
    assert [match.text for match in tagged("Crystal", "Meth").matches] == ["Meth"]


def test_a_long_text_takes_time_in_proportion() -> None:
    tagging = tagged("drugs", "onder invloed van drugs-" * 4000 + "-" * 50_000)
    assert tagging.tags["substance"] == ["drugs"]


def run(lines: bytes, folder: Path, *options: str) -> subprocess.CompletedProcess[bytes]:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "service", "tag", *options]
    environment = {"PYTHONPATH": str(root), "PATH": ""}
    return subprocess.run(
        command, input=lines, capture_output=True, cwd=folder, env=environment, timeout=60, check=False
    )


def answers(result: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_command_answers_each_line_in_any_folder_without_a_database(tmp_path: Path) -> None:
    items = [
        {"id": "é1", "title": "Lachgas op straat verboden", "summary": "Cocaïne ook."},
        {"id": 2, "title": "Zon"},
    ]
    result = run("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode(), tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    first, second = answers(result)
    assert list(first) == ["id", "relevance", "tags", "matches"]
    assert first["id"] == "é1"
    assert first["relevance"] == 2
    assert list(first["tags"]) == list(FACETS)
    assert first["tags"]["substance"] == ["lachgas", "cocaine"]
    assert first["matches"][0] == {
        "slug": "lachgas",
        "text": "Lachgas",
        "field": "title",
        "start": 0,
        "rule": "open_tail: lachgas",
    }
    assert second == {"id": 2, "relevance": 0, "tags": {facet: [] for facet in FACETS}, "matches": []}
    assert list(tmp_path.iterdir()) == []


def test_a_bad_line_still_gets_its_line_and_the_exit_code_says_so(tmp_path: Path) -> None:
    good = b'{"id": 9, "title": "GHB", "summary": null}'
    bad = {
        b"geen json": "not JSON",
        b"[1, 2]": "not a JSON object",
        b'{"id": 1}': "title is missing",
        b'{"id": 1, "title": 5}': "title is not a text",
        b'{"id": 1, "title": "x", "summary": []}': "summary is not a text",
        b'{"id": 1, "title": "\xff"}': "not UTF-8",
        b'{"id": 1, "title": "a\x00b"}': "NUL",
        b'{"id": 1, "title": "a\\u0000b"}': "NUL",
        b'{"id": 1, "title": "\\ud800"}': "surrogate",
        b'{"id": NaN, "title": "x"}': "not JSON",
        b'{"id": {}, "title": "x"}': "id is neither",
        b"": "empty",
        b"[" * 100_000: "nested too deeply",
    }
    result = run(b"\n".join([*bad, good]), tmp_path)
    found = answers(result)
    assert result.returncode == 1
    assert len(found) == len(bad) + 1
    for answer, words in zip(found, bad.values(), strict=False):
        assert words in answer["problems"][0]
        assert answer["matches"] == []
    assert "problems" not in found[-1]
    assert found[-1]["tags"]["substance"] == ["ghb"]
    assert f"{len(bad)} of {len(bad) + 1} lines".encode() in result.stderr


def test_a_line_that_is_too_long_costs_one_answer_and_not_the_next(tmp_path: Path) -> None:
    result = run(b'{"title": "' + b"x" * (2 * LINE_LIMIT + 10) + b'"}\n{"id": 2, "title": "ghb"}\n', tmp_path)
    first, second = answers(result)
    assert "longer than" in first["problems"][0]
    assert second["relevance"] == 1


def test_answers_stream(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "service", "tag"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env={"PYTHONPATH": str(root)}
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(json.dumps({"id": number, "title": "xtc"}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(timeout=20) == 0


def test_a_faulty_vocabulary_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: 1\nfacets:\n  middelen: {}\n", encoding="utf-8")
    result = run(b"", tmp_path, "--vocabulary", str(path))
    assert result.returncode == 1
    assert b"mine.yaml, line 3: 'middelen' is not a facet" in result.stderr
