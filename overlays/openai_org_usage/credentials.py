"""The admin key and the address it may be sent to. The key is shown by nothing but `reveal`."""

from __future__ import annotations

import ipaddress
import os
from typing import NoReturn

import httpx

from ._generated import SERVER_URL
from .errors import ConfigurationError

KEY_VARIABLE = "OPENAI_ADMIN_KEY"
URL_VARIABLE = "OPENAI_BASE_URL"

_NEEDED = (
    "usage and costs need an admin key of the organization (it begins sk-admin-), "
    "as an organization owner makes it under API keys > Admin keys"
)
_OTHER_KINDS = {"sk-proj-": "a project key", "sk-svcacct-": "a service account's key"}


class AdminKey:
    """An admin key that keeps itself out of reprs, logs and pickles."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @classmethod
    def from_argument(cls, value: str | None) -> AdminKey:
        """The key in `value`, or in the environment variable OPENAI_ADMIN_KEY.

        Raises:
            ConfigurationError: there is none, or it is of another kind; it is not shown.
        """
        source = "admin_key" if value is not None else KEY_VARIABLE
        value = os.environ.get(KEY_VARIABLE) if value is None else value
        problem = _problem(value, source)
        key = cls(value or "")
        del value  # A traceback that shows locals would show it.
        if problem:
            raise ConfigurationError(problem)
        return key

    def reveal(self) -> str:
        """The key itself, for the Authorization header."""
        return self._value

    def redacted_from(self, text: str) -> str:
        """`text` with the key taken out, should a server have echoed it."""
        return text.replace(self._value, "[admin key]")

    def __repr__(self) -> str:
        return "AdminKey('sk-…')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an AdminKey cannot be pickled, lest the key end up in a file")


def checked_base_url(value: str | None) -> str:
    """The base URL in `value`, in OPENAI_BASE_URL, or the documented one; without a final slash.

    Raises:
        ConfigurationError: it is no URL, would send the key unencrypted beyond this machine, or
            has credentials, a query or a fragment in it.
    """
    text = value or os.environ.get(URL_VARIABLE) or SERVER_URL
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise ConfigurationError(f"the base URL cannot be read; write it like {SERVER_URL}") from None
    if url.userinfo:
        raise ConfigurationError("the base URL has credentials in it: pass the key as admin_key instead")
    if url.scheme not in ("http", "https") or not url.host:
        raise ConfigurationError(f"the base URL {text!r} is not http(s); write it like {SERVER_URL}")
    if url.query or url.fragment:
        raise ConfigurationError(f"the base URL {text!r} has a query or fragment; leave it out")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ConfigurationError(
            f"the base URL {text!r} would send the admin key unencrypted: use https (plain http is "
            "for this machine only)"
        )
    return text.rstrip("/")


def _problem(value: str | None, source: str) -> str | None:
    """What is wrong with the key, without showing it."""
    if not value:
        return f"there is no key in {source}: pass admin_key or set {KEY_VARIABLE}; {_NEEDED}"
    if not value.isascii() or not value.isprintable() or " " in value:
        return (
            f"the key in {source} has white space, control or other odd characters: copy it again, "
            f"without a line end; {_NEEDED}"
        )
    for prefix, kind in _OTHER_KINDS.items():
        if value.startswith(prefix):
            return f"the key in {source} is {kind} ({prefix}…): {_NEEDED}"
    return None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
