"""Which proxy of the environment stands between, for messages."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies


def proxy_of(url: str) -> str:
    """The proxy for `url`, such as `the proxy proxy.example:3128 (HTTPS_PROXY)`, without its credentials."""
    scheme = urlsplit(url).scheme
    found = getproxies()
    for name in (scheme, "all"):
        if name in found:
            host = found[name].rpartition("@")[2].rpartition("//")[2].strip("/")
            return f"the proxy {host} ({name.upper()}_PROXY)"
    return "the proxy"
