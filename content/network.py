"""Which machines may be fetched from: a name is resolved once, and each of its addresses is checked.

Checking a name and then connecting to the name leaves a gap in which the answer of DNS can change. So the
connection goes to the address itself; the name goes into the Host header and into TLS, which checks it.
"""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from content.errors import FetchFailed

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_NOT_PUBLIC = (
    _COMPATIBLE,  # IPv4-compatible, deprecated by RFC 4291
    IPv6Network("64:ff9b:1::/48"),  # NAT64 of a network's own, RFC 8215
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
    IPv6Network("5f00::/16"),  # segment routing, RFC 9602
    IPv6Network("fec0::/10"),  # site-local, deprecated by RFC 3879
)
"""Not public, whatever `is_global` says: Python 3.11 does not know these."""


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks out of settings, "127.0.0.0/8".

    Raises:
        ValueError: a text is not a network.
    """
    return tuple(ip_network(text.strip()) for text in texts if text.strip())


async def permitted_addresses(
    host: str, port: int, *, allow: Sequence[Network], ports: Sequence[int] = ()
) -> tuple[Address, ...]:
    """All addresses of a host, IPv4 first, when every one of them is public or in an allowed network.

    Args:
        host: a name or an address.
        port: the one that will be asked.
        allow: networks that need not be public, and of which any port may be asked.
        ports: those that may be asked of all others; none given means any.

    Raises:
        FetchFailed: the name does not resolve, one of its addresses is not public, or the port may not be asked.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(
            f"The name {host} could not be found. Check the address.", trouble="no-name"
        ) from error
    addresses = sorted(
        {_address(str(row[4][0])) for row in found}, key=lambda address: (address.version, int(address))
    )
    for address in addresses:
        if not is_permitted(address, allow=allow):
            raise FetchFailed(
                f"{host} leads to {address}, which is not a public address; fetching it is refused.",
                trouble="forbidden",
            )
        if ports and port not in ports and not _is_allowed(address, allow):
            raise FetchFailed(
                f"Port {port} of {host} may not be asked; fetching it is refused.", trouble="forbidden"
            )
    return tuple(addresses)


def is_permitted(address: Address, *, allow: Sequence[Network]) -> bool:
    """Whether an address is public (by IANA's registries), or in a network that the operator allows.

    One that carries another (mapped, 6to4, Teredo, NAT64) is never public here: no name of a public server has one, and
    what it leads to depends on the machine. Behind NAT64 the operator allows 64:ff9b::/96.
    """
    if _is_allowed(address, allow):
        return True
    carried = _embedded(address)
    if carried != address:
        return False
    if any(address in network for network in _NOT_PUBLIC if address.version == network.version):
        return False
    return carried.is_global and not carried.is_multicast


def _is_allowed(address: Address, allow: Sequence[Network]) -> bool:
    carried = _embedded(address)
    if any(carried in network for network in allow if carried.version == network.version):
        return True
    return carried.is_global and any(
        address in network for network in allow if address.version == network.version
    )


def _address(text: str) -> Address:
    return ip_address(text.partition("%")[0])


def _embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address carries (mapped, compatible, 6to4, Teredo, NAT64), else itself."""
    if isinstance(address, IPv4Address):
        return address
    teredo = address.teredo
    carried = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
    compatible = address in _COMPATIBLE and int(address) > 1  # :: and ::1 carry nothing
    if carried is None and (compatible or address in _NAT64):
        carried = IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
