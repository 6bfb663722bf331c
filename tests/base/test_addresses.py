"""Where the site may connect when people enter the address."""

import socket
from typing import Any

import pytest

from recordings_site.base import addresses

NAMES = {
    "public.test": ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"],
    "private.test": ["10.0.0.7"],
    "both.test": ["93.184.216.34", "127.0.0.1"],
    "translated.test": ["64:ff9b::a9fe:a9fe"],
}


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of NAMES, and addresses as the system reads them."""
    found = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *about: Any, **more: Any) -> Any:
        if str(host).endswith(".test") and host not in NAMES:
            raise socket.gaierror("no such host")
        return [entry for name in NAMES.get(host, [host]) for entry in found(name, port, *about, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192",
        "192.88.99.1", "168.63.129.16", "198.18.0.1", "224.0.0.1", "239.1.1.1",
        "255.255.255.255", "240.0.0.1", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "ff0e::1", "64:ff9b::7f00:1",
        "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:db8::1", "100::1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_internet_is_not_public(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_what_is_of_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://public.test/callbacks?a=b", ""),
        ("https://public.test:8443", ""),
        ("http://public.test", "Use https"),
        ("https://private.test", "private.test is on a private network"),
        ("https://both.test", "is on a private network"),
        ("https://translated.test", "is on a private network"),
        ("https://127.0.0.1:9000", "is on a private network"),
        ("https://[::1]", "is on a private network"),
        ("https://2130706433", "is on a private network"),
        ("https://0x7f.1", "is on a private network"),
        ("http://169.254.169.254/latest/meta-data/", "Use https"),
        ("https://nowhere.test", "There is no host named nowhere.test"),
        ("https://" + "a" * 70 + ".test", "There is no host"),
        ("https://a..b", "There is no host"),
        ("https://[::1", "isn’t valid"),
        ("https://public.test:99999", "isn’t valid"),
        ("file:///etc/passwd", "Enter the address"),
        ("ftp://public.test", "Enter the address"),
        ("gopher://127.0.0.1:70", "Use https"),
        ("https://", "Enter the address"),
    ],
)
def test_an_address_is_refused_with_what_to_do(url: str, says: str) -> None:
    problem = addresses.address_problem(url, allowed=[])
    assert says in problem
    assert bool(problem) == bool(says)


def test_the_setting_allows_a_host_for_one_port_or_all() -> None:
    allowed = ["private.test", "10.0.0.7:8080", "127.0.0.1:80"]
    for url in ("http://private.test:9000", "https://private.test", "http://10.0.0.7:8080/x", "http://127.0.0.1/"):
        assert addresses.address_problem(url, allowed=allowed) == ""
    for url in ("http://10.0.0.7:8081", "https://127.0.0.1", "https://sub.private.test"):
        assert addresses.address_problem(url, allowed=allowed)


def test_the_address_to_connect_to_is_the_one_that_was_checked() -> None:
    found = addresses.addresses_to_connect("public.test", 443, allowed=[])
    assert list(found) == NAMES["public.test"]
    assert list(addresses.addresses_to_connect("private.test", 443, allowed=["private.test"])) == ["private.test"]
    with pytest.raises(addresses.AddressRefused):
        list(addresses.addresses_to_connect("both.test", 443, allowed=["private.test"]))
