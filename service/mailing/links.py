"""Links in mails. Tokens are made when a message is, so that none is ever stored."""

from datetime import datetime
from typing import Protocol

from service.settings import Settings
from service.tokens import Purpose, make_token


class Referenced(Protocol):
    """A reader, as far as a link names one."""

    @property
    def reference(self) -> str:
        """What stands for them in links."""
        ...


def browser_link(settings: Settings, slug: str) -> str:
    """An issue's public page."""
    return f"{settings.base_url}/edities/{slug}"


def interventions_address(settings: Settings) -> str:
    """Where the cards of interventions are; a card's own address begins with it."""
    return f"{settings.base_url}/interventies"


def sign_up_link(settings: Settings) -> str:
    """Where whoever was sent a mail by a colleague signs up. It carries nobody's token: a mail may be passed on."""
    return f"{settings.base_url}/aanmelden?via=mail"


def confirm_link(settings: Settings, subscriber: Referenced, request: int | None, now: datetime) -> str:
    """Where a reader confirms that they asked for the newsletter: this request (the id of its event), no later one."""
    token = make_token(settings, Purpose.CONFIRM, [subscriber.reference, request], now=now)
    return f"{settings.base_url}/bevestigen/{token}"


def preferences_link(settings: Settings, subscriber: Referenced, now: datetime) -> str:
    """Where a reader changes what they follow."""
    return f"{settings.base_url}/voorkeuren/{make_token(settings, Purpose.PREFERENCES, subscriber.reference, now=now)}"


def unsubscribe_link(settings: Settings, subscriber: Referenced, stream: str, now: datetime) -> str:
    """Where a reader leaves one stream; the address of RFC 8058 as well. No address of a person is in it."""
    token = make_token(settings, Purpose.UNSUBSCRIBE, [subscriber.reference, stream or "all"], now=now)
    return f"{settings.base_url}/afmelden/{token}"


def move_link(settings: Settings, change_id: int, side: str, now: datetime) -> str:
    """Where one of two mailboxes says yes to a change of address."""
    return f"{settings.base_url}/adres/{make_token(settings, Purpose.MOVE, [change_id, side], now=now)}"


def own_data_link(settings: Settings, subscriber: Referenced, now: datetime) -> str:
    """Where a reader gets or erases all that is kept of them: within the hour, since it proves whose mailbox this is."""
    return f"{settings.base_url}/mijn-gegevens/{make_token(settings, Purpose.OWN_DATA, subscriber.reference, now=now)}"


def still_you_link(settings: Settings, subscriber: Referenced, now: datetime) -> str:
    """Where a reader says that this is still them, and still their work."""
    return f"{settings.base_url}/nog-steeds/{make_token(settings, Purpose.STILL_YOU, subscriber.reference, now=now)}"


def counting_link(settings: Settings, code: str) -> str:
    """An address that leads to what an issue links to, and counts that somebody followed it. It names no person."""
    return f"{settings.base_url}/k/{code}"


def reading_mark(settings: Settings, subscriber: Referenced, now: datetime) -> str:
    """What follows a counting link for a reader who shows what they read, and for no other."""
    return f"/{make_token(settings, Purpose.READING, subscriber.reference, now=now)}"


def place_link(settings: Settings, registration: Referenced, now: datetime) -> str:
    """Where somebody confirms, sees, changes or gives up their place in a webinar: their own page."""
    token = make_token(settings, Purpose.REGISTRATION, registration.reference, now=now)
    return f"{settings.base_url}/webinars/plaats/{token}"


def join_link(settings: Settings, registration: Referenced, now: datetime) -> str:
    """Where somebody joins a webinar. The page leads on to the room: another room needs no new mail."""
    return (
        f"{settings.base_url}/deelnemen/{make_token(settings, Purpose.JOIN, registration.reference, now=now)}"
    )


def register_link(settings: Settings, subscriber: Referenced, slug: str, now: datetime) -> str:
    """Where a reader registers for a webinar with one press, out of a mail to them."""
    token = make_token(settings, Purpose.WEBINAR, [subscriber.reference, slug], now=now)
    return f"{settings.base_url}/webinars/{slug}/voor/{token}"


def desk_link(settings: Settings, issue_id: int | None) -> str:
    """An issue at the desk, or the desk."""
    return f"{settings.base_url}/redactie/edities/{issue_id}" if issue_id else f"{settings.base_url}/redactie"


def mailing_link(settings: Settings, mailing_id: int) -> str:
    """A sending at the desk."""
    return f"{settings.base_url}/redactie/verzendingen/{mailing_id}"


def sign_in_link(settings: Settings, nonce: str, now: datetime) -> str:
    """Where someone of the desk signs in, once."""
    return f"{settings.base_url}/redactie/inloggen/{make_token(settings, Purpose.SIGN_IN, nonce, now=now)}"
