"""What is shown of a text that may hold a key: all but the key. Never used on data.

A key is known by its form, as OpenAI and others write theirs, and by its value: what OPENAI_ADMIN_KEY and
OPENAI_API_KEY hold, and the keys of all clients that there are. Both are found in upper and lower case,
with escapes of URLs, JSON, HTML and Python in it, several layers of them, and in base64.

A value counts wherever it stands if it has at least 16 characters. A shorter one may be an everyday word,
such as `test`, and protects nothing: it is taken out of what a server said (`echoed`) where it stands as
a word of its own, and out of nothing else.
"""

from __future__ import annotations

import base64
import os
import re
import weakref
from collections.abc import Iterable, Iterator

KEY_SHOWN = "[admin key]"
CREDENTIALS_SHOWN = "[credentials]"

VARIABLES = ("OPENAI_ADMIN_KEY", "OPENAI_API_KEY")
"""Of the environment; nothing else is read from them here."""
CERTAIN = 16
"""Characters from which on a value is taken out wherever it stands."""

SHORTEST_KEY = 12
"""Characters that a text has at least if a key is in it, such as `sk-proj-1a2b`."""

_FORM = re.compile(
    r"(?<![a-z0-9])sk-(?:admin|proj|svcacct)-[a-z0-9_-]{4,}"
    r"|(?<![a-z0-9])(?:sk-|sess-|aiza|gsk[_-]|hf[_-]|xai-)[a-z0-9_-]{16,}",
    re.ASCII | re.IGNORECASE,
)
_RANDOM = re.compile(
    r"^sk-(?:admin|proj|svcacct)-(?:.{0,15}[0-9]|.{16})"
    r"|(?=[a-z]{0,15}[0-9])[a-z0-9]{16}"
    r"|^(?=.{0,80}[0-9])(?=.{0,80}(?-i:[A-Z])).{35}",
    re.ASCII | re.IGNORECASE,
)
"""What tells them from file names such as `sk-admin-costs` and `sk-learn-report`. It is apart from the
form lest a hostile text make the search slow."""
_USERINFO = re.compile(r"(?<=://)[^\s/?#'\"<>]*(?=@)")
_ESCAPE = re.compile(
    r"%([0-9a-f]{2})|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,7});"
    r"|&(amp|lt|gt|quot|apos);|\\(.)",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_LAYERS = 6
"""Of escapes: %2573 has two."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")

_in_use: dict[int, tuple[weakref.ref[object], str]] = {}
"""Who has a key, and as which attribute. No key stands here, and none is kept alive."""


def keep_out(holder: object, *, attribute: str) -> None:
    """Take the `attribute` of `holder`, a key, out of what is shown as long as `holder` lives."""
    reference = weakref.ref(holder, lambda gone: _in_use.pop(id(gone), None))
    _in_use[id(reference)] = (reference, attribute)


def redacted(text: str, *, echoed: bool = False) -> str:
    """`text` for messages, without the keys in it, and without user and password in URLs.

    `echoed` says that a server wrote it, which may have had the key before it.
    """
    if "@" in text:
        text = _USERINFO.sub(CREDENTIALS_SHOWN, text)
    values = list(_values(shortest=1 if echoed else CERTAIN))
    spans = [
        (starts[start], starts[end])
        for plain, starts in _readings(text)
        for start, end in _keys_in(plain, values)
    ]
    return _without(text, sorted(spans)) if spans else text


def holds_key(text: str) -> bool:
    """Whether a key is in `text`, by its form or as one that is in use."""
    values = list(_values(shortest=CERTAIN))
    return any(True for plain, _ in _readings(text) for _ in _keys_in(plain, values))


def _values(*, shortest: int) -> Iterator[str]:
    """The keys in use, in the one spelling that texts are searched in."""
    found = [os.environ.get(name) for name in VARIABLES]
    for reference, attribute in _in_use.copy().values():
        found.append(getattr(reference(), attribute, None))
    for value in found:
        plain = value.strip(" \t\r\n'\"`") if isinstance(value, str) else ""
        if len(plain) >= shortest and "://" not in plain:  # That would be an address in the wrong place.
            yield _alike(plain)


def _alike(text: str) -> str:
    """`text` in lower case with dashes, as a command makes names of it; every character in its place."""
    lower = text.lower() if text.isascii() else "".join(c.lower() if c.isascii() else c for c in text)
    return lower.replace("_", "-")


def _readings(text: str) -> Iterator[tuple[str, list[int]]]:
    """`text` as it is and with layer after layer of escapes undone; with where each character began."""
    starts = list(range(len(text) + 1))
    yield text, starts
    for _ in range(_LAYERS):
        pieces: list[str] = []
        kept: list[int] = []
        at = 0
        for escape in _ESCAPE.finditer(text):
            pieces += [text[at : escape.start()], _meant(escape)]
            kept += starts[at : escape.start() + 1]
            at = escape.end()
        if not pieces:
            return
        text, starts = "".join([*pieces, text[at:]]), [*kept, *starts[at:]]
        yield text, starts


def _meant(escape: re.Match[str]) -> str:
    """The one character that `escape` stands for."""
    percent, json, python, html, number, named, other = escape.groups()
    if named is not None:
        return _NAMED[named.lower()]
    if other is not None:
        return other if other in "\\/\"'" else "\n"
    code = int(number) if number else int(percent or json or python or html, 16)
    return chr(code) if code <= 0x10FFFF else "\n"


def _keys_in(plain: str, values: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where the keys are in a text without escapes."""
    yield from _formed(plain)
    alike = _alike(plain)
    for value in values:
        if value in alike:
            word = re.escape(value)
            whole = word if len(value) >= CERTAIN else rf"(?<![\w-]){word}(?![\w-])"
            for found in re.finditer(whole, alike):
                yield found.span()
    for token in _BASE64.finditer(plain):
        if any(_is_key(inner, values) for inner in _decoded(token[0])):
            yield token.span()


def _formed(plain: str) -> Iterator[tuple[int, int]]:
    for found in _FORM.finditer(plain):
        if _RANDOM.search(found[0]):
            yield found.span()


def _is_key(text: str, values: Iterable[str]) -> bool:
    return any(_formed(text)) or any(len(v) >= CERTAIN and v in _alike(text) for v in values)


def _decoded(token: str) -> Iterator[str]:
    """What `token` may be as base64, wherever in it that begins."""
    plain = token.replace("-", "+").replace("_", "/")
    for start in range(4):
        whole = plain[start : start + (len(plain) - start) // 4 * 4]
        rest = plain[start + len(whole) :]
        padded = whole + (rest + "=" * (4 - len(rest)) if len(rest) > 1 else "")
        yield base64.b64decode(padded).decode("ascii", "ignore")


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        if start >= at:
            pieces += [text[at:start], KEY_SHOWN]
        at = max(at, end)
    return "".join([*pieces, text[at:]])


__all__ = ["CREDENTIALS_SHOWN", "KEY_SHOWN", "SHORTEST_KEY", "holds_key", "keep_out", "redacted"]
