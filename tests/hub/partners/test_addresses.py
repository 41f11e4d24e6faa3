"""Nothing that is not public is called unless the operator allows it, however it is written."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from hub.errors import InvalidInput, Misconfigured
from hub.partners.addresses import Addresses, Goal

INSIDE = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
    "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "::7f00:1", "2002:a00:1::",
)  # fmt: skip
OUTSIDE = ("1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1")


@pytest.mark.parametrize("text", INSIDE)
def test_what_is_inside_is_not_called(text: str) -> None:
    assert not Addresses().may(ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_what_is_public_is_called(text: str) -> None:
    assert Addresses().may(ip_address(text))


def test_the_operator_may_allow_a_network_and_nothing_beside_it() -> None:
    addresses = Addresses(["10.1.0.0/16"])
    assert addresses.may(ip_address("10.1.2.3"))
    assert addresses.may(ip_address("::ffff:10.1.2.3"))
    assert not addresses.may(ip_address("10.2.0.1"))


def test_a_network_that_is_none_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(Misconfigured, match=r"webhooks\.allow"):
        Addresses(["10.1.0.0/99"])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://user:word@example.com/", "https://a.example/#x",
        "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://example.com:99999/", "https://[x/",
        "https://example.com/ x", "https://example.com/" + "x" * 2000, "https://exämple.com/",
    ],
)  # fmt: skip
def test_what_is_no_url_to_call_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="the URL cannot be called"):
        Addresses().goal(url)


def test_a_url_is_taken_apart() -> None:
    assert Addresses().goal("https://hooks.example.com/a?b=c") == Goal(
        scheme="https", host="hooks.example.com", port=443
    )
    assert Addresses(plain=True).goal("http://hooks.example.com:81/").port == 81


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "no-such-host.invalid"])
async def test_a_name_that_leads_inside_or_nowhere_is_not_connected_to(host: str) -> None:
    addresses = Addresses()
    with pytest.raises(InvalidInput):
        await addresses.resolved(addresses.goal(f"https://{host}/"))


async def test_the_address_that_was_checked_is_the_one_that_is_told() -> None:
    addresses = Addresses(["127.0.0.0/8", "::1/128"])
    assert await addresses.resolved(addresses.goal("https://localhost/")) in ("127.0.0.1", "::1")
