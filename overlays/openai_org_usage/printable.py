"""What is shown of texts from outside: no control character, no turned reading direction, no key.

Every text that reaches a terminal goes through here. Data in CSV, Parquet and Arrow does not; JSON can say
the same with other characters, and does.
"""

from __future__ import annotations

import os
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterable

from ._generated import redacted

_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories of what steers a terminal, breaks lines, is not seen, or has no agreed meaning."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks that nothing is seen of, by which two names could look the same."""
_MARKS = frozenset({"Mn", "Me"})
_MARKS_ON_ONE = 4
"""As many as any script sets above and below one letter; more than these run into other lines."""
_NOT_PLAIN = re.compile(r"[^\n\x20-\x7e]+")
_PLAIN_BYTES = bytes([ord("\n"), *range(0x20, 0x7F)])

_LONGEST = 4000
"""Characters of a message that are shown."""

Spell = Callable[[str], str]
"""What stands for a character that is not shown."""


def clean(text: str) -> str:
    """`text` on one line, without what could steer a terminal or turn the reading direction around."""
    shown = _spelled(" ".join(redacted(text).split()), lambda _: "�")
    return re.sub("�+", "�", shown) or "(blank)"


def visible(text: str) -> str:
    """`text` in its lines, with what `clean` leaves out spelled as Python does it: `\\x1b`, `\\u202e`."""
    return _spelled(text, _python_escape)


def shorten(text: str) -> str:
    """`text`, or its beginning and end if it is very long, as where a whole file was given as a value."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def escaped_json(text: str) -> str:
    """The JSON document `text`, with what `clean` leaves out written as `\\u001b`: it says the same."""
    return _spelled(text, _json_escape)


def escaped_lines(data: bytes) -> bytes:
    """As `escaped_json`, for lines in UTF-8; that there is nothing to escape is known at once."""
    if data.isascii() and b"\x7f" not in data:
        return data
    others = data.translate(None, _PLAIN_BYTES)
    if all(map(_is_harmless, set(others.decode()))):
        return data
    return escaped_json(data.decode()).encode()


def shell_command(words: Iterable[str]) -> str:
    """The command of `words`, to be copied into bash, zsh or ksh; it is exact and shows no control character.

    What cannot be shown is in quotes such as `$'\\x1b'`, which are of these shells.
    """
    return " ".join(map(_shell_word, words))


def _spelled(text: str, spell: Spell) -> str:
    """`text` with what is no harmless character spelled by `spell`; line ends are harmless."""
    return _NOT_PLAIN.sub(lambda run: _spelled_run(run[0], spell), text)


def _spelled_run(run: str, spell: Spell) -> str:
    if run.isprintable() and _UNSEEN.isdisjoint(run) and not _may_be_flooded(run):
        return run
    marks = 0
    pieces: list[str] = []
    for char in run:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARKS else 0
        harmful = category in _UNSAFE or char in _UNSEEN or marks > _MARKS_ON_ONE
        pieces.append(spell(char) if harmful else char)
    return "".join(pieces)


def _is_harmless(char: str) -> bool:
    """Whether it is, however many of it there are."""
    category = unicodedata.category(char)
    return not (category in _UNSAFE or category in _MARKS or char in _UNSEEN)


def _may_be_flooded(run: str) -> bool:
    return len(run) > _MARKS_ON_ONE and not _MARKS.isdisjoint(map(unicodedata.category, run))


def _python_escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return {"\t": "\\t", "\r": "\\r"}.get(char) or f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[place : place + 4]}" for place in range(0, len(units), 4))


def _shell_word(word: str) -> str:
    if word.isascii() and word.isprintable():
        return shlex.quote(word)
    if visible(word) == word and "\n" not in word:
        return shlex.quote(word)
    return f"$'{''.join(map(_shell_byte, os.fsencode(word)))}'"


def _shell_byte(code: int) -> str:
    char = chr(code)
    return char if " " <= char <= "~" and char not in "'\\" else f"\\x{code:02x}"
