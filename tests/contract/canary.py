"""Keys that are looked for, the ways in which one may stand in an input, and traces of them in texts.

The search shares nothing with the library: it undoes escapes with Python's own means.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, unquote

from ..scripted import KEY

GATEWAY_KEY = "gw.Qz7canary-3f9a1cXb"
"""A key without the form of OpenAI's: it can be known by its value alone, as the one that is in use."""

_PIECE = 9
"""Characters of the secret part that give it away."""
_SECRET = "canary-3f9a1c"
_ESCAPE = re.compile(r"\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2}))")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


def _every_character(key: str) -> str:
    return "".join(f"%{ord(char):02x}" for char in key)


FORMS: Mapping[str, Callable[[str], str]] = {
    "alone": lambda key: key,
    "in capitals": str.upper,
    "with blanks": lambda key: f"  {key}\t",
    "after a name": lambda key: f"model={key}",
    "as a file": lambda key: f"{key}.csv",
    "in a path": lambda key: f"https://api.openai.com/{key}/v1",
    "as userinfo": lambda key: f"https://{key}@api.openai.com/v1",
    "as a password": lambda key: f"http://user:{key}@127.0.0.1:9",
    "without a scheme": lambda key: f"{key}@api.openai.com",
    "in a query": lambda key: f"https://api.openai.com/v1?api_key={key}",
    "in a fragment": lambda key: f"https://api.openai.com/v1#{key}",
    "percent-encoded": _every_character,
    "percent-encoded twice": lambda key: quote(_every_character(key)),
    "in JSON": lambda key: json.dumps("".join(f"\\u{ord(char):04x}" for char in key)),
    "in Basic auth": lambda key: "Basic " + base64.b64encode(f"user:{key}".encode()).decode(),
}
"""How a key may stand in a value."""


def trace_of(text: str) -> str | None:
    """Where a piece of a canary shows in `text`, or in what it means; None where none does."""
    for reading in _readings(text):
        plain = reading.lower().replace("_", "-")
        for start in range(len(_SECRET) - _PIECE + 1):
            at = plain.find(_SECRET[start : start + _PIECE])
            if at >= 0:
                return reading[max(0, at - 120) : at + 40]
    return None


def _readings(text: str) -> Iterator[str]:
    yield text
    for _ in range(3):
        if "%" in text:
            yield (text := unquote(text, errors="replace"))
        if "\\" in text:
            yield (text := _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text))
        if "&#" in text:
            yield (text := html.unescape(text))
    for token in _BASE64.findall(text):
        for start in range(4):
            rest = token[start:].rstrip("=").replace("-", "+").replace("_", "/")
            yield base64.b64decode(rest[: len(rest) // 4 * 4]).decode("latin-1")


CANARIES = {"by its form": KEY, "by its value": GATEWAY_KEY}
