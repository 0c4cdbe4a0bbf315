"""Enhanced status codes (RFC 3463, 7372, 7505 and what providers made of them), where the text does not decide."""

CERTAIN: dict[str, str] = {
    "4.7.23": "ptr", "5.7.23": "authentication", "5.7.25": "ptr", "4.7.25": "ptr",
    "4.7.26": "authentication", "5.7.26": "authentication", "4.7.27": "authentication", "5.7.27": "authentication",
    "4.7.29": "tls", "5.7.29": "tls",
    "4.7.30": "authentication", "5.7.30": "authentication",
    "4.7.31": "authentication", "5.7.31": "authentication",
    "4.7.32": "authentication", "5.7.32": "authentication",
    "5.7.20": "authentication", "5.7.21": "authentication", "5.7.22": "authentication", "5.7.24": "authentication",
    "5.7.509": "authentication", "5.7.515": "authentication",
    "4.7.28": "rate-limited", "5.7.28": "rate-limited",
    "5.2.2": "mailbox-full", "4.2.2": "mailbox-full",
    "5.7.606": "blocked", "5.7.511": "blocked", "5.7.512": "content",
    "5.7.508": "rate-limited", "4.7.650": "rate-limited", "4.7.651": "rate-limited", "4.7.652": "rate-limited",
    "5.7.133": "policy", "5.7.134": "policy", "5.7.124": "policy", "5.7.136": "policy",
    "5.1.90": "rate-limited", "5.4.11": "loop", "5.4.12": "loop", "5.4.14": "loop", "5.4.6": "loop",
    "5.7.501": "blocked", "5.7.502": "blocked", "5.7.503": "blocked", "5.7.504": "blocked", "5.7.505": "blocked",
    "5.7.506": "blocked", "5.7.507": "blocked", "5.7.510": "policy", "5.7.750": "blocked", "5.7.705": "rate-limited",
    "5.7.708": "blocked", "5.1.8": "sender-refused", "4.1.8": "sender-refused", "5.1.7": "sender-refused",
    "5.1.20": "sender-refused", "5.1.21": "sender-refused", "5.4.310": "domain-unknown",
    "5.2.121": "recipient-busy", "5.2.122": "recipient-busy",
}  # fmt: skip
"""Codes that mean one thing whatever the text: mostly the sender's faults of the bulk rules (Gmail, Yahoo, Microsoft)."""

BY_STATUS: dict[str, str] = {
    "x.1.0": "mailbox-unknown", "x.1.1": "mailbox-unknown", "x.1.2": "domain-unknown", "x.1.3": "mailbox-unknown",
    "x.1.4": "undefined", "x.1.5": "undefined", "x.1.6": "mailbox-moved", "x.1.9": "undefined",
    "x.1.10": "domain-takes-no-mail", "x.1.350": "mailbox-unknown", "x.1.351": "mailbox-unknown",
    "x.2.0": "filtered", "x.2.1": "mailbox-disabled", "x.2.3": "too-large", "x.2.4": "server-fault",
    "x.3.0": "server-fault", "x.3.1": "server-fault", "x.3.2": "server-fault", "x.3.3": "server-fault",
    "x.3.4": "too-large", "x.3.5": "server-fault",
    "x.4.0": "network", "x.4.1": "network", "x.4.2": "network", "x.4.3": "network", "x.4.4": "domain-unknown",
    "x.4.5": "server-fault", "x.4.7": "expired", "x.4.8": "expired", "x.4.9": "network", "x.4": "network",
    "x.5": "protocol", "x.5.3": "rate-limited", "x.6": "content", "x.7": "policy",
    "x.7.13": "mailbox-disabled", "x.7.17": "mailbox-moved", "x.7.18": "mailbox-moved",
    "x.7.8": "sign-in", "x.7.9": "sign-in", "x.7.10": "tls", "x.7.11": "tls",
}  # fmt: skip
"""By subject and detail, else by subject alone. x.0.0 says nothing."""

BY_CODE: dict[int, str] = {
    421: "server-fault", 450: "server-fault", 451: "server-fault", 452: "server-fault",
    454: "tls", 521: "domain-takes-no-mail", 523: "too-large", 530: "sign-in", 534: "sign-in", 535: "sign-in", 538: "sign-in",
    552: "mailbox-full", 556: "domain-takes-no-mail",
}  # fmt: skip
"""By the three digits, where there is no enhanced code. 550, 553 and 554 without words say nothing of whose fault it is."""


def by_status(status: str) -> str | None:
    """The reason that an enhanced code gives; None when it gives none."""
    parts = status.split(".")
    if len(parts) != 3:
        return None
    return BY_STATUS.get(f"x.{parts[1]}.{parts[2]}") or BY_STATUS.get(f"x.{parts[1]}")
