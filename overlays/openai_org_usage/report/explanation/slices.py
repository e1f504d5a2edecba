"""Slices of the costs that a cause may be about: a project, a model, a line item, or two that hold together.

All are unions of cells, which are the costs of one line item within one project. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from ...line_items import read_line_item
from ...money import exact_sum
from ..cost_cells import PROJECT, Cell, CostCells, cell_of
from ..ledger import Key
from ..periods import Period
from ..prices import PricedRow
from .causes import Subject
from .timeline import Timeline

LINE_ITEM, MODEL, API_KEY = "line_item", "model", "api_key_id"
_ORDER = (PROJECT, MODEL, LINE_ITEM)
"""Of two slices with the same cells, the one by the earlier dimension is named."""


@attrs.frozen
class Slice:
    """Costs that have something in common."""

    subjects: tuple[Subject, ...]
    """What that is: one dimension's value, or two; nothing for all costs."""
    cells: frozenset[int]
    """Numbers of cells."""


@attrs.frozen
class CellCosts:
    """What each cell cost in one currency."""

    cells: tuple[Cell, ...]
    days: tuple[Mapping[date, Decimal], ...]
    """Exact, by cell."""
    known: CostCells
    """What they are some of."""
    currency: str

    @classmethod
    def of(cls, known: CostCells, *, currency: str) -> CellCosts:
        """The cells of `currency`."""
        amounts = known.amounts.get(currency, {})
        cells = tuple(sorted(amounts, key=str))
        return cls(cells, tuple(amounts[cell] for cell in cells), known, currency)

    def rows(self, cells: Iterable[int]) -> Sequence[PricedRow]:
        """What `cells` were made of."""
        some = {self.cells[cell] for cell in cells}
        known = self.known.entries.known
        return [row for row, currency, _, _ in known if currency == self.currency and cell_of(row) in some]

    def series(self, timeline: Timeline, *, scale: Decimal) -> list[list[float]]:
        """The cells as series, in parts of `scale`."""
        return [timeline.series(days, scale=scale) for days in self.days]

    def amount(self, cells: Iterable[int], period: Period) -> Decimal:
        """What `cells` cost within `period`, exactly."""
        return exact_sum(amount for cell in cells for day, amount in self.days[cell].items() if day in period)

    def slices(self, *, large: frozenset[int]) -> tuple[Slice, ...]:
        """What cells may have in common, with one that is `large` at least; the widest first, and of equal
        ones, one."""
        members: defaultdict[tuple[Subject, ...], set[int]] = defaultdict(set)
        for number, cell in enumerate(self.cells):
            for subjects in _subjects(*cell):
                members[subjects].add(number)
        found: dict[frozenset[int], Slice] = {}
        for subjects, numbers in members.items():
            one = Slice(subjects, frozenset(numbers))
            if not one.cells & large:
                continue
            same = found.get(one.cells)
            if same is None or _rank(one) < _rank(same):
                found[one.cells] = one
        return tuple(sorted(found.values(), key=_rank))


def project_of(one: Slice, slices: Sequence[Slice]) -> Slice:
    """The project that a slice is within; all costs if it is in several."""
    wider = (each for each in slices if one.cells <= each.cells)
    return next(
        (each for each in wider if [subject.dimension for subject in each.subjects] == [PROJECT]), slices[0]
    )


def with_key(subjects: tuple[Subject, ...], key: str | None) -> tuple[Subject, ...]:
    """`subjects` with an API key in the place of its project, which it says as well."""
    if key is None:
        return subjects
    return (*(each for each in subjects if each.dimension != PROJECT), Subject(API_KEY, key))


def _subjects(line_item: Key, project: Key) -> Iterable[tuple[Subject, ...]]:
    """What a cell belongs to."""
    yield ()
    items: list[Subject] = []
    if line_item is not None:
        model = read_line_item(line_item).model
        items = [Subject(LINE_ITEM, line_item), *([Subject(MODEL, model)] if model else [])]
    yield from ((item,) for item in items)
    if project is not None:
        yield (Subject(PROJECT, project),)
        yield from ((item, Subject(PROJECT, project)) for item in items)


def _rank(one: Slice) -> tuple[int, tuple[int, ...], str]:
    dimensions = tuple(_ORDER.index(subject.dimension) for subject in one.subjects)
    return len(one.subjects), dimensions, str([subject.key for subject in one.subjects])
