"""What can go wrong in `subscribers`. One tree; no HTTP status in it: `service.web.problems` maps each to an answer."""


class SubscribersError(Exception):
    """Anything `subscribers` refuses. `args[0]` says in English what happened and what to do."""


class NotAnAddress(SubscribersError):
    """The e-mail address cannot exist as it was typed."""


class UnknownOrganisation(SubscribersError):
    """No municipality of the register and no partner organisation has this name."""


class UnknownInterest(SubscribersError):
    """An interest that the vocabulary does not have."""


class UnknownSubscriber(SubscribersError):
    """The link is about someone who is not (any more) among the subscribers."""


class RegisterFault(SubscribersError):
    """The register of municipalities has a fault; the text names file, line and fault."""


class UnknownWork(SubscribersError):
    """A policy domain, kind of policy or step that there is not."""


class UnknownReason(SubscribersError):
    """A reason for leaving that cannot be chosen."""


class PauseRefused(SubscribersError):
    """A pause that does not end on a day that is to come, within two years."""


class RequestOver(SubscribersError):
    """A change that waited for a yes was done, replaced, or is too old."""


class AddressTaken(SubscribersError):
    """Someone else is known at the address that a reader wants to move to."""


class HandOverRefused(SubscribersError):
    """A reader cannot hand over to themselves."""


class NoConsent(SubscribersError):
    """Someone would be mailed on the strength of an event that is no consent of theirs: a defect of the caller."""


class AppendOnly(SubscribersError):
    """Consent is never rewritten: add an event instead."""


class SheetRefused(SubscribersError):
    """A file with subscribers cannot be taken; `kind` says why: large, rows, columns, cell, empty, encoding, unsafe, broken."""

    def __init__(self, text: str, kind: str) -> None:
        super().__init__(text)
        self.kind = kind


class MappingRefused(SubscribersError):
    """The columns of an import are not mapped so that it can be read."""


class BasisMissing(SubscribersError):
    """An import says not on which legal ground these people may be mailed."""


class ImportRefused(SubscribersError):
    """An import is not in the state that this asks for."""


class UnknownImport(SubscribersError):
    """There is no import with this number (any more)."""


class UnknownPartner(SubscribersError):
    """The directory has no such partner."""


class PartnerRefused(SubscribersError):
    """What was filled in for a partner cannot be; the text names the field."""


class SegmentFault(SubscribersError):
    """Not a segment: its form is wrong, a group is empty, it has no name, or it is too deep or too large."""


class SegmentBroken(SubscribersError):
    """A segment asks what cannot be asked (any more), or for a value that is gone: nothing is sent to it."""


class SegmentExists(SubscribersError):
    """Another segment has this name."""


class UnknownSegment(SubscribersError):
    """No segment with this identifier, or it was removed."""


class UnknownRegistration(SubscribersError):
    """The link is about a registration that is not there (any more)."""


class RegistrationClosed(SubscribersError):
    """Nobody can register (any more): the webinar is cancelled, began, or registration closed."""


class NotForThisDomain(SubscribersError):
    """The webinar is for listed domains of governments, and this address is of none."""


class NoSuchStep(SubscribersError):
    """A registration does not stand where this act begins: an offer that lapsed, a seat that was given away."""


class SeatsTaken(SubscribersError):
    """A webinar cannot have fewer seats than are taken."""


class AnswerMissing(SubscribersError):
    """A question of our own has no answer, or one that cannot be chosen; `args[1]` is the question's id."""
