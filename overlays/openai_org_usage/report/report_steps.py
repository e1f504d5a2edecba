"""What a report needs, read step by step: a few queries, at once where the API lets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import attrs

from .._generated import OPERATIONS, CostsRow, Request, UsageCompletionsRow
from ..errors import APIStatusError, ArchiveCoverageError, BadRequestError, LookbackExceededError
from ..pagination.rules import Bucket
from ..query_steps import BucketRequest, CostsRequest, QuerySteps, rows_of
from .daily_steps import first_kept, missed_until
from .errors import PartRefusedError
from .filters import WHOLE_ORGANIZATION, ReportFilters
from .ledger import CostRow
from .notes import Refusal
from .periods import DAY, Period, midnight
from .report import Gathered
from .scope import Scope
from .unknown_results import LeftOut, left_out, missing_days

if TYPE_CHECKING:
    from .._generated import UsageCostsGroupByItem

CompletionsRequest: TypeAlias = Request[object, Bucket, UsageCompletionsRow]
_ITEM: UsageCostsGroupByItem = "line_item"
_PROJECT: UsageCostsGroupByItem = "project_id"
_KEY: UsageCostsGroupByItem = "api_key_id"
_OWNERS: tuple[UsageCostsGroupByItem, ...] = ("user_id", _KEY)
"""Dimensions that some organizations may not group costs by; each is asked for by itself."""
_MOST_DAYS_BY_BOTH = 92
"""Of a longer period than a quarter, line items by project are too many rows."""
_REFUSED = (400, 403, 404)
_NOT_GROUPED_SO = (BadRequestError, ArchiveCoverageError)
"""What says that costs are not to be had by a dimension, from the API or from an archive."""


@attrs.frozen
class _Costs:
    """Costs that came: the rows that the report is of, and the buckets that all rows are in."""

    rows: Sequence[CostsRow]
    buckets: Sequence[Bucket]

    @classmethod
    def of(cls, request: CostsRequest, buckets: Sequence[Bucket], filters: ReportFilters) -> _Costs:
        """What answers `request`, of which `filters` keep a part."""
        rows = rows_of(request, buckets)
        return cls([row for row in rows if filters.keeps(row)] if filters else list(rows), buckets)


@attrs.frozen
class _OwnerCosts:
    """Costs by one dimension, or why there are none, or no more than an estimate."""

    rows: Sequence[CostRow] | None = None
    buckets: Sequence[Bucket] = ()
    """What `rows` came in; none of an estimate."""
    refusal: Refusal | None = None


@attrs.frozen
class _MainAnswers:
    """What there is no report without."""

    daily: _Costs
    line_items: _Costs
    """By project, too, unless that was refused."""
    every_line_item: frozenset[str | None]
    """Those of the organization, whatever the report is of."""
    completions: Sequence[UsageCompletionsRow]
    usage: Sequence[Bucket]
    """What `completions` came in."""


@attrs.define
class ReportSteps:
    """One reading for a report of `scope`; what lies before the days that are kept is done without."""

    scope: Scope
    filters: ReportFilters = WHOLE_ORGANIZATION
    is_brief: bool = attrs.field(default=False, kw_only=True)
    """Whether totals, line items and projects are all that is read: fewer rows, too few to find causes in."""
    _earliest: date | None = attrs.field(init=False, default=None)
    _by_project: bool = attrs.field(init=False)
    """Whether line items are asked for by project, too, which spares a query."""

    def __attrs_post_init__(self) -> None:
        self._by_project = self.scope.period.days <= _MOST_DAYS_BY_BOTH and not self.is_brief

    def gathered(self) -> QuerySteps[Gathered]:
        """All rows that the report is made from.

        Raises:
            PartRefusedError: the API refuses what the filters take.
        """
        main = yield from self._main()
        owned = yield from self._owned(main.line_items)
        buckets = [main.daily.buckets, main.line_items.buckets, *(each.buckets for each in owned.values())]
        return Gathered(
            daily=main.daily.rows,
            line_items=main.line_items.rows,
            by={name: found.rows for name, found in owned.items() if found.rows is not None},
            completions=main.completions,
            refusals=tuple(found.refusal for found in owned.values() if found.refusal is not None),
            earliest=self._earliest,
            left_out=(
                *left_out("costs", *buckets),
                *self._missing(main.daily.buckets),
                *left_out("completions", main.usage),
            ),
            filters=self.filters,
            unmatched=self.filters.unmatched(main.every_line_item),
        )

    def _missing(self, daily: Sequence[Bucket]) -> tuple[LeftOut, ...]:
        period, today = self.scope.period, self.scope.today
        end = period.until(today).end if self.scope.month is None else missed_until(daily, today)
        return missing_days("costs", daily, Period(period.start, end)) if end > period.start else ()

    def _main(self) -> QuerySteps[_MainAnswers]:
        try:
            return (yield from self._kept_main())
        except LookbackExceededError:
            raise
        except _NOT_GROUPED_SO:
            self._by_project = False
        try:
            return (yield from self._kept_main())
        except BadRequestError as error:
            if not (self.filters.user_ids or self.filters.api_key_ids):
                raise
            raise PartRefusedError(f"{_NOT_FILTERED_SO}. It says: {error}") from error

    def _kept_main(self) -> QuerySteps[_MainAnswers]:
        """The main answers from the first day on that is kept."""
        try:
            return (yield from self._ask())
        except LookbackExceededError as error:
            kept = first_kept(error)
            if kept is None:
                raise
        # Without all of the period the API refuses again, and says so of the period.
        self._earliest = min(kept, self.scope.period.start)
        return (yield from self._ask())

    def _ask(self) -> QuerySteps[_MainAnswers]:
        scope = self.scope
        first = self._kept(scope.first_needed)
        daily = self._costs(first, midnight(scope.period.end if scope.month is None else scope.today + DAY))
        groups = (_ITEM, _PROJECT) if self._by_project else (_ITEM,)
        since = self._kept(self._first_compared) if self.is_brief else first
        items = self._costs(since, scope.period.end_time, *groups)
        tokens = self._completions()
        asked: list[BucketRequest] = [daily, items, *tokens]
        days, found, *usage = yield asked
        return _MainAnswers(
            _Costs.of(daily, days, self.filters),
            _Costs.of(items, found, self.filters),
            frozenset(row.line_item for row in rows_of(items, found)) if self.filters else frozenset(),
            [
                row
                for request, buckets in zip(tokens, usage, strict=True)
                for row in rows_of(request, buckets)
                if self.filters.keeps_model(row.model)
            ],
            [bucket for buckets in usage for bucket in buckets],
        )

    def _owned(self, line_items: _Costs) -> QuerySteps[dict[str, _OwnerCosts]]:
        """Costs by owner. All at once; if one is refused, one after the other."""
        dimensions: tuple[UsageCostsGroupByItem, ...] = () if self.is_brief else _OWNERS
        if not self._by_project:
            dimensions = (_PROJECT, *dimensions)
        requests = [self._costs(*self._compared(), dimension) for dimension in dimensions]
        owned: dict[str, _OwnerCosts] = {}
        if self._by_project:
            owned[_PROJECT] = _OwnerCosts(line_items.rows)
        try:
            answers = yield requests
        except _NOT_GROUPED_SO:
            for dimension, request in zip(dimensions, requests, strict=True):
                owned[dimension] = yield from self._one(dimension, request)
            return owned
        for dimension, request, buckets in zip(dimensions, requests, answers, strict=True):
            owned[dimension] = self._owner_costs(request, buckets)
        return owned

    def _one(self, dimension: UsageCostsGroupByItem, request: CostsRequest) -> QuerySteps[_OwnerCosts]:
        try:
            (buckets,) = yield [request]
        except _NOT_GROUPED_SO as error:
            refusal = Refusal(dimension, str(error), is_of_archive=isinstance(error, ArchiveCoverageError))
        else:
            return self._owner_costs(request, buckets)
        # An estimate knows no users, and is none of a single key.
        if dimension != _KEY or self.filters.user_ids or self.filters.api_key_ids:
            return _OwnerCosts(refusal=refusal)
        return (yield from self._estimated(refusal))

    def _estimated(self, refusal: Refusal) -> QuerySteps[_OwnerCosts]:
        """What was billed, shared out among the keys; nothing where the API refuses what that takes, too."""
        from ..key_costs.queries import key_costs_steps

        try:
            costs = yield from key_costs_steps(self._costs(*self._compared()))
        except ArchiveCoverageError:
            return _OwnerCosts(refusal=refusal)
        except APIStatusError as error:
            if error.status not in _REFUSED:
                raise
            return _OwnerCosts(refusal=refusal)
        rows = [row for row in costs.rows if self.filters.keeps_line_item(row.line_item)]
        if not costs.is_estimate:
            return _OwnerCosts(rows)
        if costs.unread and not any(row.shared_by for row in rows):
            return _OwnerCosts(refusal=refusal)
        return _OwnerCosts(rows, refusal=attrs.evolve(refusal, is_estimated=True))

    def _owner_costs(self, request: CostsRequest, buckets: Sequence[Bucket]) -> _OwnerCosts:
        found = _Costs.of(request, buckets, self.filters)
        return _OwnerCosts(found.rows, found.buckets)

    def _costs(self, start: int, end: int, *groups: UsageCostsGroupByItem) -> CostsRequest:
        """Costs by `groups` and by what the filters need."""
        by = tuple(dict.fromkeys((*groups, *self.filters.groups)))
        times = {"start_time": start, "end_time": end, "group_by": by or None}
        return CostsRequest.of(OPERATIONS["costs"], {**times, **self.filters.costs_arguments})

    def _completions(self) -> Sequence[CompletionsRequest]:
        """Usage by model; none where the report is of line items, which usage does not know."""
        if self.filters.line_items or self.is_brief:
            return []
        days = self.scope.token_days
        start = days.start_time(self._first_compared)
        arguments = {
            "start_time": start if self._earliest is None else max(start, midnight(self._earliest)),
            "end_time": days.start_time(self.scope.period.end),
            "bucket_width": days.bucket_width,
            "group_by": ("model",),
            **self.filters.usage_arguments,
        }
        return [CompletionsRequest.of(OPERATIONS["completions"], arguments)]

    @property
    def _first_compared(self) -> date:
        """The first day of the period before, else of the period."""
        return self.scope.period.start if self.scope.before is None else self.scope.before.start

    def _compared(self) -> tuple[int, int]:
        """From there to the end of the period, in Unix seconds."""
        return self._kept(self._first_compared), self.scope.period.end_time

    def _kept(self, day: date) -> int:
        return midnight(day if self._earliest is None else max(day, self._earliest))


_NOT_FILTERED_SO = (
    "the API refuses costs of one user or API key for this organization, so there is no report of that part: "
    "usage endpoints filter by both, and docs/key-costs.md has an estimate by key"
)
