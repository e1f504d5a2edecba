"""What a sync has read and not written yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from ...tables.optional_imports import ArrowTable
from ..manifest import PartitionState, TableState
from ..partitions import encoded_partition


@attrs.frozen(kw_only=True)
class Unwritten:
    """Months that wait to be written. A sync replaces it as a whole: Ctrl-C leaves all of a month or nothing.

    Attributes:
        files: the new content by path; None of a file that goes.
        restatements: the rows of that table by month: first those that are kept, then the new ones.
        states: what is known by now of each table of which more is, also of what is written already.
    """

    files: Mapping[str, bytes | None] = attrs.field(factory=dict[str, bytes | None])
    restatements: Mapping[str, Sequence[ArrowTable]] = attrs.field(factory=dict[str, Sequence[ArrowTable]])
    states: Mapping[str, TableState] = attrs.field(factory=dict[str, TableState])

    def with_state(self, table: str, state: TableState) -> Unwritten:
        """With what is known of `table`."""
        return attrs.evolve(self, states={**self.states, table: state})

    def with_month(
        self,
        table: str,
        month: str,
        rows: ArrowTable,
        *,
        path: str,
        state: TableState,
        restatements: Sequence[ArrowTable] = (),
    ) -> Unwritten:
        """With `rows` as a month of `table`, of which `state` is known otherwise; without rows, no file.

        `restatements` are all that the month has by then, if this brings some.
        """
        months = {name: each for name, each in state.months.items() if name != month}
        content = encoded_partition(rows) if rows.num_rows else None
        if content is not None:
            months[month] = PartitionState.of(content, rows=rows.num_rows)
        ordered = {name: months[name] for name in sorted(months)}
        added = {month: restatements} if restatements else {}
        return attrs.evolve(
            self.with_state(table, attrs.evolve(state, months=ordered)),
            files={**self.files, path: content},
            restatements={**self.restatements, **added},
        )

    def without_restatements(self, month: str) -> Unwritten:
        """Without those of a month."""
        others = {name: rows for name, rows in self.restatements.items() if name != month}
        return attrs.evolve(self, restatements=others)

    def when_written(self) -> Unwritten:
        """Without files."""
        return attrs.evolve(self, files={})


__all__ = ["Unwritten"]
