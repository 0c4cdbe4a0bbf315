"""Preferences: everything a reader can set about themselves, behind a link out of their own mail."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, field_validator
from sqlmodel import Session

from content.vocabulary import FACETS
from service.i18n import LANGUAGES
from service.mailing.counting import read_by
from service.runtime import Runtime
from service.tokens import Purpose, make_token
from service.web.csrf import csrf_protected
from service.web.dependencies import House, Language, Now, Transaction
from service.web.organisations import Answer, describe, read_answer
from service.web.pages import page, see
from service.web.reader import reader_behind
from service.web.topics import topic_groups
from service.web.work import work_choices
from subscribers.consent import CURRENT
from subscribers.merging import moves_of
from subscribers.pausing import is_paused
from subscribers.people import Subscriber, SubscriberState
from subscribers.preferences import Preferences, change_preferences, preferences_of
from subscribers.reading import CURRENT as READING_WORDING
from subscribers.reading import set_sharing, shares_reading
from subscribers.search import organisations_by_key
from subscribers.work import Work

router = APIRouter(dependencies=[Depends(csrf_protected)])

LATEST_READ = 20
"""What a reader followed, as far as the page shows it; the file with their data has all of it."""


class PreferencesForm(BaseModel):
    """What the form sends. `organisations` are keys that stay; `organisation` is one to add, typed."""

    name: str = ""
    language: str = LANGUAGES[0]
    organisations: list[str] = []
    organisation: str = ""
    organisation_chosen: str = ""
    organisation_shown_for: str = ""
    interests: list[str] = []
    streams: list[str] = []
    domain: str = ""
    policy_kind: str = ""
    strategy_step: str = ""
    shared: str = ""
    reading: str = ""

    @field_validator("*", mode="before")
    @classmethod
    def without_nul(cls, value: object) -> object:
        """No database takes a NUL in a text, and no person types one."""
        if isinstance(value, list):
            return [one.replace("\0", "") if isinstance(one, str) else one for one in value]
        return value.replace("\0", "") if isinstance(value, str) else value


@router.api_route("/voorkeuren/{token}", methods=["GET", "HEAD"])
def show(
    *, token: str, request: Request, house: House, session: Transaction, now: Now, language: Language
) -> Response:
    """The preferences as they are."""
    subscriber = reader_behind(session, house, token, now=now)
    return _page(
        request=request,
        house=house,
        session=session,
        token=token,
        subscriber=subscriber,
        shown=preferences_of(session, subscriber),
        answer=Answer(typed=""),
        language=language,
        saved=request.query_params.get("bewaard", "") == "1",
    )


@router.post("/voorkeuren/{token}")
def save(
    *,
    token: str,
    request: Request,
    house: House,
    session: Transaction,
    now: Now,
    language: Language,
    data: Annotated[PreferencesForm, Form()],
) -> Response:
    """Set them all."""
    subscriber = reader_behind(session, house, token, now=now, lock=True)
    answer = read_answer(
        session,
        typed=data.organisation,
        chosen=data.organisation_chosen,
        shown_for=data.organisation_shown_for,
        required=False,
    )
    added = {answer.organisation.key} if answer.organisation else set()
    wanted = Preferences(
        name=data.name,
        language=data.language if data.language in LANGUAGES else subscriber.language,
        organisation_keys=frozenset(data.organisations) | added,
        interests=frozenset(data.interests),
        streams=frozenset(data.streams),
        work=Work(data.domain, data.policy_kind, data.strategy_step, data.shared == "yes"),
    )
    if answer.problem:
        return _page(
            request=request,
            house=house,
            session=session,
            token=token,
            subscriber=subscriber,
            shown=wanted,
            answer=answer,
            language=language,
            status=422,
        )
    change_preferences(
        session,
        subscriber=subscriber,
        wanted=wanted,
        vocabulary=house.vocabulary,
        source="page /voorkeuren",
        now=now,
    )
    if house.settings.count_clicks:
        on = data.reading == "yes"
        set_sharing(session, subscriber=subscriber, on=on, source="page /voorkeuren", now=now)
    return see(f"/voorkeuren/{token}?bewaard=1")


def _page(
    *,
    request: Request,
    house: Runtime,
    session: Session,
    token: str,
    subscriber: Subscriber,
    shown: Preferences,
    answer: Answer,
    language: str,
    status: int = 200,
    saved: bool = False,
) -> Response:
    mine = set(preferences_of(session, subscriber).organisation_keys) | shown.organisation_keys
    leave = make_token(house.settings, Purpose.UNSUBSCRIBE, [subscriber.reference, "all"], now=house.clock())
    return page(
        request,
        "preferences.html",
        status=status,
        token=token,
        address=subscriber.address,
        state=subscriber.state,
        shown=shown,
        organisations=[(found, describe(found, language)) for found in organisations_by_key(session, mine)],
        answer=answer,
        candidates=[(found, describe(found, language)) for found in answer.candidates],
        groups=topic_groups(house.vocabulary, FACETS, shown.interests, language),
        problems={"organisation": answer.problem} if answer.problem else {},
        work=work_choices(house.vocabulary, language),
        paused_until=subscriber.paused_until if is_paused(subscriber, house.clock()) else None,
        wording=CURRENT.text(language),
        leave=f"/afmelden/{leave}",
        saved=saved,
        moves=moves_of(session, subscriber),
        reading=_reading(session, house, subscriber, language),
    )


def _reading(
    session: Session, house: Runtime, subscriber: Subscriber, language: str
) -> dict[str, Any] | None:
    """Whether they show what they read, in which words, and what we saw; None for whom there is nothing to choose."""
    if not house.settings.count_clicks or subscriber.state != SubscriberState.ACTIVE:
        return None
    read = read_by(session, subscriber)
    return {
        "on": shares_reading(session, subscriber),
        "wording": READING_WORDING.text(language),
        "number": len(read),
        "latest": read[:LATEST_READ],
    }
