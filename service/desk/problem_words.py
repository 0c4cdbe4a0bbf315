"""Words for problems: what a visit to a source or a refused partner says in English, as the desk says it.

Visits write down what exactly went wrong, in English, for operators and logs; who reads the desk gets it in their own language.
`tests/test_problem_words.py` goes through the code for problems that are missing here.
"""

import re

from service.i18n import _, translate

WORDS: tuple[tuple[str, str], ...] = (
    # fetching
    (
        r"There was no complete answer within (?P<seconds>\S+) seconds\.",
        _("Binnen %(seconds)s seconden kwam er geen volledig antwoord."),
    ),
    (r"The connection failed: (?P<said>.*)\.?", _("De verbinding mislukte (%(said)s).")),
    (r"The address redirects in a circle\.", _("Het adres verwijst in een kring.")),
    (
        r"The address redirects from https to http, which is refused\.",
        _("Het adres verwijst van https naar http. Dat volgen wij niet."),
    ),
    (
        r"The address redirects more than (?P<times>\d+) times\.",
        _("Het adres verwijst meer dan %(times)s keer door."),
    ),
    (
        r"(?P<address>.*) is not a web address that can be fetched; it must begin with https:// or http://\.",
        _("%(address)s is geen webadres dat wij kunnen ophalen. Het moet met https:// of http:// beginnen."),
    ),
    (
        r"An address with a user name or password in it is refused\.",
        _("Een adres met een gebruikersnaam of wachtwoord halen wij niet op."),
    ),
    (
        r"(?P<host>\S+) does not accept our connection: (?P<said>.*)\.",
        _("%(host)s neemt onze verbinding niet aan (%(said)s)."),
    ),
    (r"The name (?P<host>\S+) has no address\.", _("De naam %(host)s heeft geen adres.")),
    (
        r"The name (?P<host>\S+) could not be found\. Check the address\.",
        _("De naam %(host)s bestaat niet. Controleer het adres."),
    ),
    (
        r"(?P<host>\S+) leads to (?P<address>\S+), which is not a public address; fetching it is refused\.",
        _("%(host)s leidt naar %(address)s. Dat is geen openbaar adres; wij halen het niet op."),
    ),
    (
        r"Port (?P<port>\d+) of (?P<host>\S+) may not be asked; fetching it is refused\.",
        _("Poort %(port)s van %(host)s mogen wij niet vragen; wij halen het niet op."),
    ),
    (
        r"The answer is larger than (?P<size>[^;]+); (?:it was not read|reading stopped there)\.",
        _("Het antwoord is groter dan %(size)s; wij hebben het niet helemaal gelezen."),
    ),
    (
        r"The answer is compressed with (?P<name>.*), which was not asked for\.",
        _("Het antwoord is ingepakt met %(name)s, en daar vroegen wij niet om."),
    ),
    (
        r"The compressed answer is broken and cannot be read\.",
        _("Het ingepakte antwoord is beschadigd en kan niet worden gelezen."),
    ),
    (r"The compressed answer ends halfway\.", _("Het ingepakte antwoord houdt halverwege op.")),
    (r"The site refuses us \(403\)\.", _("De website weigert ons (403).")),
    (r"There is nothing at this address \(404\)\.", _("Op dit adres staat niets (404).")),
    (
        r"The site says that this address is gone for good \(410\)\..*",
        _("De website zegt dat dit adres voorgoed weg is (410)."),
    ),
    (r"The site says that we come too often \(429\)\.", _("De website vindt dat wij te vaak komen (429).")),
    (
        r"The (?:site|source) answered with an error \((?P<status>\d+)\)\.",
        _("De website gaf een foutmelding (%(status)s)."),
    ),
    (
        r"The site answered (?P<status>\d+), without a feed\.",
        _("De website antwoordde %(status)s, zonder lijst met berichten."),
    ),
    # robots.txt
    (
        r"robots\.txt asks us not to read (?P<link>.*)\.",
        _("De website vraagt robots om %(link)s niet te lezen (robots.txt). Daar houden wij ons aan."),
    ),
    (
        r"robots\.txt [^;]*; the site is left alone for now\.",
        _(
            "Wij konden niet lezen wat de website robots toestaat (robots.txt). Daarom laten wij haar nu met rust."
        ),
    ),
    (
        r"robots\.txt asks for (?P<seconds>\S+) seconds between two requests\.",
        _(
            "De website vraagt om %(seconds)s seconden tussen twee vragen (robots.txt). Zo lang kan een bezoek niet duren."
        ),
    ),
    # lists and pages of databases
    (r"The list is empty\.", _("De lijst van de databank is leeg.")),
    (
        r"The list holds no record that can be read\.",
        _("In de lijst staat geen interventie die wij kunnen lezen."),
    ),
    (
        r"The list says that it has (?P<total>\d+) records; (?P<found>\d+) were found\.",
        _("De databank zegt dat zij %(total)s interventies heeft; wij vonden er %(found)s."),
    ),
    (
        r"The (?:list|feed) names a page as its next one that was read already\.",
        _("De lijst verwijst naar een pagina die wij al gelezen hadden."),
    ),
    (
        r"The list was not read further than (?P<pages>\d+) pages\.",
        _("Wij hebben de lijst niet verder gelezen dan %(pages)s pagina’s."),
    ),
    (
        r"Page (?P<page>\d+) of the list answered (?P<status>\d+)\.",
        _("Pagina %(page)s van de lijst gaf een foutmelding (%(status)s)."),
    ),
    (
        r"Page (?P<page>\d+) of the list holds no record that was not seen before\.",
        _("Op pagina %(page)s van de lijst staat niets dat wij nog niet gezien hadden."),
    ),
    (r"The page answered (?P<status>\d+)\.", _("De pagina gaf een foutmelding (%(status)s).")),
    (
        r"The list names this record, and holds no field of it that can be read\.",
        _("De interventie staat in de lijst, zonder gegevens die wij kunnen lezen."),
    ),
    (
        r"Not asked for: the records before it could not be fetched\.",
        _("Niet opgehaald: de interventies hiervoor lukten ook niet."),
    ),
    (
        r"The page holds no record: no name, or no other field that the declaration knows\.",
        _("Op de pagina staat geen interventie: geen naam, of geen ander gegeven dat wij kennen."),
    ),
    (
        r"The page has no (?P<part>.*), in which the record should stand\.",
        _("Op de pagina ontbreekt het deel waar de interventie in hoort te staan (%(part)s)."),
    ),
    (r"The (?:page|answer) is empty\.", _("Het antwoord was leeg.")),
    (
        r"The page is no HTML, or ends halfway: </html> is missing\.",
        _("De pagina is geen HTML, of houdt halverwege op."),
    ),
    (r"The page cannot be read: (?P<said>.*)\.", _("De pagina kan niet worden gelezen (%(said)s).")),
    (
        r"The XML says that it is written in an encoding that documents are not\.",
        _("Het antwoord is geschreven in een tekenset die wij niet lezen."),
    ),
    (
        r"The XML has a DOCTYPE or entities of its own, which is refused\.",
        _("Het antwoord bevat iets dat schadelijk kan zijn (DOCTYPE). Wij lezen het niet."),
    ),
    (r"The XML is not well-formed: (?P<said>.*)\.", _("Het antwoord is geen goede XML (%(said)s).")),
    (r"This is no JSON: (?P<said>.*)\.", _("Het antwoord is geen JSON (%(said)s).")),
    (
        r"(?P<path>.*) cannot be looked up in what came: (?P<said>.*)\.",
        _("Wat wij zoeken (%(path)s) staat niet in het antwoord (%(said)s)."),
    ),
    (
        r"This is no (?P<format>Atom feed|SRU answer|RSS|sitemap): it begins with (?P<tag>.*)\.",
        _("Het antwoord is geen %(format)s: het begint met %(tag)s."),
    ),
    (r"The query was refused: (?P<said>.*)", _("De zoekopdracht werd geweigerd: %(said)s")),
    (
        r"The SRU answer does not say how many records there are\.",
        _("Het antwoord zegt niet hoeveel documenten er zijn."),
    ),
    (r"This is no CSV: (?P<said>.*)\.", _("Het antwoord is geen CSV-bestand (%(said)s).")),
    (
        r"This is no CSV with a header and at most (?P<rows>\d+) rows\.",
        _("Het antwoord is geen CSV-bestand met kopregel en hoogstens %(rows)s regels."),
    ),
    (
        r"Row (?P<row>\d+) has (?P<cells>\d+) cells, the header (?P<wanted>\d+)\.",
        _("Regel %(row)s heeft %(cells)s vakken, de kopregel %(wanted)s."),
    ),
    # documents
    (
        r"(?P<seen>\d+) of (?P<total>\d+|None) records were read\.",
        _("Wij lazen %(seen)s van %(total)s documenten."),
    ),
    (
        r"More than (?P<most>\d+) requests would be needed\.",
        _("Er zouden meer dan %(most)s vragen nodig zijn."),
    ),
    (
        r"More came within an hour than one answer holds\.",
        _("Binnen een uur kwam er meer dan in één antwoord past."),
    ),
    (r"The answer holds no documents\.", _("In het antwoord staan geen documenten.")),
    # partners of the directory
    (r"There is a partner of this name already\.", _("Er is al een partner met deze naam.")),
    (
        r"(?P<field>\w+) is longer than (?P<most>\d+) signs\.",
        _("Een van de velden is langer dan %(most)s tekens (%(field)s)."),
    ),
    (
        r"A partner has a name, a kind, and a source\.",
        _("Vul in elk geval een naam, een soort en een bron in."),
    ),
    (
        r"telephone is no number\.",
        _("Het telefoonnummer klopt niet. Gebruik alleen cijfers, spaties, haakjes, + en -."),
    ),
    (r"website must begin with https://\.", _("Het adres van de website moet met https:// beginnen.")),
    (
        r"serves: (?P<place>.*) is no GGD region and no municipality\.",
        _("%(place)s is geen GGD-regio en geen gemeente. Kies een naam uit de lijst."),
    ),
    # looking, and what nobody foresaw
    (
        r"No level was found that is on the scale\.",
        _("Wij vonden geen erkenning die op de schaal van de databank staat."),
    ),
    (
        r"Unexpected: (?P<said>\S+)\.",
        _("Er ging iets mis bij ons (%(said)s). De beheerder vindt meer in het logboek."),
    ),
)
"""Each English problem as a pattern, and what the desk says, with what stood in its holes."""

_SOME = re.compile(
    r"(?P<before>.*?)\s?(?P<failed>\d+) of (?P<all>\d+) records could not be read; the first: (?P<first>.*)",
    re.DOTALL,
)
_OF_LINK = re.compile(r"(?P<link>https?://\S+): (?P<said>.+)", re.DOTALL)


def in_words(problem: str, language: str) -> str:
    """A problem in the reader's language; "" for one that is not known here, which is then shown as it is."""
    if some := _SOME.fullmatch(problem):
        return _some_in_words(some, language)
    for pattern, words in WORDS:
        if found := re.fullmatch(pattern, problem, re.DOTALL):
            return translate(language, words) % found.groupdict()
    if of_link := _OF_LINK.fullmatch(problem):
        said = in_words(of_link["said"], language)
        return said and f"{of_link['link']}: {said}"
    return ""


def _some_in_words(some: re.Match[str], language: str) -> str:
    first = in_words(some["first"], language)
    before = in_words(some["before"], language) if some["before"] else ""
    if not first or (some["before"] and not before):
        return ""
    words = translate(
        language, _("%(failed)s van %(all)s interventies konden wij niet lezen. De eerste: %(first)s")
    )
    return f"{before} {words % {**some.groupdict(), 'first': first}}".strip()
