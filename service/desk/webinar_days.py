"""School holidays and recesses at the desk: what is known of each year, what is missing, and who checked it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from service.audit import Act, note_act
from service.clock import AMSTERDAM
from service.desk.access import Anyone, Editor, Person
from service.desk.frame import desk_page
from service.desk.webinar_frame import ADDRESS
from service.errors import DaysRefused
from service.i18n import _
from service.web.csrf import csrf_protected
from service.web.dependencies import Now, Transaction
from service.web.pages import see
from service.webinars.almanac import almanac, confirm_year, days_hash, drop_holiday, put_holiday
from service.webinars.days import SCOPES, Holiday, Recess, Year, by_scope
from service.webinars.planning import NAMES, WHOSE, missing_of

AHEAD = 2
"""Years after this one that are listed, known or not."""

WRONG = {
    "first": _("Vul de eerste dag in. Die ligt in het jaar waar de vakantie bij hoort."),
    "last": _("Vul de laatste dag in. Die ligt niet voor de eerste, en niet meer dan 75 dagen erna."),
}
CHANGED = _("Iemand heeft dit jaar net gewijzigd. Kijk het nog een keer na, en bevestig het dan.")

router = APIRouter(prefix=ADDRESS + "/vakanties", dependencies=[Depends(csrf_protected)])

Scope = Literal["noord", "midden", "zuid", "parliament"]
Number = Annotated[int, Path(alias="year", ge=2020, le=2100)]


@dataclass(frozen=True)
class _Which:
    """One holiday of one year, and whose."""

    year: int
    holiday: Holiday
    scope: str

    def __str__(self) -> str:
        return f"{self.year} {self.holiday} {self.scope}"


def _which(year: Number, holiday: Holiday, scope: Scope) -> _Which:
    return _Which(year, holiday, scope)


Which = Annotated[_Which, Depends(_which)]


class DaysForm(BaseModel):
    """The first and the last free day, as a field for a date sends them."""

    first: str = Field(default="", max_length=20)
    last: str = Field(default="", max_length=20)


@dataclass(frozen=True)
class YearRow:
    """A year as the page has it. `days` are by holiday and whose they are; `seen` is the hash of them.

    Of what is `missing` there are those of whom nothing is known, and, by holiday, the rest.
    """

    number: int
    year: Year
    days: Mapping[tuple[str, str], Recess]
    missing: Mapping[Holiday, Sequence[str]]
    seen: str

    @property
    def nothing_of(self) -> list[str]:
        """Of whom not one holiday is known."""
        there = {scope for _holiday, scope in self.days}
        return [scope for scope in SCOPES if scope not in there]

    @property
    def partly(self) -> dict[Holiday, list[str]]:
        """What else is missing."""
        rest = {
            holiday: [scope for scope in scopes if scope not in self.nothing_of]
            for holiday, scopes in self.missing.items()
        }
        return {holiday: scopes for holiday, scopes in rest.items() if scopes}


@router.get("")
def listed(request: Request, session: Transaction, now: Now, person: Anyone) -> HTMLResponse:
    """This year and those to come; what is not known of them is said."""
    return _page(request, session, person, now)


@router.post("/{year}/bevestigen")
def confirmed(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    year: Number,
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """An editor held the year against its sources, as it stood on the page."""
    try:
        confirm_year(session, year=year, seen_hash=seen, by=person.address, now=now)
    except DaysRefused:
        return _page(request, session, person, now, error=CHANGED)
    _note(session, person, Act.DAYS_CONFIRMED, now, str(year))
    return see(f"{ADDRESS}/vakanties?klaar=jaar#jaar-{year}")


@router.get("/{year}/{holiday}/{scope}")
def one(request: Request, session: Transaction, person: Editor, which: Which) -> HTMLResponse:
    """The form as the days are."""
    known = _row(session, which.year).days.get((which.holiday, which.scope))
    form = DaysForm(first=str(known.first), last=str(known.last)) if known is not None else DaysForm()
    return _form(request, session, person, which, form)


@router.post("/{year}/{holiday}/{scope}")
def put(
    *,
    request: Request,
    session: Transaction,
    now: Now,
    person: Editor,
    which: Which,
    form: Annotated[DaysForm, Form()],
) -> Response:
    """These are the days; the year has to be confirmed again."""
    first, last = _day(form.first), _day(form.last)
    problems = {name: WRONG[name] for name, day in (("first", first), ("last", last)) if day is None}
    if first is not None and last is not None:
        try:
            put_holiday(session, **asdict(which), first=first, last=last, by=person.address, now=now)
        except DaysRefused as error:
            problems = {error.args[1]: WRONG[error.args[1]]}
    if problems:
        return _form(request, session, person, which, form, problems=problems)
    _note(session, person, Act.DAYS_CHANGED, now, f"{which}: {first} – {last}")
    return see(f"{ADDRESS}/vakanties?klaar=vakantie#jaar-{which.year}")


@router.post("/{year}/{holiday}/{scope}/weg")
def dropped(session: Transaction, now: Now, person: Editor, which: Which) -> Response:
    """What is known is wrong; from now on it is missing."""
    drop_holiday(session, **asdict(which), by=person.address, now=now)
    _note(session, person, Act.DAYS_CHANGED, now, f"{which}: –")
    return see(f"{ADDRESS}/vakanties?klaar=vakantie-weg#jaar-{which.year}")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _row(session: Session, number: int) -> YearRow:
    year = almanac(session).years.get(number) or Year(checked=False)
    return YearRow(
        number=number,
        year=year,
        days={(one.holiday, scope): one for scope, one in by_scope(year)},
        missing=missing_of(year),
        seen=days_hash(year),
    )


def _page(
    request: Request, session: Session, person: Person, now: datetime, *, error: str = ""
) -> HTMLResponse:
    this_year = now.astimezone(AMSTERDAM).year
    return desk_page(
        request,
        "webinars/days.html",
        status=409 if error else 200,
        person=person,
        place="webinars",
        years=[_row(session, this_year + ahead) for ahead in range(AHEAD + 1)],
        names=NAMES,
        whose=WHOSE,
        error=error,
    )


def _form(
    request: Request,
    session: Session,
    person: Person,
    which: _Which,
    form: DaysForm,
    *,
    problems: Mapping[str, str] | None = None,
) -> HTMLResponse:
    return desk_page(
        request,
        "webinars/day.html",
        status=422 if problems else 200,
        person=person,
        place="webinars",
        which=which,
        names=NAMES,
        whose=WHOSE,
        known=(which.holiday, which.scope) in _row(session, which.year).days,
        form=form,
        problems=problems or {},
    )


def _note(session: Session, person: Person, act: Act, now: datetime, detail: str) -> None:
    note_act(session, actor=person.address, action=act, now=now, subject="webinars", detail=detail)
