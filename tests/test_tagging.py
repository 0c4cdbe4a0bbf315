"""What items are tagged with, and what they are not: each trap of the domain with a sentence of our own."""

import unicodedata

import pytest

from content.tagging import Tagging, tag
from content.vocabulary import load_vocabulary

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


def test_what_is_named_in_passing_after_the_lead_does_not_count() -> None:
    lead = "De gemeenteraad praat over de overlast in het park. " * 7
    assert slugs("substance", "Lachgas in het park", f"{lead} Ook cocaïne werd genoemd.") == {"lachgas"}
    assert slugs("substance", "Lachgas in het park", f"Ook cocaïne werd genoemd. {lead}") == {
        "lachgas",
        "cocaine",
    }
    twice = f"{lead} Ook cocaïne werd genoemd. Cocaïne blijft een zorg."
    assert slugs("substance", "Lachgas in het park", twice) == {"lachgas", "cocaine"}
    assert slugs("substance", "Overlast in het park", f"{lead} Ook cocaïne werd genoemd.") == {"cocaine"}
    assert slugs("substance", "Drugsoverlast in het park", f"{lead} Het gaat om cocaïne.") == {
        "drugs",
        "cocaine",
    }


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
    assert tagged("Research chemicals").tags["substance"] == ["nps"]
    assert tagged("Research", "chemicals").matches == ()


def test_a_long_text_takes_time_in_proportion() -> None:
    tagging = tagged("drugs", "onder invloed van drugs-" * 4000 + "-" * 50_000)
    assert tagging.tags["substance"] == ["drugs"]
