"""What can go wrong in `service`. One tree; `service.web.problems` maps each to an answer in the reader's language."""

from datetime import datetime


class ServiceError(Exception):
    """Anything `service` refuses. `args[0]` says in English what happened and what to do."""


class InvalidSettings(ServiceError):
    """A setting has a value that it cannot have; the text names each variable."""


class UnsafeSettings(ServiceError):
    """Production refuses to start like this; the text names each setting and what to set."""


class TokenRefused(ServiceError):
    """A link that was tampered with, or made for another purpose."""


class TokenExpired(ServiceError):
    """A link that was right once, but is too old or was used."""


class UnknownLink(ServiceError):
    """No mail of ours leads there."""


class CsrfRefused(ServiceError):
    """A form that did not come from a page of ours, or from one that is too old."""


class TooManyRequests(ServiceError):
    """Someone asks more often than a person would. `until` is when they can again."""

    def __init__(self, text: str, *, until: datetime) -> None:
        super().__init__(text)
        self.until = until


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


class RecordingNotReady(ServiceError):
    """No recording with captions can be seen of this webinar, or it was not held (yet)."""


class MomentRefused(ServiceError):
    """Not a day and a time at which something can be sent."""


class MomentPast(MomentRefused):
    """The moment has been."""


class MomentSkipped(MomentRefused):
    """The clock goes from two to three that night: the moment does not exist."""


class MailRefused(ServiceError):
    """A message that cannot be built: a header with a line break, or a body over the limit."""


class DkimKeyRefused(ServiceError):
    """A key that should sign cannot be read or made; the text names its file and what to do."""


class DnsSilent(ServiceError):
    """The DNS did not answer; whether a record is there is not known."""


class SpamAssassinMissing(ServiceError):
    """SpamAssassin was asked for, and is not there or does not answer."""


class MailNotFit(ServiceError):
    """The mail lint found errors in an issue, which the issue's page names; it cannot be approved like this."""


class NothingToSend(ServiceError):
    """A mailing without readers, or an issue without blocks."""


class LeavesByItself(ServiceError):
    """A mail of the welcome series is put into use, and then leaves reader by reader: nobody sends it, or sets its moment."""


class UnknownMailing(ServiceError):
    """No mailing with this identifier, or one that nobody steers."""


class MailingEnded(ServiceError):
    """The mailing is finished or cancelled: it cannot be steered like this any more."""


class NothingToRetry(ServiceError):
    """No delivery failed, or somebody had the failures tried again just now."""


class NothingToDecide(ServiceError):
    """No uncertain delivery waits for a decision, or somebody decided just now."""


class NoLateComers(ServiceError):
    """Every reader of the stream has a delivery in this mailing."""


class ContentChanged(ServiceError):
    """The content is not what was approved for this mailing: nobody else may get it under that approval."""


class SegmentInUse(ServiceError):
    """An issue that was not sent yet is for this segment: it cannot be removed."""


class TitleNotTyped(ServiceError):
    """What cannot be undone asks for the name of the thing, and another was typed."""


class LeaseLost(ServiceError):
    """The work took longer than its lease and another process has it: what this one did is rolled back."""


class DatabaseBehind(ServiceError):
    """The database does not have the tables of this version: `kennispost migrate` brings it there."""


class Stopped(ServiceError):
    """The process was told to stop in the middle of something that can be done again."""


class PortTaken(ServiceError):
    """The web server cannot listen where it was told to."""


class NotADemo(ServiceError):
    """The folder for the demo holds somebody's real data."""


class BenchRefused(ServiceError):
    """A measurement that cannot be made here, or of these files; the text says what it needs, or names file and line."""


class NoMailbox(ServiceError):
    """The mailbox for what comes back is not set, or cannot be opened; the text says why."""


class NotOpen(ServiceError):
    """The room of a webinar cannot be entered: too early, too late, cancelled, or without a seat."""


class RoomUnavailable(ServiceError):
    """The room of a webinar cannot be entered now: no link is stored, or its server does not answer or refuses."""


class CallbackRefused(ServiceError):
    """A message that says it comes from the server of our rooms is not signed by it."""


class DaysRefused(ServiceError):
    """Days of a holiday cannot be like this, or a year is not as it was seen; `args[1]` names the field."""


class DaysFault(ServiceError):
    """The file of school holidays and recesses is not what it should be; the text says where."""
