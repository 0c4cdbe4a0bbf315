"""Who is asking? The client's address, seen through the proxies that the operator trusts and no others."""

from ipaddress import ip_address, ip_network

from fastapi import Request

from service.settings import Settings


def client_address(request: Request, settings: Settings) -> str:
    """The nearest address that is not a trusted proxy; a forged X-Forwarded-For of an untrusted peer is ignored.

    IPv6 clients are counted by their /64, since one household or one attacker has all of it.
    """
    nearest = request.client.host if request.client else "0.0.0.0"  # noqa: S104  a name for "unknown", nothing is bound
    forwarded = [
        hop.strip() for hop in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if hop.strip()
    ]
    while forwarded and _is_trusted(nearest, settings):
        nearest = forwarded.pop()
    return _network(nearest)


def _is_trusted(address: str, settings: Settings) -> bool:
    try:
        return any(ip_address(address) in ip_network(network) for network in settings.trusted_proxies)
    except ValueError:
        return False


def _network(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)
