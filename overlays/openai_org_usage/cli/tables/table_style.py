"""How a table for people is to look, and how much room there is for it."""

from __future__ import annotations

import attrs

from .shortened_texts import Measure, cell_measure


@attrs.frozen(kw_only=True)
class TableStyle:
    """How a table is to look."""

    width: int | None
    """How many characters of a terminal there are; None in a file or pipe, where a line may be any length."""
    is_summed: bool = False
    """Whether the rows are sums over time."""
    adds_up: bool = True
    """Whether sums stand below the numbers, where these are of one currency or unit."""
    is_complete: bool = False
    """Whether every column is wanted, so that texts are folded and nothing is left out."""
    exact: bool = False
    """Whether amounts have all their digits; else they are rounded to be read, after adding up."""
    measure: Measure = attrs.field(factory=cell_measure)
    """How many characters of a terminal a text takes."""


__all__ = ["TableStyle"]
