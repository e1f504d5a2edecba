"""How rows are put together before they are written: without addresses, added up, filled and sorted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import attrs

from ..._generated import Operation
from ...named_rows import NameLookup
from ...pagination.rules import Bucket
from ...sums.calendar_periods import Periods
from ...sums.period_sums import PeriodSums
from .filled_rows import filled
from .row_addresses import own_names, without_addresses
from .sorted_rows import SortKey, sorted_rows


@attrs.frozen(kw_only=True)
class Arrangement:
    """What happens to the rows of an operation before they are written."""

    operation: Operation
    """Whose columns the rows have in the end."""
    periods: Periods | None = None
    """What they are added up by; None for the buckets in which they come."""
    by_model: bool = False
    """Whether they are costs of models, and come as those of line items."""
    fill: bool = False
    sort: Sequence[str] = ()
    no_emails: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the rows stay as they come."""
        changed = self.periods or self.by_model or self.fill or self.sort
        return not (changed or (self.no_emails and own_names(self.operation)))

    @property
    def needs_all(self) -> bool:
        """Whether a part of the rows is of no use."""
        return bool(self.periods or self.fill or self.sort)

    def rows(
        self, buckets: Iterable[Bucket], *, names: NameLookup | None, note: Callable[[str], object]
    ) -> Iterable[Bucket]:
        """The rows of `buckets`, arranged; `note` is told what the reader has to know."""
        if self.no_emails:
            buckets = without_addresses(buckets, operation=self.operation)
        if self.by_model:
            from .model_costs import with_models

            keep = any(field.name == "line_item" for field in self.operation.fields)
            buckets = with_models(buckets, keep_line_items=keep)
        if self.periods is not None or self.by_model:
            buckets = self._added_up(buckets, note)
        if self.fill:
            buckets = filled(buckets, operation=self.operation)
        keys = [SortKey.of(text) for text in self.sort]
        return sorted_rows(buckets, operation=self.operation, keys=keys, names=names) if keys else buckets

    def _added_up(self, buckets: Iterable[Bucket], note: Callable[[str], object]) -> Iterator[Bucket]:
        sums = PeriodSums(self.operation, self.periods)
        yield from sums.rows(buckets)
        for level in sums.level_notes():
            note(level)


__all__ = ["Arrangement"]
