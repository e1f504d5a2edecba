"""E-mail addresses in texts that are to be passed on without any. Pure."""

from __future__ import annotations

import re
from typing import Final

_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+")
"""What only an e-mail address has: a name that has it is one, or shows one."""


def name_without_address(name: str | None) -> str | None:
    """`name`, or None if it is an address or shows one."""
    return None if name is None or _ADDRESS.search(name) else name


def text_without_addresses(text: str) -> str:
    """`text` with a word for each address."""
    return _ADDRESS.sub("(address)", text)


__all__ = ["name_without_address", "text_without_addresses"]
