"""The explanation in sentences, the same in every form of the report. Pure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ...line_items import read_line_item
from ...printable import clean
from .. import formatting
from ..changes import AmountChange
from .causes import CauseKind, ChangeCause, Subject
from .comparison import ChangeSize
from .explanation import Explanation

NOTHING = "Nothing stands out."
"""What stands there if no cause can be named."""
_ALL = Decimal("0.95")
_MORE_THAN_ALL = Decimal("1.05")


def sentence(explanation: Explanation, currency: str) -> str | None:
    """What explains most of the change, and since when; None where nothing stands out."""
    if not explanation.causes:
        return None
    return cause_line(explanation.causes[0], currency, by=explanation.by)


def cause_line(cause: ChangeCause, currency: str, *, by: Decimal) -> str:
    """Such as `gpt-5 output in Sandbox explains 94% of the rise; it began on 22 November and goes on.`"""
    return f"{subject_words(cause)} {_part(cause, currency, by=by)}; {_since(cause)}."


def subject_words(cause: ChangeCause) -> str:
    """What a cause is about, such as `gpt-5 output in Sandbox`."""
    first, *others = map(_called, cause.subjects)
    joined = {"project_id": "in", "api_key_id": "with"}
    places = (
        f" {joined[each.dimension]} {name}" for each, name in zip(cause.subjects[1:], others, strict=True)
    )
    return "".join((first, *places))


def difference(change: AmountChange, size: ChangeSize, currency: str, *, before: str) -> str:
    """Such as `, clearly more than October 2026: by $390.95 (6.4%)`, with `before` for the month."""
    if not change.before:
        return f"; nothing was spent in {before}"
    if not change.by:
        return f", exactly as much as {before}"
    more = "more" if change.by > 0 else "less"
    by = formatting.money(change.by.copy_abs(), currency)
    share = "" if change.ratio is None else f" ({formatting.percent(change.ratio.copy_abs())})"
    if size is ChangeSize.SAME:
        return f", about as much as {before}: {by}{share} {more}"
    return f", {size.value} {more} than {before}: by {by}{share}"


def _called(subject: Subject) -> str:
    name = clean(subject.label.shown_name or subject.key)
    end = f" ({clean(subject.label.id_end)})" if subject.label.id_end else ""
    if subject.dimension == "api_key_id":
        return f"the API key {name}{end}"
    if subject.dimension == "line_item":
        item = read_line_item(subject.key)
        parts = item.tier or item.product, item.model_or_category, item.modality, item.kind, item.prompts
        return clean(" ".join(part for part in parts if part))
    return f"{name}{end}"


def _part(cause: ChangeCause, currency: str, *, by: Decimal) -> str:
    """How much of the change a cause explains."""
    amount = formatting.money(cause.amount.copy_abs(), currency)
    cost = f"cost {amount} {'more' if cause.amount > 0 else 'less'} than usual"
    change = "rise" if by > 0 else "fall"
    if cause.share is None:
        return cost
    if cause.share < 0:
        return f"{cost}, against the {change}"
    if cause.share > _MORE_THAN_ALL:
        return f"{cost}, more than the whole {change}"
    if cause.share >= _ALL:
        return f"explains the {change}"
    return f"explains {cause.share:.0%} of the {change}"


def _since(cause: ChangeCause) -> str:
    """When it began, and whether it goes on."""
    if cause.began is None:
        return "it began before the days that were read"
    began = _day(cause.began)
    if cause.ended is not None:
        return _from_to(cause.began, cause.ended)
    more = "more" if cause.amount > 0 else "less"
    return {
        CauseKind.NEW: f"it is new since {began}",
        CauseKind.GONE: f"it has cost nothing since {began}",
        CauseKind.PRICE: f"its price is {'higher' if cause.amount > 0 else 'lower'} since {began}",
        CauseKind.DRIFT: f"it has cost {more} and more since {began}",
    }.get(cause.kind, f"it began on {began} and goes on")


def _from_to(began: date, ended: date) -> str:
    if began == ended:
        return f"it was on {_day(began)} alone"
    same = (began.year, began.month) == (ended.year, ended.month)
    return f"it began on {_day(began)} and ended on {f'the {_ordinal(ended.day)}' if same else _day(ended)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _ordinal(number: int) -> str:
    ending = "th" if 11 <= number <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
