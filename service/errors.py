"""What can go wrong in `service`. One tree; `service.web.problems` maps each to an answer in the reader's language."""


class ServiceError(Exception):
    """Anything `service` refuses. `args[0]` says in English what happened and what to do."""


class UnsafeSettings(ServiceError):
    """Production refuses to start like this; the text names each setting and what to set."""


class TokenRefused(ServiceError):
    """A link that was tampered with, or made for another purpose."""


class TokenExpired(ServiceError):
    """A link that was right once, but is too old or was used."""


class CsrfRefused(ServiceError):
    """A form that did not come from a page of ours, or from one that is too old."""


class TooManyRequests(ServiceError):
    """Someone asks more often than a person would."""


class NotSignedIn(ServiceError):
    """The desk is for those who are signed in."""


class NotAllowed(ServiceError):
    """Signed in, but without the role that this asks for."""


class UserExists(ServiceError):
    """A desk user with this address is there already."""


class UnknownUser(ServiceError):
    """No desk user with this identifier."""


class LastAdministrator(ServiceError):
    """Nobody would be left who can add people."""


class MomentRefused(ServiceError):
    """A moment to send at that is past, or that the clock skips."""


class MailRefused(ServiceError):
    """A message that cannot be built: a header with a line break, or a body over the limit."""


class NothingToSend(ServiceError):
    """A mailing without readers, or an issue without blocks."""
