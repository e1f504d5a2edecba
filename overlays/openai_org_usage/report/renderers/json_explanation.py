"""Why a spend changed, as the JSON form has it: every digit, and keys beside names. Pure."""

from __future__ import annotations

from datetime import date

from ..explanation.causes import ChangeCause
from ..explanation.effects import Effects, ItemEffects
from ..explanation.explanation import Explanation
from ..explanation.movers import Movers
from ..explanation.unusual_days import UnusualDay
from .json_values import Json, change_values, digits


def explanation_values(explanation: Explanation) -> Json:
    """The members of `explanation`."""
    return {
        "by": digits(explanation.by),
        "size": explanation.size.name.lower(),
        "causes": [_cause(cause) for cause in explanation.causes],
        "rest": digits(explanation.rest),
        "effects": _effects(explanation.effects),
        "movers": {each.dimension: _movers(each) for each in explanation.movers},
        "unusual_days": [_unusual_day(day) for day in explanation.unusual_days],
    }


def _cause(cause: ChangeCause) -> Json:
    return {
        "subjects": [
            {"dimension": subject.dimension, "key": subject.key, "name": subject.label.shown_name}
            for subject in cause.subjects
        ],
        "kind": cause.kind.value,
        "began": _day(cause.began),
        "ended": _day(cause.ended),
        "amount": digits(cause.amount),
        "share": digits(cause.share),
        "amount_now": digits(cause.amount_now),
        "change": change_values(cause.change),
    }


def _effects(effects: Effects) -> Json:
    return {
        "volume": digits(effects.volume),
        "mix": digits(effects.mix),
        "price": digits(effects.price),
        "new": digits(effects.new),
        "gone": digits(effects.gone),
        "unmeasured": digits(effects.unmeasured),
        "difference": digits(effects.difference),
        "line_items": [_item(item) for item in effects.items],
    }


def _item(item: ItemEffects) -> Json:
    return {
        "line_item": item.line_item,
        "unit": item.unit,
        "by": digits(item.by),
        "volume": digits(item.volume),
        "price": digits(item.price),
    }


def _movers(movers: Movers) -> Json:
    rest = movers.rest
    return {
        "entries": [
            {
                "key": entry.key,
                "name": entry.label.shown_name,
                "amount": digits(entry.amount),
                "change": change_values(entry.change),
                "is_new": entry.is_new,
                "is_gone": entry.is_gone,
            }
            for entry in movers.entries
        ],
        "rest": None
        if rest is None
        else {"count": rest.count, "amount": digits(rest.amount), "change": change_values(rest.change)},
        "difference": digits(movers.difference),
        "is_estimate": movers.is_estimate,
    }


def _unusual_day(day: UnusualDay) -> Json:
    return {
        "day": _day(day.day),
        "amount": digits(day.amount),
        "expected": digits(day.expected),
        "by": digits(day.by),
        "ratio": digits(day.ratio),
        "distance": digits(day.distance),
        "is_extreme": day.is_extreme,
        "has_ended": day.has_ended,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
