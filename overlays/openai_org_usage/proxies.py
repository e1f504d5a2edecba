"""Which proxy of the environment stands between, for messages."""

from __future__ import annotations

from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_of(url: str) -> str | None:
    """The proxy for `url`, such as `the proxy proxy.example:3128 (HTTPS_PROXY)`; None if there is none.

    Of its address only host and port are told: all else may hold a password.
    """
    asked = urlsplit(url)
    found = getproxies()
    name = asked.scheme if asked.scheme in found else "all"
    if name not in found or proxy_bypass(asked.hostname or ""):
        return None
    address = found[name]
    try:
        proxy = urlsplit(address if "//" in address else f"//{address}")
        host = proxy.hostname or "?"
        where = host if proxy.port is None else f"{host}:{proxy.port}"
    except ValueError:
        where = "that cannot be read"
    return f"the proxy {where} ({name.upper()}_PROXY)"
