"""Mailboxes: whether several people read an address, told from what stands before the @. Pure."""

import re

SHARED = frozenset(
    """
    aanvragen administratie afdeling algemeen balie beleid bestuur bestuurssecretariaat communicatie contact evenementen
    gemeente gezondheid griffie handhaving helpdesk hello help info informatie jeugd jeugdteam kennis klantcontact loket
    mail nieuws nieuwsbrief office openbareorde oov post postbus postmaster preventie preventieteam receptie redactie
    samenleving secretariaat servicepunt sociaal sociaaldomein sociaalteam support team teamjeugd veiligheid
    vergunningen webmaster welzijn wijkteam wmo zorg
    """.split()  # noqa: SIM905  a list of words reads better so
)
"""Words that name a place, a team or a task, as municipalities and their partners use them."""

_WORDS = re.compile(r"[a-z]+")


def is_shared(address: str) -> bool:
    """Whether an address looks like a mailbox that several people read: info@, team.jeugd@, secretariaat-welzijn@.

    Each word before the @ names a place or a task, or the first of them is "team" or "afdeling". A guess, which the reader
    can correct.
    """
    words = _WORDS.findall(address.partition("@")[0].casefold())
    return bool(words) and (words[0] in ("team", "afdeling", "info") or SHARED.issuperset(words))
