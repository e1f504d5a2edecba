"""Causes of a change: in which project, model, line item or key something began or ended, and when. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum

import attrs

from ..changes import AmountChange
from ..entry_labels import EntryLabel


class CauseKind(Enum):
    """How a cause shows in the days."""

    SPIKE = "spike"
    """Some days beyond the usual, which have ended."""
    STEP = "step"
    """A new level, since one day."""
    DRIFT = "drift"
    """A little more, or less, from day to day."""
    PRICE = "price"
    """A new price of what is used about as much as before."""
    NEW = "new"
    """Something that did not cost anything before."""
    GONE = "gone"
    """Something that no longer costs anything."""


@attrs.frozen
class Subject:
    """One value of one dimension that a cause is about, such as a project."""

    dimension: str
    """`project_id`, `model`, `line_item` or `api_key_id`."""
    key: str
    label: EntryLabel = attrs.field(factory=EntryLabel)
    """What is known of it; set by `Report.with_names`."""


@attrs.frozen
class ChangeCause:
    """What explains a part of the change."""

    subjects: tuple[Subject, ...]
    """One, or two that hold together, such as a line item within a project: the narrower one first."""
    kind: CauseKind
    began: date | None
    """The first day that was out of the ordinary; None where it began before the days that were read."""
    ended: date | None
    """The last such day; None while it goes on at the end of the period."""
    amount: Decimal
    """Its part of the change: what its days cost beyond the usual, less what such days cost in the period
    before. The usual is an estimate, rounded to the cent; what is left is in `Explanation.rest`."""
    share: Decimal | None
    """Of the change, to six places: above 1 where other things made up for it; None without a change."""
    change: AmountChange
    """Exact: all that the subjects cost, for whatever reason, against the period before. Of a model or line
    item with an API key it is what these cost in the key's project, as costs by both are not read."""
    amount_now: Decimal
    """Exact: the same costs in the complete days of the period."""
