"""The admin key and the address it may be sent to. The key is shown by nothing but `reveal`."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlsplit

import attrs

from ._generated import SERVER_URL, holds_key, keep_out
from .errors import ConfigurationError
from .hidden_arguments import hides_arguments
from .lazy_names import late_imports

if TYPE_CHECKING:
    import httpx

KEY_VARIABLE = "OPENAI_ADMIN_KEY"
URL_VARIABLE = "OPENAI_BASE_URL"
SWAPPED = "the two are swapped"
"""Said of the key, and of the address."""
OTHER_KEY_VARIABLE = "OPENAI_API_KEY"
"""Where the official SDK finds the key of a project, which is never used here."""

_NEEDED = (
    "usage and costs need an admin key of the organization (it begins sk-admin-), "
    "as an organization owner makes it under API keys > Admin keys"
)
_OTHER_KINDS = {
    "sk-proj-": "a project key",
    "sk-svcacct-": "a service account's key",
    "sess-": "a session key of OpenAI's web site",
    "sk-ant-": "a key of Anthropic",
    "sk-or-": "a key of OpenRouter",
    "AIza": "a key of Google",
    "gsk_": "a key of Groq",
    "xai-": "a key of xAI",
    "hf_": "a key of Hugging Face",
}
_ADDRESS = f"is an address: that belongs in {URL_VARIABLE}"
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
_USER_KEY = re.compile(r"sk-[A-Za-z0-9]{48}")
"""Keys of the old kind, which belong to a user; all newer kinds have a prefix with a second dash."""


class AdminKey:
    """An admin key that keeps itself out of reprs, logs and pickles."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        keep_out(self, attribute="_value")

    @classmethod
    @hides_arguments
    def from_argument(cls, value: str | None) -> AdminKey:
        """The key in `value`, or in the environment variable OPENAI_ADMIN_KEY.

        Raises:
            ConfigurationError: there is none, or it is of another kind; it is not shown.
        """
        return cls.from_environment(KEY_VARIABLE) if value is None else cls._checked(value, "admin_key")

    @classmethod
    def from_environment(cls, variable: str) -> AdminKey:
        """The key in the environment variable called so.

        Raises:
            ConfigurationError: there is none, or it is of another kind; it is not shown.
        """
        return cls._checked(os.environ.get(variable), variable)

    @classmethod
    @hides_arguments
    def _checked(cls, value: str | None, source: str) -> AdminKey:
        problem = _problem(value, source)
        key = cls(value or "")
        if problem:
            raise ConfigurationError(problem)
        return key

    def reveal(self) -> str:
        """The key itself, for the Authorization header."""
        return self._value

    def __repr__(self) -> str:
        return "AdminKey('sk-…')"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an AdminKey cannot be pickled, lest the key end up in a file")


@attrs.frozen
class Access:
    """Where requests go and with what key."""

    key: AdminKey
    base_url: str
    brackets: bool
    """Whether lists are sent as `group_by[]=…`."""
    version: str
    """Of this package, which requests name as their sender."""

    def headers(self) -> dict[str, str]:
        """The headers of every request; the key is in them."""
        return {
            "Authorization": f"Bearer {self.key.reveal()}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"openai-org-usage/{self.version} python/{sys.version.partition(' ')[0]}",
        }


@hides_arguments
def checked_base_url(value: str | None) -> str:
    """The base URL in `value`, in OPENAI_BASE_URL, or the documented one; without a final slash.

    Raises:
        ConfigurationError: it is no URL, would send the key unencrypted beyond this machine, has
            credentials, a query, a fragment or white space in it, or lacks the path at OpenAI's own host.
    """
    value = value or os.environ.get(URL_VARIABLE) or SERVER_URL
    problem = _url_problem(value)
    if problem:
        raise ConfigurationError(problem)
    return value.rstrip("/")


_PLAIN_URL = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)*/[\w.-][\w./-]*", re.ASCII)
"""What most people use: nothing can be wrong with it but what `holds_key` finds."""
_LAST_PORT = 65_535


def _url_problem(text: object) -> str | None:
    """What is wrong with the base URL. It is quoted only where nothing secret can be in it."""
    if not isinstance(text, str):
        return f"the base URL is no str, but {type(text).__name__}"
    if holds_key(text):
        return _key_as_url(text)
    if any(char.isspace() or not char.isprintable() for char in text):
        return "the base URL has white space or control characters in it: copy it again, without a line end"
    return None if _PLAIN_URL.fullmatch(text) else _parsed_problem(text)


def _key_as_url(text: str) -> str:
    """Where a key stands in the place of the address, or in it. None of it is shown."""
    is_all = not any(char in text for char in "/@?#")
    if is_all and _is_address(os.environ.get(KEY_VARIABLE, "")):
        return f"{URL_VARIABLE} holds a key, and {KEY_VARIABLE} an address: {SWAPPED}"
    if is_all:
        return f"the base URL is a key: it belongs in {KEY_VARIABLE}, or is passed as admin_key"
    return "the base URL has a key in it: pass the key as admin_key instead"


def _parsed_problem(text: str) -> str | None:
    with late_imports():  # Only here: it takes longer to import than all else that a ready client needs.
        import httpx

    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return f"the base URL cannot be read; write it like {SERVER_URL}"
    if url.userinfo or "@" in text:
        return "the base URL has credentials in it: pass the key as admin_key instead"
    if url.query or url.fragment or "?" in text or "#" in text:
        return "the base URL has a query or fragment: leave it out"
    if url.scheme not in ("http", "https") or not url.host:
        return f"the base URL is not http(s); write it like {SERVER_URL}"
    if url.port is not None and not 0 < url.port <= _LAST_PORT:
        return f"the base URL has a port that cannot be: they go from 1 to {_LAST_PORT}"
    return _host_problem(url, text)


def _host_problem(url: httpx.URL, text: str) -> str | None:
    if url.scheme == "http" and not is_loopback(url.host):
        return (
            f"the base URL {text!r} would send the admin key unencrypted: use https (plain http is "
            "for this machine only)"
        )
    official = urlsplit(SERVER_URL)
    path = official.path.strip("/")
    if path and f".{url.host}".endswith(f".{official.hostname}") and not url.path.strip("/"):
        return (
            f"the base URL {text!r} lacks the path /{path}, and OpenAI would answer 404: "
            f"write {text.rstrip('/')}/{path}"
        )
    return None


def _problem(value: object, source: str) -> str | None:
    """What is wrong with the key, without showing it."""
    if not value and source in ("admin_key", KEY_VARIABLE):
        return f"there is no key in {source}{_hint()}: pass admin_key or set {KEY_VARIABLE}; {_NEEDED}"
    if not value:
        return f"there is no key in {source}: set that variable; {_NEEDED}"
    if not isinstance(value, str):
        return f"the key in {source} is no str, but {type(value).__name__}; {_NEEDED}"
    fault = _fault(value)
    return f"the key in {source} {fault}; {_NEEDED}" if fault else None


def _fault(key: str) -> str | None:
    """What is wrong with `key`, as the rest of a sentence."""
    if _is_address(key):
        swapped = holds_key(os.environ.get(URL_VARIABLE, ""))
        return f"is an address, and {URL_VARIABLE} holds a key: {SWAPPED}" if swapped else _ADDRESS
    if key[0] in _QUOTES or key[-1] in _QUOTES:
        return "has quotes around it: leave them out"
    if key.lower().startswith("bearer "):
        return "begins with the word Bearer: leave it out"
    if not key.isascii() or not key.isprintable() or " " in key:
        return "has white space, control or other odd characters: copy it again, without a line end"
    for prefix, kind in _OTHER_KINDS.items():
        if key.startswith(prefix):
            return f"is {kind} ({prefix}…)"
    return "is a user's key of the old kind (sk-…)" if _USER_KEY.fullmatch(key) else None


def _is_address(text: str) -> bool:
    return "://" in text


def _hint() -> str:
    """What OPENAI_API_KEY has to do with a missing key; nothing of it is shown."""
    other = os.environ.get(OTHER_KEY_VARIABLE)
    if not other:
        return ""
    if other.startswith("sk-admin-"):
        return f" ({OTHER_KEY_VARIABLE} holds an admin key, but is not read: move it)"
    return f" ({OTHER_KEY_VARIABLE} is set, but the key of a project or user cannot read usage)"


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address, is this machine."""
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    import ipaddress

    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
