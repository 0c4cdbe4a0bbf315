"""Checking that what the DNS publishes for a key is that key: otherwise every signature fails."""

import re
from collections.abc import Callable, Sequence

import dns.exception
import dns.resolver

from service.errors import DnsSilent
from service.mailing.dkim_keys import Record

Lookup = Callable[[str], Sequence[str]]
"""From a name to its TXT records, each joined from its strings; none when the name has none. Raises DnsSilent."""


def faults_of(expected: Record, lookup: Lookup) -> list[str]:
    """What is wrong with the published record, and what to do; nothing when receivers will find the key.

    Raises:
        DnsSilent: the DNS does not answer.
    """
    published = lookup(expected.name)
    keys = [text for text in published if "p" in _tags(text)]
    if not keys:
        return [f"There is no key at {expected.name}. Publish the record that `kennispost dkim show` prints."]
    if len(keys) > 1:
        return [f"There are {len(keys)} records at {expected.name}; receivers may take either. Leave one."]
    return _faults(_tags(keys[0]), _tags(expected.value))


def _faults(found: dict[str, str], wanted: dict[str, str]) -> list[str]:
    if not found["p"]:
        return ["The published key is revoked (p= is empty): publish this one, or let another selector sign."]
    faults = []
    if found["p"] != wanted["p"]:
        faults.append("Another key is published: signatures fail. Publish this one, or put its file back.")
    if found.get("v", "DKIM1") != "DKIM1":
        faults.append(f"v= is {found['v']}: it must be DKIM1.")
    if found.get("k", "rsa") != wanted["k"]:
        faults.append(f"k= is {found.get('k', 'rsa')}: it must be {wanted['k']}.")
    if "y" in found.get("t", "").split(":"):
        faults.append(
            "t=y says that this is a trial, and receivers may act as if nothing were signed: take it out."
        )
    return faults


def _tags(text: str) -> dict[str, str]:
    """The tags of a record, without blanks in their values (RFC 6376, 3.2)."""
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip(): re.sub(r"\s", "", value) for name, equals, value in parts if equals}


def dns_lookup(*, nameserver: str = "", port: int = 53, timeout: float = 5.0) -> Lookup:
    """Ask the resolver of this machine, or the server at this address. `timeout` is in seconds, for a whole question."""
    resolver = dns.resolver.Resolver(configure=not nameserver)
    if nameserver:
        resolver.nameservers, resolver.port = [nameserver], port

    def lookup(name: str) -> list[str]:
        try:
            answer = resolver.resolve(name, "TXT", lifetime=timeout)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise DnsSilent(f"The DNS does not answer for {name}: {error}") from error
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]

    return lookup
