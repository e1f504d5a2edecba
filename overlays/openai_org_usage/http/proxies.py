"""Which proxy of the environment stands between here and the API: one answer for requests and for messages.

httpx has another reading of NO_PROXY, in which `[::1]` and `10.0.0.0/8` are no URLs and an error. Here
counts what curl, Go and Python's own urllib understand by it, all of it together.
"""

from __future__ import annotations

import ipaddress
import os
import re
from importlib.util import find_spec
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

import attrs

from .._generated import holds_key
from ..credentials import is_loopback
from ..errors import ConfigurationError
from ..printable import clean

_KINDS = ("http", "https", "socks5", "socks5h")
_PORTS = {"http": 80, "https": 443}
_SYSTEM = "the system's settings"
_BRACKETS = re.compile(r"^\[([^\]]*)\](/\d+)?$")
"""Around an address of IPv6, without a port behind it: `fd00::1:443` would be another address."""
_PORT = re.compile("[0-9]{1,5}")
_FORM = "write it like http://host:port, or unset it"


@attrs.frozen
class Proxy:
    """A proxy; of its address only host and port are shown: all else may hold a password."""

    variable: str
    """Where it was found, as it is spelled in the environment."""
    url: str = attrs.field(repr=False)
    place: str
    """Host and port, as they are shown."""

    def __str__(self) -> str:
        return f"the proxy {self.place} ({self.variable})"


def proxy_of(url: str) -> Proxy | None:
    """The proxy for `url`; None if there is none, as for every address of this machine.

    Raises:
        ConfigurationError: there is one, and it cannot be used; the variable is named.
    """
    asked = urlsplit(url)
    if is_loopback(asked.hostname or ""):
        return None
    found = _variable(asked.scheme) or _variable("all")
    if found is not None:
        exempt = _variable("no")
        return None if exempt is not None and is_exempt(asked, exempt[1]) else _read(*found)
    if any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    address = getproxies().get(asked.scheme)  # Of Windows or macOS; elsewhere there is nothing more.
    return None if not address or proxy_bypass(asked.hostname or "") else _read(_SYSTEM, address)


def is_exempt(asked: SplitResult, entries: str) -> bool:
    """Whether NO_PROXY, which is `entries`, means `asked`."""
    return any(_covers(entry, asked) for entry in entries.replace(",", " ").lower().split())


def _covers(entry: str, asked: SplitResult) -> bool:
    scheme, mark, rest = entry.partition("://")
    if mark:
        return scheme in (asked.scheme, "all") and _covers(rest, asked)
    if entry == "*":
        return True
    host = (asked.hostname or "").rstrip(".")
    network = _network(entry)
    if network is not None:
        address = _network(host)
        return address is not None and address.network_address in network
    name, mark, port = entry.rpartition(":")
    if mark and _PORT.fullmatch(port):
        return int(port) == (asked.port or _PORTS.get(asked.scheme)) and _covers(name, asked)
    domain = entry.lstrip("*").strip(".")
    return bool(domain) and f".{host}".endswith(f".{domain}")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """What `10.0.0.0/8`, `10.0.0.7`, `::1`, `[::1]` or `[fd00::]/8` stands for; None if it is a name."""
    try:
        return ipaddress.ip_network(_BRACKETS.sub(r"\1\2", text), strict=False)
    except ValueError:
        return None


def _variable(kind: str) -> tuple[str, str] | None:
    """The variable `https_proxy`, or the like in other letters, and its value; small letters win."""
    wanted = f"{kind}_proxy"
    spelled = [name for name in os.environ if name.lower() == wanted]
    for name in sorted(spelled, key=lambda name: name != wanted):
        value = os.environ[name].strip()
        return (name, value) if value else None
    return None


def _read(variable: str, text: str) -> Proxy:
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        _refuse(variable, "names a proxy whose host or port cannot be read (ports are 1 to 65535)", _FORM)
    if holds_key(host):  # The resolver would be asked for it, in the clear.
        _refuse(variable, "names a proxy whose host is a key", _FORM)
    if parts.scheme not in _KINDS:
        _refuse(variable, "names a proxy of a kind that is not known", _FORM)
    if not host or port == 0 or not host.isprintable() or " " in host:
        _refuse(variable, "names a proxy without a host or port that there can be", _FORM)
    if parts.scheme.startswith("socks") and find_spec("socksio") is None:
        _refuse(
            variable,
            "names a SOCKS proxy, for which the package socksio is missing",
            "pip install socksio, or name an HTTP proxy",
        )
    shown = f"[{host}]" if ":" in host else host
    return Proxy(variable, url, clean(shown if port is None else f"{shown}:{port}"))


def _refuse(variable: str, problem: str, advice: str) -> NoReturn:
    raise ConfigurationError(f"{variable} {problem}; {advice}")
