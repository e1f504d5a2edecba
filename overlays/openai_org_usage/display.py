"""What is shown of texts from outside: no control character, no turned reading direction, no key.

Every text that reaches a terminal goes through here. Data in CSV, JSON, Parquet and Arrow does not.
"""

from __future__ import annotations

import unicodedata

from ._generated import redacted

_UNSAFE = ("Cc", "Cf", "Cs", "Co", "Cn")
"""Unicode categories of what steers a terminal, is not seen, or has no agreed meaning."""


def clean(text: str) -> str:
    """`text` on one line, without what could steer a terminal or turn the reading direction around."""
    shown = "".join(" " if char.isspace() else char if _harmless(char) else "�" for char in redacted(text))
    return " ".join(shown.split()) or "(blank)"


def _harmless(char: str) -> bool:
    return unicodedata.category(char) not in _UNSAFE
