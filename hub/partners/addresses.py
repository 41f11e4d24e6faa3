"""Where the hub may call: public addresses, and what the operator allows beside them (threat: SSRF).

A name is resolved here and the connection goes to the very address that was checked: a name that resolves to something
else a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NoReturn
from urllib.parse import urlsplit

from hub.errors import InvalidInput, Misconfigured

LONGEST = 2000
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A URL taken apart."""

    scheme: str
    host: str
    port: int


class Addresses:
    """Decides what may be called. *allow*: networks that may although they are not public; *plain*: http too.

    Raises Misconfigured where a network cannot be read.
    """

    def __init__(self, allow: Sequence[str] = (), *, plain: bool = False) -> None:
        try:
            self._allow = tuple(ip_network(one) for one in allow)
        except ValueError as wrong:
            message = f"webhooks.allow: {wrong}"
            raise Misconfigured(message) from wrong
        self._plain = plain

    def goal(self, url: str) -> Goal:
        """What *url* leads to. Raises InvalidInput, in words, where the hub would not call it whatever its name means.

        A host that is an address is judged here already.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            _refuse("it is no URL")
        if len(url) > LONGEST or not url.isascii() or any(letter.isspace() for letter in url):
            _refuse(f"it must be at most {LONGEST} ASCII characters without spaces")
        if parts.scheme != "https" and not (self._plain and parts.scheme == "http"):
            _refuse("it must begin with https://")
        if not host or parts.username is not None or parts.password is not None or parts.fragment:
            _refuse("it must name a host, and have neither user, password nor fragment")
        literal = _literal(host)
        if literal is not None and not self.may(literal):
            _refuse("its address is not a public one")
        return Goal(scheme=parts.scheme, host=host, port=port or (443 if parts.scheme == "https" else 80))

    async def resolved(self, goal: Goal) -> str:
        """The address to connect to: checked. Raises InvalidInput where the name leads nowhere that may be called."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(goal.host, goal.port, type=socket.SOCK_STREAM)
        except OSError:
            _refuse("its host has no address")
        addresses = [ip_address(str(one[4][0]).partition("%")[0]) for one in found]
        if not addresses or not all(map(self.may, addresses)):
            _refuse("its host has an address that is not a public one")
        return str(addresses[0])

    def may(self, address: Address) -> bool:
        """Whether *address* may be called; one inside of another (IPv4 in IPv6) is judged by what it stands for."""
        inner = _inner(address)
        if any(one in network for network in self._allow for one in (address, inner) if one.version == network.version):
            return True
        if isinstance(inner, IPv6Address) and inner.is_site_local:
            return False
        return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inner(address: Address) -> Address:
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    carries = address in _NAT64 or (address in _COMPATIBLE and low > 1)
    return IPv4Address(low) if carries else address


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _refuse(why: str) -> NoReturn:
    message = f"the URL cannot be called: {why}"
    raise InvalidInput(message)
