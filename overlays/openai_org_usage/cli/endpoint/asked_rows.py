"""What an endpoint's command was asked for: the request to send, and what is made of its rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Self, TypeAlias

import attrs

from ...sums.calendar_periods import Periods
from ..click_base import dashed, is_several, options_from
from ..errors import WrongUsageError
from ..output.output_options import OutputOptions
from ..parameters import ExtraQueryOption, arguments_of
from ..ranges.range_options import RangeOptions
from ..rows.arrangement import Arrangement
from .bucket_widths import widths_for
from .group_by_model import LINE_ITEM, MODEL, as_line_items, by_model

if TYPE_CHECKING:
    from ..._generated import Operation, Request
    from ...pagination.rules import Bucket

_Arguments: TypeAlias = Mapping[str, object]


@attrs.frozen
class AskedRows:
    """What is asked of the API, and what is made of the answer."""

    request: Request[object, Bucket, object]
    """Times are in Unix seconds."""
    arrangement: Arrangement
    notes: tuple[str, ...]
    """What the reader has to know of the range."""

    @classmethod
    def of(cls, operation: Operation, given: Mapping[str, object], *, now: float) -> Self:
        """What `given`, as it was parsed, asks of `operation`.

        Raises:
            WrongUsageError: the range cannot be, or options do not go together.
        """
        from ..._generated import Request
        from ...pagination.rules import Bucket

        asked, output = arguments_of(operation, given), options_from(OutputOptions, given)
        arrangement = _arrangement(operation, asked, output)
        arguments, periods, notes = _ranged(operation, {**given, **asked}, asked, output, now=now)
        if arrangement.by_model:
            arguments["group_by"] = as_line_items(_groups(asked))
        extra = options_from(ExtraQueryOption, given).extra_query
        request = Request[object, Bucket, object].of(operation, arguments, extra)
        return cls(request, attrs.evolve(arrangement, periods=periods), notes)


def _ranged(
    operation: Operation, given: _Arguments, arguments: _Arguments, output: OutputOptions, *, now: float
) -> tuple[dict[str, object], Periods | None, tuple[str, ...]]:
    """`arguments` with times in Unix seconds and the width of buckets; the periods; what to know of them."""
    from ...pagination.plan import SECONDS

    asked, by = RangeOptions.of(given), output.added_by
    names = widths_for(operation, arguments["bucket_width"], by=by, zone=asked.zone, now=now)
    widths = tuple(SECONDS[name] for name in names)
    found = asked.resolve(widths=widths, now=now, command=dashed(operation.name))
    sent: dict[str, object] = {**arguments, "start_time": found.start, "end_time": found.end}
    if names[0] != operation.parameter("bucket_width").default:
        sent["bucket_width"] = names[0]
    if by is None:
        return sent, None, found.notes
    zone = asked.zone or UTC
    periods = Periods(by=by, zone=zone, width=widths[0], start=found.start, end=found.end)
    return sent, periods, (*found.notes, *periods.notes(now))


def _arrangement(operation: Operation, arguments: _Arguments, output: OutputOptions) -> Arrangement:
    """What is made of the rows; the periods are not known yet."""
    asked = _groups(arguments)
    is_by_model = MODEL in asked and MODEL not in operation.parameter("group_by").allowed_values
    shown = by_model(operation, keep_line_items=LINE_ITEM in asked) if is_by_model else operation
    if is_by_model and output.raw:
        raise WrongUsageError("--raw gives the pages as they came, and the API has no costs by model")
    fields = [field.name for field in shown.fields]
    for name in output.named_columns:
        if name in (MODEL, LINE_ITEM) and name not in fields:
            raise WrongUsageError(f"there is no {name} in these rows: add --group-by {name}")
    return output.arrangement(shown, by_model=is_by_model)


def _groups(arguments: _Arguments) -> tuple[str, ...]:
    groups = arguments.get("group_by")
    return tuple(map(str, groups)) if is_several(groups) else ()


__all__ = ["AskedRows"]
