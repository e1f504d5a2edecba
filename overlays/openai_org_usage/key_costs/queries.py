"""Reading costs by API key: as the API gives them, or where it refuses to, what an estimate needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

import attrs

from .._generated import OPERATIONS, AnyRequest, CostsRow, Operation, Request
from ..errors import APIStatusError, ArchiveCoverageError, BadRequestError
from ..line_items import LineItem, read_line_item
from ..pagination.rules import Bucket
from ..query_steps import BucketRequest, CostsRequest, QuerySteps, rows_of, run_steps, run_steps_async
from .estimate import KeyCost, estimate_key_costs
from .key_usage import TOKENS, UsageRow
from .project_day import CATEGORIES, WITHOUT_TOKENS

if TYPE_CHECKING:
    from .._generated import Time, UnknownResult, UsageCostsGroupByItem
    from ..client import AsyncUsageClient, UsageClient

_BY_ITEM: tuple[UsageCostsGroupByItem, ...] = ("project_id", "line_item")
_BY_KEY: tuple[UsageCostsGroupByItem, ...] = (*_BY_ITEM, "api_key_id")
_DIMENSIONS = ("project_id", "api_key_id", "model", "batch", "service_tier")
"""What usage is grouped by, where the endpoint can be."""
_COUNTS = {*TOKENS.values(), *WITHOUT_TOKENS, "input_tokens"}
_DAY = 86_400
_REFUSED = (400, 403, 404)
_UsageRequest: TypeAlias = Request[object, Bucket, UsageRow]
_Read: TypeAlias = Sequence[Bucket] | None
"""What came of a usage endpoint; None if it refuses."""


@attrs.frozen
class KeyCosts:
    """Costs by API key, and whether they are the API's own."""

    rows: tuple[KeyCost, ...]
    is_estimate: bool
    """Whether the amounts were shared out among the keys here, since the API refused to tell them by key."""
    refusal: str | None = None
    """What it said, or the archive that was asked."""
    unknown_results: tuple[UnknownResult, ...] = ()
    """Results of kinds that the pinned document lacks; they are in none of the rows, and may be of value."""
    unread: tuple[str, ...] = ()
    """Usage that the API refuses, by its client method; what it alone explains is not shared out."""


def collect_key_costs(
    client: UsageClient,
    *,
    start_time: Time,
    end_time: Time | None = None,
    project_ids: Sequence[str] | None = None,
) -> KeyCosts:
    """Read costs by project, line item and API key; estimate whose they are where the API refuses that.

    Costs come as whole UTC days. `project_ids` keeps these projects only, all if not given.

    Raises:
        OpenAIUsageError: reading failed; see `openai_org_usage.errors`. A refusal to group costs by API key
            is no failure, nor is one of a usage endpoint (status 400, 403 or 404), which is then `unread`.
    """
    by_key = client.costs(start_time=start_time, end_time=end_time, project_ids=project_ids, group_by=_BY_KEY)
    return run_steps(client, key_costs_steps(by_key.request))


async def collect_key_costs_async(
    client: AsyncUsageClient,
    *,
    start_time: Time,
    end_time: Time | None = None,
    project_ids: Sequence[str] | None = None,
) -> KeyCosts:
    """As `collect_key_costs`."""
    by_key = client.costs(start_time=start_time, end_time=end_time, project_ids=project_ids, group_by=_BY_KEY)
    return await run_steps_async(client, key_costs_steps(by_key.request))


def key_costs_steps(asked: CostsRequest) -> QuerySteps[KeyCosts]:
    """Costs by key over the range and of the projects that `asked` names, whose times are Unix seconds."""
    try:
        (costs,) = yield [asked.replace(group_by=_BY_KEY)]
        return _billed(asked, costs)
    except (BadRequestError, ArchiveCoverageError) as error:
        refusal = str(error)
    # Whatever else may be wrong with the request is refused again here, and then raised.
    by_item = asked.replace(group_by=_BY_ITEM)
    (costs,) = yield [by_item]
    requests = _usage_requests(list(rows_of(by_item, costs)), asked)
    found = yield from _usage_steps(requests)
    return _estimated(by_item, costs, zip(requests, found, strict=True), refusal)


def _usage_steps(requests: Sequence[BucketRequest]) -> QuerySteps[Sequence[_Read]]:
    """All at once; if one is refused, one after the other."""
    try:
        return (yield requests)
    except (APIStatusError, ArchiveCoverageError) as error:
        _check_refused(error)
    found: list[_Read] = []
    for request in requests:
        try:
            found += yield [request]
        except (APIStatusError, ArchiveCoverageError) as error:
            _check_refused(error)
            found.append(None)
    return found


def _check_refused(error: APIStatusError | ArchiveCoverageError) -> None:
    """Raise `error` unless it says that the endpoint may not be read, or not so, or is not in an archive."""
    if isinstance(error, APIStatusError) and error.status not in _REFUSED:
        raise error


def _billed(request: CostsRequest, costs: Sequence[Bucket]) -> KeyCosts:
    rows = [
        KeyCost(
            start_time=row.start_time,
            end_time=row.end_time,
            project_id=row.project_id or None,
            api_key_id=row.api_key_id or None,
            line_item=row.line_item,
            amount_value=row.amount_value,
            amount_currency=row.amount_currency,
            is_estimate=False,
        )
        for row in rows_of(request, costs)
        if row.amount_value is not None
    ]
    return KeyCosts(tuple(rows), is_estimate=False, unknown_results=_unknown(costs))


def _estimated(
    request: CostsRequest,
    costs: Sequence[Bucket],
    usage: Iterable[tuple[_UsageRequest, _Read]],
    refusal: str,
) -> KeyCosts:
    used: dict[str, list[UsageRow]] = {}
    unread: list[str] = []
    for asked, found in usage:
        if found is None:
            unread.append(asked.operation.name)
        else:
            used[asked.operation.name] = list(rows_of(asked, found))
    return KeyCosts(
        estimate_key_costs(rows_of(request, costs), used),
        is_estimate=True,
        refusal=refusal,
        unknown_results=_unknown(costs),
        unread=tuple(unread),
    )


def _unknown(costs: Iterable[Bucket]) -> tuple[UnknownResult, ...]:
    return tuple(result for bucket in costs for result in bucket.unknown_results)


def _usage_requests(costs: Iterable[CostsRow], asked: AnyRequest) -> list[_UsageRequest]:
    """What explains the line items of `costs`, over the whole days that costs come as."""
    items = {read_line_item(row.line_item or "") for row in costs}
    arguments = {"project_ids": asked.get("project_ids"), **_whole_days(asked)}
    return [
        _UsageRequest.of(operation, {**arguments, "bucket_width": "1d", "group_by": groups})
        for operation in OPERATIONS.values()
        if _explains_one(operation, items) and "api_key_id" in (groups := _groups(operation))
    ]


def _whole_days(asked: AnyRequest) -> dict[str, int | None]:
    start, end = asked.get("start_time"), asked.get("end_time")
    if not isinstance(start, int):
        raise TypeError(f"start_time should be in Unix seconds by now, not {start!r}")
    last = -(-end // _DAY) * _DAY if isinstance(end, int) else None
    return {"start_time": start - start % _DAY, "end_time": last}


def _groups(operation: Operation) -> list[str]:
    parameter = next((each for each in operation.parameters if each.name == "group_by"), None)
    return [name for name in _DIMENSIONS if parameter is not None and name in parameter.allowed_values]


def _explains_one(operation: Operation, items: Iterable[LineItem]) -> bool:
    """Whether one of `items` may be billed by what `operation` counts."""
    counts = {field.name for field in operation.fields}
    of_models = "model" in _groups(operation) and not _COUNTS.isdisjoint(counts)
    for item in items:
        category = CATEGORIES.get(item.text.lower())
        if category is None and of_models and " " not in item.model_or_category:
            return True
        if category is not None and category[0] == operation.name:
            return True
    return False


__all__ = ["KeyCosts", "collect_key_costs", "collect_key_costs_async", "key_costs_steps"]
