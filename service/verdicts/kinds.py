"""What a server's words can come to: five kinds, and the reasons under them with an explanation for the desk."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Whose fault it is, and what follows.

    hard          the recipient's, for good: the mailbox or its domain does not exist or was left. Suppress at once.
    soft          the recipient's or the network's, for now. Try again where the code allows it; count it.
    refused       this message: policy, spam, content, size, a blocklist. Says nothing of the address; count, suppress nobody.
    throttled     the provider wants it slower. Slow down towards this provider.
    sender-fault  ours: authentication, DNS, TLS, relaying. Pause, alert the desk, suppress nobody.
    """

    HARD = "hard"
    SOFT = "soft"
    REFUSED = "refused"
    THROTTLED = "throttled"
    SENDER_FAULT = "sender-fault"


@dataclass(frozen=True)
class Verdict:
    """A judgement. `reason` is a slug of REASONS; `permanent`: the server said 5yz, so the same is not tried again."""

    kind: Kind
    reason: str
    explanation: str
    permanent: bool


REASONS: dict[str, tuple[Kind, str]] = {
    "mailbox-unknown": (Kind.HARD, "The mailbox does not exist."),
    "mailbox-moved": (Kind.HARD, "The person has another address, or is no longer there."),
    "domain-unknown": (Kind.HARD, "The domain does not exist, or no mail server is known for it."),
    "domain-takes-no-mail": (Kind.HARD, "The domain says that it takes no mail."),
    "mailbox-full": (Kind.SOFT, "The mailbox is full."),
    "mailbox-disabled": (Kind.SOFT, "The mailbox is there, but was suspended or is not in use."),
    "filtered": (Kind.SOFT, "The recipient's own filter or settings refuse this mail."),
    "greylisted": (Kind.SOFT, "The server asks to try again a little later."),
    "server-fault": (Kind.SOFT, "The recipient's server has a fault, or no room."),
    "network": (Kind.SOFT, "The recipient's server could not be reached."),
    "expired": (Kind.SOFT, "Delivery was tried for days, without success."),
    "loop": (Kind.SOFT, "The mail went round in circles at the recipient's side."),
    "undefined": (Kind.SOFT, "The server gave no reason that says whose fault it is."),
    "spam": (Kind.REFUSED, "The message was taken for spam."),
    "virus": (Kind.REFUSED, "The message was taken for dangerous."),
    "blocked": (Kind.REFUSED, "Our server or domain is on a blocklist, or has a poor reputation there."),
    "policy": (Kind.REFUSED, "The recipient's organisation does not accept this message."),
    "content": (Kind.REFUSED, "The server could not take the message as it is written."),
    "too-large": (Kind.REFUSED, "The message is larger than the server takes."),
    "rate-limited": (Kind.THROTTLED, "The provider takes no more mail from us for a while."),
    "recipient-busy": (Kind.SOFT, "This mailbox receives too much at once."),
    "authentication": (Kind.SENDER_FAULT, "SPF, DKIM or DMARC of our domain fails."),
    "ptr": (Kind.SENDER_FAULT, "The sending server has no name that its address leads back to (PTR)."),
    "tls": (Kind.SENDER_FAULT, "The connection was not encrypted, or not well enough."),
    "relay-denied": (Kind.SENDER_FAULT, "A server refuses to pass our mail on."),
    "sender-refused": (Kind.SENDER_FAULT, "Our sender address is refused."),
    "sign-in": (Kind.SENDER_FAULT, "The relay does not know us: user name, password or rights are wrong."),
    "protocol": (Kind.SOFT, "The servers did not understand each other."),
}
"""Every reason. The first sentence anyone at the desk reads about it; pages translate it by the slug."""


def verdict(reason: str, *, permanent: bool) -> Verdict:
    """The verdict of a reason. What is only for now is never the end of an address."""
    kind, explanation = REASONS[reason]
    if kind is Kind.HARD and not permanent:
        kind, explanation = (
            Kind.SOFT,
            f"{explanation[:-1]}, the server says; but for now, so it is tried again.",
        )
    return Verdict(kind=kind, reason=reason, explanation=explanation, permanent=permanent)
