"""Rows added up by groups, exactly.

Sums are made in 64 bits, or in decimals of 38 digits, where these surely hold them, else in 76 digits.
Numbers that were kept as text, because no decimal holds them, are added in as many digits as it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

import attrs
import msgspec

from ..._generated import FieldRole, Operation
from ...money import exact_sum
from ...named_rows import NAMES_BESIDE
from ...tables.columns import EXACT, OTHERS, Column, Kind, columns_of
from ...tables.optional_imports import ArrowArray, ArrowTable, require
from ..partitions import EXACT_SUFFIX
from .arrow_values import as_type, call, chosen, groups_of, options_of
from .kept_results import Columns, Values, number_text, number_texts, read_members

BUCKET: Final = "bucket"
"""The column with the start of the bucket that a row is part of, in Unix seconds."""
_ROWS, _SUM, _VALUES = "count_all", "_sum", "_distinct"
"""What Arrow calls the number of rows, and the columns that it makes of others."""
_LARGEST: Final = 2**63 - 1
_WIDEST: Final = 76
_UNIT: Final = "_unit"
"""What the unit of a number is called after it."""
_ITEM: Final = "line_item"
"""The dimension without which the API gives no number that has a unit."""
CURRENCY: Final = "amount_currency"
_AMOUNT: Final = "amount_value"
_IDS: Final[Mapping[str, str]] = {name: id for id, names in NAMES_BESIDE.items() for name in names}


def group_sums(rows: ArrowTable, operation: Operation, group_by: Sequence[str]) -> Columns:
    """A row for each bucket, group and currency of `rows`, in the order of these.

    What describes rows stays where all of a group agree in it; numbers with units, where the unit is one.
    Costs without an amount come last, apart: nobody would see in a sum that they are missing.
    """
    has_items = _ITEM in group_by
    found = [_Groups.of(part, operation, group_by).columns(has_items=has_items) for part in _by_amount(rows)]
    return {name: [value for part in found for value in part[name]] for name in found[0]}


def describes(column: Column, group_by: Sequence[str]) -> bool:
    """Whether groups may have it that agree in it; never a name whose id is not what they are groups of."""
    if column.name == OTHERS:
        return True
    is_text = column.role == FieldRole.ATTRIBUTE and column.kind is Kind.TEXT and column.name != CURRENCY
    return is_text and (column.name not in _IDS or _IDS[column.name] in group_by)


def _by_amount(rows: ArrowTable) -> list[ArrowTable]:
    """All `rows` if none lacks an amount, else those with one and those without."""
    if _AMOUNT not in rows.column_names or not rows.column(_AMOUNT).null_count:
        return [rows]
    has_amount = call("is_valid", rows.column(_AMOUNT))
    return [chosen(rows, has_amount), chosen(rows, call("invert", has_amount))]


@attrs.frozen
class _Groups:
    """Groups, column by column.

    Attributes:
        keys: the columns that tell them apart.
        same: what describes all rows, where all agree.
        varied: what else describes rows: of each a column with lists of the different values.
    """

    found: Columns
    keys: Sequence[str]
    numbers: Sequence[Column]
    same: Mapping[str, str | None]
    varied: Sequence[str]

    @classmethod
    def of(cls, rows: ArrowTable, operation: Operation, group_by: Sequence[str]) -> _Groups:
        columns = [column for column in columns_of(operation) if not column.on_bucket]
        numbers = [column for column in columns if column.kind in (Kind.COUNT, *EXACT)]
        described = [column.name for column in columns if describes(column, group_by)]
        same = {name: values[0] for name in described if (values := _only(rows.column(name)))}
        varied = [name for name in described if name not in same]
        keys = [BUCKET, *group_by, *(column.name for column in columns if column.name == CURRENCY)]
        texts = [column.name + EXACT_SUFFIX for column in numbers if column.kind in EXACT]
        texts = [name for name in texts if rows.column(name).null_count < len(rows)]
        groups = _aggregated(rows, [*keys, *texts], numbers, varied)
        found = {name: groups.column(name).to_pylist() for name in [*keys, *texts, _ROWS]}
        found |= {name + _VALUES: groups.column(name + _VALUES).to_pylist() for name in varied}
        for column in numbers:
            sums = groups.column(column.name + _SUM)
            is_text = column.kind in EXACT and not texts
            found[column.name + _SUM] = number_texts(sums) if is_text else sums.to_pylist()
        made = cls(found, keys, numbers, same, varied)
        return made._with_texts(texts) if texts else made

    def columns(self, *, has_items: bool) -> Columns:
        """The columns of results."""
        rows = self.found[_ROWS]
        made: Columns = {name: self.found[name] for name in self.keys}
        made |= {column.name: self._numbers(column) for column in self.numbers}
        made |= {name: [value] * len(rows) for name, value in self.same.items()}
        for name in self.varied:
            form = _common_members if name == OTHERS else _agreed
            made[name] = list(map(form, self.found[name + _VALUES], rows))
        if OTHERS in self.same and self.same[OTHERS] is not None:
            made[OTHERS] = [_common_members([self.same[OTHERS]], n) for n in rows]
        for unit in [name for name in (*self.same, *self.varied) if name.endswith(_UNIT)]:
            is_one = self._is_one(unit) if has_items else [False] * len(rows)
            for each in (unit, unit.removesuffix(_UNIT)):
                made[each] = [value if one else None for value, one in zip(made[each], is_one, strict=True)]
        return made

    def _is_one(self, name: str) -> list[bool]:
        """Of each group, whether all of it agree; in that they say nothing, too."""
        if name in self.same:
            return [True] * len(self.found[_ROWS])
        return [len(values) == 1 for values in self.found[name + _VALUES]]

    def _numbers(self, column: Column) -> Values:
        sums = self.found[column.name + _SUM]
        if column.kind is Kind.COUNT:
            return [None if value is None else int(value) for value in sums]
        return [number_text(value) if isinstance(value, Decimal) else value for value in sums]

    def _with_texts(self, texts: Sequence[str]) -> _Groups:
        """The groups by `keys` alone; until here those with a text are apart, once for each text."""
        found = dict(self.found)
        for text in texts:
            name = text.removesuffix(EXACT_SUFFIX) + _SUM
            each = zip(found[name], found[text], found[_ROWS], strict=True)
            found[name] = [
                value if exact is None else exact_sum([Decimal(exact)] * n) for value, exact, n in each
            ]
        places: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for place, key in enumerate(zip(*(found[name] for name in self.keys), strict=True)):
            places[key].append(place)
        forms = dict.fromkeys(self.keys, _first) | {name + _VALUES: _joined for name in self.varied}
        forms |= dict.fromkeys((_ROWS, *(column.name + _SUM for column in self.numbers)), _sum)
        merged = {
            name: [form([found[name][place] for place in some]) for some in places.values()]
            for name, form in forms.items()
        }
        return attrs.evolve(self, found=merged)


def _aggregated(
    rows: ArrowTable, keys: Sequence[str], numbers: Sequence[Column], varied: Sequence[str]
) -> ArrowTable:
    """The groups by `keys`, in their order."""
    for column in numbers:
        wide = _widened(rows.column(column.name), column.kind)
        rows = rows.set_column(rows.schema.get_field_index(column.name), column.name, wide)
    any_value = options_of("ScalarAggregate", min_count=1)
    every_value = options_of("Count", mode="all")
    aggregates = [
        *((column.name, "sum", any_value) for column in numbers),
        *((name, "distinct", every_value) for name in varied),
    ]
    groups = groups_of(rows, keys, aggregates)
    order = options_of("Sort", [(name, "ascending") for name in keys])
    return call("take", groups, call("sort_indices", groups, options=order))


def _widened(values: ArrowArray, kind: Kind) -> ArrowArray:
    """`values` in a type that holds any sum of them."""
    bounds = call("min_max", values).as_py()
    largest = max(abs(bounds["min"] or 0), abs(bounds["max"] or 0)) * len(values)
    scale = 0 if kind is Kind.COUNT else values.type.scale
    most = _LARGEST if kind is Kind.COUNT else Decimal(10) ** (values.type.precision - scale)
    return values if largest < most else as_type(values, require("pyarrow").decimal256(_WIDEST, scale))


def _only(values: ArrowArray) -> list[str | None]:
    """The one value that all are, as a list; empty where there are several."""
    if values.null_count:
        return [None] if values.null_count == len(values) else []
    bounds = call("min_max", values).as_py()
    return [bounds["min"]] if bounds["min"] == bounds["max"] else []


def _agreed(values: Sequence[str | None], rows: int) -> str | None:
    """The one of `values`; None where there are several."""
    del rows
    return values[0] if len(values) == 1 else None


def _common_members(values: Sequence[str | None], rows: int) -> str | None:
    """The members in which all rows agree. How unknown numbers go together is not known: they are out."""
    if rows == 1 or values == [None]:
        return values[0]
    first, *others = [{} if value is None else read_members(value) for value in values]
    same = {
        name: value
        for name, value in first.items()
        if (value is None or isinstance(value, (str, bool)))
        and all(name in other and other[name] == value for other in others)
    }
    return msgspec.json.encode(same).decode() if same else None


def _sum(values: Values) -> Decimal | None:
    held = [value for value in values if value is not None]
    return exact_sum(held) if held else None


def _first(values: Values) -> object:
    return values[0]


def _joined(values: Values) -> Values:
    return list(dict.fromkeys(value for some in values for value in some))


__all__ = ["BUCKET", "CURRENCY", "describes", "group_sums"]
