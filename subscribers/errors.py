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
