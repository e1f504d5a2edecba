"""Texts without their middle, for tables that have no room for them: both ends tell things apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from ...errors import MissingExtraError

Measure = Callable[[str], int]
"""How many characters of a terminal a text takes."""

_LEAST: Final = 8
"""Characters of a text that are left at least."""
_ELLIPSIS: Final = "…"
_WITH_ID_END: Final = re.compile(r"(.*)( \(…[^()]*\))", re.DOTALL)
"""A name that others have, too, and the end of the id that tells them apart."""


def cell_measure() -> Measure:
    """What tells how many characters of a terminal a text takes."""
    try:
        from rich.cells import cell_len
    except ModuleNotFoundError:
        raise MissingExtraError.of("cli", purpose="a table") from None
    return cell_len


def shortened(text: str, width: int, *, measure: Measure) -> str:
    """`text`, at most `width` wide, with an ellipsis for its middle if it is longer.

    Behind a name the end of an id stays whole, where there is room for both: `Data scie… (…cience)`.
    """
    if measure(text) <= width:
        return text
    if found := _WITH_ID_END.fullmatch(text):
        room = width - measure(found[2])
        if room >= _LEAST:
            return f"{_beginning(found[1], room - 1, measure=measure)}{_ELLIPSIS}{found[2]}"
    back = (width - 1) // 2
    ending = _beginning(text[::-1], back, measure=measure)[::-1]
    return f"{_beginning(text, width - 1 - back, measure=measure)}{_ELLIPSIS}{ending}"


def telling_width(texts: Iterable[str], *, measure: Measure) -> int:
    """The least width to which `texts` can be shortened without two different ones looking the same."""
    different = set(texts)
    longest = max(map(measure, different), default=0)
    for width in range(_LEAST, longest):
        if len({shortened(text, width, measure=measure) for text in different}) == len(different):
            return width
    return longest


def _beginning(text: str, width: int, *, measure: Measure) -> str:
    taken = len(text[:width])
    while measure(text[:taken]) > width:
        taken -= 1
    return text[:taken]


__all__ = ["Measure", "cell_measure", "shortened", "telling_width"]
