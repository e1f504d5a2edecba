"""What may have been meant by a word that is not known: the same for every command. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_NEAR: Final = 0.55
"""How alike two words must be; `1h` and `1d`, which share every second letter, are not."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that reads most like `word`; None where none does."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=_NEAR)), None)


def suggestion(word: str, known: Iterable[str]) -> str:
    """What may have been meant, to follow a complaint."""
    near = nearest(word, known)
    return "" if near is None else f" (did you mean {near!r}?)"


__all__ = ["nearest", "suggestion"]
