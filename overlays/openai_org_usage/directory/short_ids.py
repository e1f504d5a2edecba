"""Ids by their ends, where names stand beside them and the ids only tell them apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LEAST: Final = 6
"""Characters of an id that are shown at least."""


def telling_length(ids: Iterable[str]) -> int:
    """How many characters at the end tell different `ids` apart."""
    different = set(ids)
    longest = max(map(len, different), default=0)
    lengths = range(_LEAST, longest)
    return next((n for n in lengths if len({id[-n:] for id in different}) == len(different)), longest)


def id_end(id: str, length: int) -> str:
    """The last `length` characters of `id` after an ellipsis; the whole if that is no longer."""
    return id if len(id) <= length + 1 else f"…{id[-length:]}"


__all__ = ["id_end", "telling_length"]
