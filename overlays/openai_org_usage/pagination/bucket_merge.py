"""A bucket that the API splits over two pages, put together again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

import attrs

from .._generated import FieldRole, Operation
from ..errors import PaginationError
from .plan import QueryPlan
from .rules import Bucket

BucketT = TypeVar("BucketT", bound=Bucket)


@attrs.define(eq=False, repr=False)
class BucketJoin(Generic[BucketT]):
    """Holds the last bucket back until it is known whether the next page continues it.

    Attributes:
        held: the bucket that is held back; None if there is none.
    """

    plan: QueryPlan[object, BucketT, object]
    now: Callable[[], float] = attrs.field(kw_only=True)
    held: BucketT | None = attrs.field(kw_only=True, default=None)

    def add(self, data: Sequence[BucketT], *, continues: bool) -> list[BucketT]:
        """The buckets that are complete, now that a page with `data` has come.

        `continues` says that its first bucket has the span of the one held back.

        Raises:
            PaginationError: the two parts contradict each other; nothing was changed.
        """
        buckets = list(data)
        if self.held is not None and not continues:
            buckets.insert(0, self.held)
        elif self.held is not None:
            buckets[0] = self._joined(self.held, buckets[0])
        if buckets:
            self.held = buckets.pop()
        return buckets

    def rest(self) -> list[BucketT]:
        """The bucket held back, after the last page."""
        held, self.held = self.held, None
        return [] if held is None else [held]

    def _joined(self, held: BucketT, more: BucketT) -> BucketT:
        """`held` with the results of its continuation; a result that stands in both counts once."""
        operation = self.plan.request.operation
        results: dict[int, Any] = dict(enumerate(held.results))
        places = {dimensions(operation, result): index for index, result in results.items()}
        for result in more.results:
            place = places.get(dimensions(operation, result))
            if place is None:
                results[len(results)] = result
            elif results[place] != result:
                if _unnamed(operation, results[place]) != _unnamed(operation, result):
                    self._check_growing(more)
                results[place] = result  # The later answer is the fuller one.
        unknown = [r for r in more.unknown_results if r not in held.unknown_results]
        before: Any = held
        model: Any = more  # The later answer says until when it is.
        joined: BucketT = attrs.evolve(
            model,
            additional_properties={**before.additional_properties, **model.additional_properties} or None,
            results=list(results.values()),
            unknown_results=(*held.unknown_results, *unknown),
        )
        return joined

    def _check_growing(self, bucket: BucketT) -> None:
        seconds = self.plan.seconds
        full_end = bucket.start_time // seconds * seconds + seconds
        if full_end <= self.now():  # The end of one that grows may be given as the present.
            raise PaginationError(
                f"{self.plan.request.operation.name}: the bucket [{bucket.start_time}, {bucket.end_time}) "
                "continues with other numbers for the same dimensions"
            )


def dimensions(operation: Operation, result: Any) -> Hashable:
    """What tells results of one bucket apart: all that is not a number, new fields included.

    Names that stand beside ids are left out: a project that is renamed between two pages is still one.
    """
    values: list[Hashable] = []
    for field in operation.fields:
        value = getattr(result, field.name)
        if field.role == FieldRole.MONEY:
            values.append(None if value is None else value.currency)
        elif field.role != FieldRole.METRIC and not field.observed:
            values.append(value)
    new = ((name, value) for name, value in result.additional_properties.items() if _is_label(value))
    return (*values, *sorted(new))


def _unnamed(operation: Operation, result: Any) -> Any:
    """`result` without the names beside its ids, which may change while its numbers stay."""
    return attrs.evolve(result, **{field.name: None for field in operation.fields if field.observed})


def _is_label(value: object) -> bool:
    return value is None or isinstance(value, (str, bool))
