"""How much a change counts, so that large and small ones do not look alike in any form. Pure."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from .. import formatting
from ..changes import AmountChange, ratio


class ChangeWeight(StrEnum):
    """Small, clear or large, as the reader sees it by weight, colour and sign."""

    SMALL = "small"
    """Below 5 % of the entry, or below 1 % of all that was spent before."""
    CLEAR = "clear"
    LARGE = "large"
    """From 25 % of the entry and 5 % of all that was spent before."""


_ARROWS = {
    ChangeWeight.SMALL: ("", ""),
    ChangeWeight.CLEAR: ("↗", "↘"),
    ChangeWeight.LARGE: ("▲", "▼"),
}
_SMALL, _SMALL_OF_ALL = Decimal("0.05"), Decimal("0.01")
_LARGE, _LARGE_OF_ALL = Decimal("0.25"), Decimal("0.05")


def weight(change: AmountChange, *, beside: Decimal) -> ChangeWeight:
    """How much `change` counts `beside` all that was spent in the period before."""
    if not change.by:
        return ChangeWeight.SMALL
    own = _LARGE if change.ratio is None else change.ratio.copy_abs()
    of_all = ratio(change.by, beside)
    part = _LARGE_OF_ALL if of_all is None else of_all.copy_abs()
    if own < _SMALL or part < _SMALL_OF_ALL:
        return ChangeWeight.SMALL
    return ChangeWeight.LARGE if own >= _LARGE and part >= _LARGE_OF_ALL else ChangeWeight.CLEAR


def percent(change: AmountChange, *, beside: Decimal, is_gone: bool = False) -> str:
    """The change in percent, `new` or `gone`, after an arrow that says direction and weight."""
    if is_gone:
        text = "gone"
    elif change.ratio is None:
        text = "new" if change.by else formatting.DASH
    else:
        text = formatting.percent(change.ratio, signed=True)
    more, less = _ARROWS[weight(change, beside=beside)]
    arrow = more if change.by > 0 else less
    return f"{arrow} {text}" if arrow else text
