"""The report as JSON, for programs: every digit, money as strings, a schema that says its version. Pure.

`docs/report.md` describes the members. Within a version members may be added, and none is renamed,
removed or given another meaning.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

import attrs

from ...line_items import read_line_item
from ...printable import escaped_json
from .. import formatting
from ..breakdowns import Breakdown, BreakdownEntry
from ..forecast import Forecast
from ..prices import UnitPrice
from ..report import Report
from ..spending import Spend
from ..tokens import TokenMix, TokenSums
from ..unknown_results import LeftOut
from ..view import EVERY_SECTION, BarUnit, Section, View
from .chart_days import complete_days
from .json_explanation import explanation_values
from .json_values import Json, change_values, digits, period_values
from .time_axis import bars

SCHEMA = "openai-org-usage/report"
VERSION = 2


def render_json(
    report: Report,
    *,
    indent: int | None = 2,
    sections: Collection[Section] = EVERY_SECTION,
    by: BarUnit | None = None,
) -> str:
    """The report, or `sections` of it, as a JSON document; ends with a newline."""
    document = to_dict(report, sections=sections, by=by)
    return escaped_json(json.dumps(document, ensure_ascii=False, indent=indent)) + "\n"


def to_dict(
    report: Report, *, sections: Collection[Section] = EVERY_SECTION, by: BarUnit | None = None
) -> Json:
    """The report as the JSON document holds it: strings, integers, booleans, None, lists and dicts.

    Members of other `sections` are left out. With `by`, spends have `spans`, too: their days added up by it.
    """
    view = View(sections, by)
    document: Json = {
        "schema": SCHEMA,
        "version": VERSION,
        "made_at": f"{report.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "time_zone": "UTC",
        "tokens_time_zone": report.token_days.name,
        "part": [
            {"dimension": each.dimension, "key": each.key, "name": each.label.shown_name}
            for each in report.part.subjects
        ],
        "period": period_values(report.period),
        "complete_days": period_values(report.complete),
        "growing": report.growing,
        "compared_with": None if report.compared_with is None else period_values(report.compared_with),
        "spends": [_spend(spend, view) for spend in report.spends],
        "tokens": _tokens(report.tokens),
        "refusals": [attrs.asdict(each) for each in report.refusals],
        "left_out": [left_out_to_dict(each) for each in report.left_out],
        "notes": list(report.notes),
    }
    return _shown(document, view)


_SECTION_OF = {
    "change": Section.SUMMARY,
    "daily_average": Section.SUMMARY,
    "daily_change": Section.SUMMARY,
    "forecast": Section.SUMMARY,
    "explanation": Section.WHY,
    "series": Section.DAYS,
    "days": Section.DAYS,
    "spans": Section.DAYS,
    "breakdowns": Section.BREAKDOWNS,
    "unit_prices": Section.PRICES,
    "tokens": Section.TOKENS,
    "refusals": Section.NOTES,
    "notes": Section.NOTES,
}
"""The members that belong to a section; the others are always there."""


def _shown(members: Json, view: View) -> Json:
    left_out = {name for name, section in _SECTION_OF.items() if section not in view}
    return {name: value for name, value in members.items() if name not in left_out}


def left_out_to_dict(left_out: LeftOut) -> Json:
    """What is left out, as JSON documents hold it."""
    return {
        "operation": left_out.operation,
        "kind": left_out.kind,
        "results": left_out.results,
        "period": period_values(left_out.days),
        "why": left_out.why.value,
        "amount": digits(left_out.amount),
    }


def _spend(spend: Spend, view: View) -> Json:
    members: Json = {
        "currency": spend.currency,
        "total": formatting.plain(spend.total),
        "complete": formatting.plain(spend.complete),
        "change": change_values(spend.change),
        "daily_average": formatting.plain(spend.daily_average),
        "daily_change": change_values(spend.daily_change),
        "series": list(spend.series),
        "days": [
            {
                "day": day.day.isoformat(),
                "amount": formatting.plain(day.amount),
                "parts": [formatting.plain(part) for part in day.parts],
                "before": digits(day.before),
            }
            for day in spend.days
        ],
        **({} if view.by is None else {"spans": _spans(spend, view.by)}),
        "breakdowns": {each.dimension: _breakdown(each) for each in spend.breakdowns},
        "unit_prices": [_price(price) for price in spend.prices],
        "forecast": None if spend.forecast is None else _forecast(spend.forecast),
        "explanation": None if spend.explanation is None else explanation_values(spend.explanation),
    }
    return _shown(members, view)


def _spans(spend: Spend, by: BarUnit) -> list[Json]:
    return [
        {
            **period_values(bar.period),
            "is_partial": bar.is_partial,
            "amount": formatting.plain(bar.amount),
            "parts": [formatting.plain(part) for part in bar.parts],
            "before": digits(bar.before),
        }
        for bar in bars(complete_days(spend), unit=by)
    ]


def _breakdown(breakdown: Breakdown) -> Json:
    rest = breakdown.rest
    return {
        "entries": [_entry(entry, breakdown.dimension) for entry in breakdown.entries],
        "rest": None
        if rest is None
        else {
            "count": rest.count,
            "amount": formatting.plain(rest.amount),
            "complete": formatting.plain(rest.complete),
            "share": digits(rest.share),
            "change": change_values(rest.change),
        },
        "difference": formatting.plain(breakdown.difference),
        "is_estimate": breakdown.is_estimate,
    }


_LABEL_MEMBERS: Mapping[str, Sequence[str]] = {
    "project_id": ("is_archived",),
    "user_id": ("email", "is_service_account"),
    "api_key_id": ("owner", "owner_id", "project", "project_id"),
}


def _entry(entry: BreakdownEntry, dimension: str) -> Json:
    members: Json = {
        "key": entry.key,
        "name": entry.name,
        "amount": formatting.plain(entry.amount),
        "complete": formatting.plain(entry.complete),
        "share": digits(entry.share),
        "change": change_values(entry.change),
    }
    return members | _known_of(entry, dimension)


def _known_of(entry: BreakdownEntry, dimension: str) -> Json:
    """What is told besides of an entry by its dimension."""
    if dimension == "line_item":
        return {} if entry.key is None else _parts_of(entry.key)
    return {name: getattr(entry.label, name) for name in _LABEL_MEMBERS.get(dimension, ())}


def _parts_of(line_item: str) -> Json:
    item = read_line_item(line_item)
    return {
        "model": item.model,
        "kind": item.kind,
        "modality": item.modality,
        "tier": item.tier,
        "product": item.product,
        "prompts": item.prompts,
    }


def _price(price: UnitPrice) -> Json:
    return {
        "line_item": price.line_item,
        "quantity": formatting.plain(price.quantity),
        "unit": price.unit,
        "amount": formatting.plain(price.amount),
        "price": formatting.plain(price.price),
        "per": price.per,
    }


def _forecast(forecast: Forecast) -> Json:
    return {
        "period": period_values(forecast.period),
        "spent": formatting.plain(forecast.spent),
        "today": formatting.plain(forecast.today),
        "expected": digits(forecast.expected),
        "low": digits(forecast.low),
        "high": digits(forecast.high),
        "history_days": forecast.history_days,
        "method": forecast.method,
        "path": [
            {
                "day": ahead.day.isoformat(),
                "expected": formatting.plain(ahead.expected),
                "low": digits(ahead.low),
                "high": digits(ahead.high),
            }
            for ahead in forecast.path
        ],
    }


def _tokens(mix: TokenMix) -> Json:
    return {
        **_sums(mix.sums),
        "before": None if mix.before is None else _sums(mix.before),
        "parts": [
            {
                "kind": part.kind,
                "modality": part.modality,
                "tokens": part.tokens,
                "share": digits(part.share),
            }
            for part in mix.parts
        ],
        "models": [{"model": each.model, **_sums(each.sums)} for each in mix.models],
    }


def _sums(sums: TokenSums) -> Json:
    return {
        "requests": sums.requests,
        "input_tokens": sums.input,
        "cached_input_tokens": sums.cached,
        "output_tokens": sums.output,
        "cached_share": digits(sums.cached_share),
    }
