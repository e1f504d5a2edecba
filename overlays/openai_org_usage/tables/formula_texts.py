"""Texts that a spreadsheet would run as formulas, and how they are kept from it. Pure."""

from __future__ import annotations

import re
from typing import Final

_NOT_SEEN: Final = r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]"
_SIGNS: Final = r"[=+\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b]"
_FORMULA: Final = re.compile(rf"^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=(?:{_NOT_SEEN}|\")*{_SIGNS})")
"""Where a spreadsheet would begin a formula: at the start, and where it may begin another cell although it
should not. Blanks are skipped by some, and the wide forms of the signs are read by those of East Asia."""


def may_run(text: str) -> bool:
    """Whether a spreadsheet would run `text`, or part of it, where it is typed or read from CSV."""
    return _FORMULA.search(text) is not None


def inert(text: str) -> str:
    """`text` with `'` before what a spreadsheet would run: it is text then."""
    return _FORMULA.sub("'", text)


__all__ = ["inert", "may_run"]
