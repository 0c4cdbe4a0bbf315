"""Planning: what speaks against a moment for a webinar, each with its reason. They are warnings: editors decide. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from holidays import OPTIONAL, PUBLIC, country_holidays

from service.clock import AMSTERDAM
from service.i18n import _, full_date, full_moment, translate
from service.webinars.days import PARLIAMENT, SCOPES, Days, Holiday, Recess, Year, by_scope, load_days

NEAR = timedelta(days=14)
"""Two webinars about the same within this time take each other's visitors."""

COUNCIL_DAYS = (1, 2, 3)
"""Tuesday to Thursday, as `date.weekday` counts."""

COUNCIL_EVENING = time(19, 0)

NAMES = {
    Holiday.SPRING: _("de voorjaarsvakantie"),
    Holiday.MAY: _("de meivakantie"),
    Holiday.SUMMER: _("de zomervakantie"),
    Holiday.AUTUMN: _("de herfstvakantie"),
    Holiday.CHRISTMAS: _("de kerstvakantie"),
}

REGIONS = {"noord": _("Noord"), "midden": _("Midden"), "zuid": _("Zuid")}

WEEKEND = _("%(day)s valt in het weekend.")
HOLIDAY = _("%(day)s is %(name)s. Veel mensen zijn dan vrij.")
SCHOOL = _("In de regio %(regions)s is het dan %(holiday)s (%(until)s).")
EVERYWHERE = _("In het hele land is het dan %(holiday)s (%(until)s).")
UNTIL = _("tot en met %(last)s")
REGION_UNTIL = _("%(region)s tot en met %(last)s")
COUNCILS = _("De meeste gemeenteraden vergaderen niet in %(holiday)s.")
RECESS = _("De Tweede Kamer heeft dan reces (tot en met %(last)s).")
EVENING = _("Op dinsdag, woensdag en donderdag na 19.00 uur vergaderen veel gemeenteraden.")
OTHER = _("Op %(moment)s is er ook een webinar over %(topics)s: “%(title)s”.")
UNKNOWN = _("Nog geen gegevens over %(missing)s. Kijk dat zelf na.")
MISSING = _("%(holiday)s van %(year)s (%(whose)s)")
UNCHECKED = _("Nog niet nagekeken.")
YEAR_UNCHECKED = _("De vakanties en recessen van %(year)s zijn nog niet nagekeken.")
WHOSE = {**REGIONS, PARLIAMENT: _("Tweede Kamer")}

SEASONS = {
    Holiday.SPRING: ((2, 1), (3, 15)),
    Holiday.MAY: ((4, 15), (5, 20)),
    Holiday.SUMMER: ((6, 25), (9, 10)),
    Holiday.AUTUMN: ((10, 1), (11, 7)),
    Holiday.CHRISTMAS: ((12, 15), (1, 15)),
}
"""Between which days each holiday can fall, in any year: outside of them a year of which nothing is known says nothing."""


class Kind(StrEnum):
    """Why a moment may not be a good one."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SCHOOL = "school"
    COUNCILS = "councils"
    PARLIAMENT = "parliament"
    EVENING = "evening"
    OTHER = "other"
    UNKNOWN = "unknown"
    UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Warned:
    """A warning, in the reader's language. `sure` is false where it rests on days that no editor has checked."""

    kind: Kind
    text: str
    sure: bool = True


@dataclass(frozen=True)
class Planned:
    """Another webinar. `topics` are labels of its tags by slug."""

    title: str
    starts_at: datetime
    topics: dict[str, str]


def warnings_for(
    *,
    starts_at: datetime,
    ends_at: datetime,
    tags: Collection[str] = (),
    others: Sequence[Planned] = (),
    language: str = "nl",
    days: Days | None = None,
) -> list[Warned]:
    """What speaks against it, the heaviest first.

    Args:
        starts_at: an instant; what day and hour it is, is told in Europe/Amsterdam.
        ends_at: an instant.
        tags: slugs of what it is about.
        others: webinars that were not cancelled, without this one.
        language: of the texts.
        days: school holidays and recesses; those of `days.yaml` when none are given.

    Raises:
        DaysFault: `days.yaml` cannot be read.
    """
    known = load_days() if days is None else days
    start, end = starts_at.astimezone(AMSTERDAM), ends_at.astimezone(AMSTERDAM)
    day = start.date()
    school = list(_school(day, known, language))
    parliament = list(_parliament(day, known, language))
    meeting = all(one.kind != Kind.COUNCILS for one in school)
    told = not all(one.sure for one in (*school, *parliament))
    return [
        *_weekend(day, language),
        *_holiday(day, language),
        *school,
        *parliament,
        *(_evening(start, end, language) if meeting else ()),
        *_others(starts_at, tags, others, language),
        *_unsure(day, known, language, told=told),
    ]


def _weekend(day: date, language: str) -> Iterator[Warned]:
    if day.weekday() >= 5:
        yield Warned(Kind.WEEKEND, _say(language, WEEKEND, day=full_date(day, language)))


def _holiday(day: date, language: str) -> Iterator[Warned]:
    name = _holidays(day.year, language).get(day)
    if name:
        yield Warned(Kind.HOLIDAY, _say(language, HOLIDAY, day=full_date(day, language), name=name))


def _school(day: date, known: Days, language: str) -> Iterator[Warned]:
    found = [(year, one) for year in known.years.values() for one in year.school if _within(day, one)]
    for holiday in dict.fromkeys(one.holiday for _year, one in found):
        here = [(year, one) for year, one in found if one.holiday == holiday]
        ends: dict[str, date] = {
            region: one.last for region in REGIONS for _year, one in here if one.region == region
        }
        text = _say(
            language,
            EVERYWHERE if len(ends) == len(REGIONS) else SCHOOL,
            regions=", ".join(translate(language, REGIONS[region]) for region in ends),
            holiday=translate(language, NAMES[holiday]),
            until=_until(ends, language),
        )
        yield _judged(Kind.SCHOOL, text, here, language)
        if holiday in known.councils:
            text = _say(language, COUNCILS, holiday=translate(language, NAMES[holiday]))
            yield Warned(Kind.COUNCILS, text)


def _until(ends: Mapping[str, date], language: str) -> str:
    """Until when, once where all regions end on the same day, else by region."""
    if len(set(ends.values())) == 1:
        return _say(language, UNTIL, last=full_date(next(iter(ends.values())), language))
    return ", ".join(
        _say(
            language,
            REGION_UNTIL,
            region=translate(language, REGIONS[region]),
            last=full_date(last, language),
        )
        for region, last in ends.items()
    )


def _parliament(day: date, known: Days, language: str) -> Iterator[Warned]:
    found = [(year, one) for year in known.years.values() for one in year.parliament if _within(day, one)]
    if found:
        last = max(one.last for _year, one in found)
        text = _say(language, RECESS, last=full_date(last, language))
        yield _judged(Kind.PARLIAMENT, text, found, language)


def _evening(start: datetime, end: datetime, language: str) -> Iterator[Warned]:
    late = start.time() >= COUNCIL_EVENING or end.time() > COUNCIL_EVENING or end.date() > start.date()
    if start.weekday() in COUNCIL_DAYS and late:
        yield Warned(Kind.EVENING, translate(language, EVENING))


def _others(
    starts_at: datetime, tags: Collection[str], others: Iterable[Planned], language: str
) -> Iterator[Warned]:
    for other in sorted(others, key=lambda one: one.starts_at):
        shared = [label for slug, label in other.topics.items() if slug in tags]
        if shared and abs(other.starts_at - starts_at) <= NEAR:
            moment = full_moment(other.starts_at, language)
            text = _say(language, OTHER, moment=moment, topics=", ".join(shared), title=other.title)
            yield Warned(Kind.OTHER, text)


def holiday_around(day: date) -> tuple[int, Holiday] | None:
    """Which holiday can fall on a day, and of which year it is: that in which it begins. Pure."""
    for holiday, (first, last) in SEASONS.items():
        if first <= last and first <= (day.month, day.day) <= last:
            return day.year, holiday
        if first > last and ((day.month, day.day) >= first or (day.month, day.day) <= last):
            return day.year - ((day.month, day.day) <= last), holiday
    return None


def missing_of(year: Year | None, holidays: Iterable[Holiday] = tuple(Holiday)) -> dict[Holiday, list[str]]:
    """Of these holidays of a year, whose (`SCOPES`) are not known; those that are known of all are left out. Pure."""
    known = {(one.holiday, scope) for scope, one in (by_scope(year) if year is not None else ())}
    found = {holiday: [scope for scope in SCOPES if (holiday, scope) not in known] for holiday in holidays}
    return {holiday: scopes for holiday, scopes in found.items() if scopes}


def _unsure(day: date, known: Days, language: str, *, told: bool) -> Iterator[Warned]:
    """What is not known of a holiday that could be now, and that nobody checked. Silence would read as "no holiday".

    `told` says that a warning said so already.
    """
    around = holiday_around(day)
    if around is None:
        return
    number, holiday = around
    year = known.years.get(number)
    for scopes in missing_of(year, [holiday]).values():
        whose = ", ".join(translate(language, WHOSE[scope]) for scope in scopes)
        name = translate(language, NAMES[holiday])
        missing = _say(language, MISSING, holiday=name, year=str(number), whose=whose)
        yield Warned(Kind.UNKNOWN, _say(language, UNKNOWN, missing=missing), sure=False)
    if year is not None and not year.checked and not told:
        yield Warned(Kind.UNCHECKED, _say(language, YEAR_UNCHECKED, year=str(number)), sure=False)


def _judged(kind: Kind, text: str, found: Sequence[tuple[Year, Recess]], language: str) -> Warned:
    sure = all(year.checked and one.sure for year, one in found)
    return Warned(kind, text if sure else f"{text} {translate(language, UNCHECKED)}", sure)


def _within(day: date, recess: Recess) -> bool:
    return recess.first <= day <= recess.last


def _say(language: str, message: str, **values: str) -> str:
    return translate(language, message) % values


@lru_cache(maxsize=20)
def _holidays(year: int, language: str) -> dict[date, str]:
    """Public holidays, and those on which many but not all are free (Good Friday, Liberation Day)."""
    spoken = "nl" if language == "nl" else "en_US"
    return dict(country_holidays("NL", years=year, language=spoken, categories=(PUBLIC, OPTIONAL)))
