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


class NoConsent(SubscribersError):
    """Someone would be mailed on the strength of an event that is no consent of theirs: a defect of the caller."""


class AppendOnly(SubscribersError):
    """Consent is never rewritten: add an event instead."""
