"""Rows added up by groups, exactly.

Counts are added in 64 bits where these surely hold the sum, all else in decimals of 76 digits; numbers that
were kept as text, because no decimal holds them, in as many digits as it takes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import attrs
import msgspec

from .._generated import FieldRole, Operation
from ..money import exact_sum
from ..named_rows import NAMES_BESIDE
from ..tables.columns import EXACT, OTHERS, Column, Kind, columns_of
from ..tables.optional_imports import ArrowTable, require
from .kept_results import Columns, read_members
from .partitions import EXACT_SUFFIX

BUCKET: Final = "bucket"
"""The column with the start of the bucket that a row is part of, in Unix seconds."""
_ROWS, _SUM, _VALUES = "count_all", "_sum", "_distinct"
"""What Arrow calls the number of rows, and the columns that it makes of others."""
_LARGEST: Final = 2**63 - 1
_UNIT: Final = "_unit"
"""What the unit of a number is called after it."""
_ITEM: Final = "line_item"
"""The dimension without which the API gives no number that has a unit."""
_CURRENCY: Final = "amount_currency"
_IDS: Final[Mapping[str, str]] = {name: id for id, names in NAMES_BESIDE.items() for name in names}


def group_sums(rows: ArrowTable, operation: Operation, group_by: Sequence[str]) -> Columns:
    """A row for each bucket, group and currency of `rows`.

    What describes rows stays where all of a group agree in it; numbers with units, where the unit is one.
    """
    return _Groups.of(rows, operation, group_by).columns(has_items=_ITEM in group_by)


@attrs.frozen
class _Groups:
    """Groups, column by column, with lists of the different values of what describes their rows."""

    found: Columns
    keys: Sequence[str]
    numbers: Sequence[Column]
    described: Sequence[str]

    @classmethod
    def of(cls, rows: ArrowTable, operation: Operation, group_by: Sequence[str]) -> _Groups:
        compute = require("pyarrow.compute")
        columns = [column for column in columns_of(operation) if not column.on_bucket]
        numbers = [column for column in columns if column.kind in (Kind.COUNT, *EXACT)]
        described = [column.name for column in columns if _describes(column, group_by)]
        keys = [BUCKET, *group_by, *(column.name for column in columns if column.name == _CURRENCY)]
        texts = [f"{column.name}{EXACT_SUFFIX}" for column in numbers if column.kind in EXACT]
        texts = [name for name in texts if rows.column(name).null_count < len(rows)]
        for column in numbers:
            rows = _widened(rows, column)
        any_value = compute.ScalarAggregateOptions(min_count=1)
        groups = rows.group_by([*keys, *texts], use_threads=False).aggregate(
            [
                *((column.name, "sum", any_value) for column in numbers),
                *((name, "distinct", compute.CountOptions(mode="all")) for name in described),
                ([], "count_all"),
            ]
        )
        found = {name: groups.column(name).to_pylist() for name in groups.column_names}
        made = cls(found, keys, numbers, described)
        return made._with_texts(texts) if texts else made

    def columns(self, *, has_items: bool) -> Columns:
        """The columns of results."""
        made: Columns = {name: self.found[name] for name in self.keys}
        made |= {column.name: self.found[column.name + _SUM] for column in self.numbers}
        rows = self.found[_ROWS]
        for name in self.described:
            form = _common_members if name == OTHERS else _agreed
            made[name] = list(map(form, self.found[name + _VALUES], rows))
        for name in [each.removesuffix(_UNIT) for each in self.described if each.endswith(_UNIT)]:
            units = made[name + _UNIT]
            has_one = [
                has_items and (unit is not None or n == 1) for unit, n in zip(units, rows, strict=True)
            ]
            for each in (name, name + _UNIT):
                made[each] = [value if one else None for value, one in zip(made[each], has_one, strict=True)]
        return made

    def _with_texts(self, texts: Sequence[str]) -> _Groups:
        """The groups by `keys` alone; until here those with a text are apart, once for each text."""
        found = dict(self.found)
        for text in texts:
            name = text.removesuffix(EXACT_SUFFIX) + _SUM
            each = zip(found[name], found[text], found[_ROWS], strict=True)
            found[name] = [value if exact is None else Decimal(exact) * n for value, exact, n in each]
        places: defaultdict[tuple[object, ...], list[int]] = defaultdict(list)
        for place, key in enumerate(zip(*(found[name] for name in self.keys), strict=True)):
            places[key].append(place)
        forms = dict.fromkeys(self.keys, _first) | {name + _VALUES: _joined for name in self.described}
        forms |= dict.fromkeys((_ROWS, *(column.name + _SUM for column in self.numbers)), _sum)
        merged = {
            name: [form([found[name][place] for place in some]) for some in places.values()]
            for name, form in forms.items()
        }
        return attrs.evolve(self, found=merged)


def _describes(column: Column, group_by: Sequence[str]) -> bool:
    """Whether groups may have it that agree in it; never a name whose id is not what they are groups of."""
    if column.name == OTHERS:
        return True
    is_text = column.role == FieldRole.ATTRIBUTE and column.kind is Kind.TEXT and column.name != _CURRENCY
    return is_text and (column.name not in _IDS or _IDS[column.name] in group_by)


def _widened(rows: ArrowTable, column: Column) -> ArrowTable:
    """`rows` with a column that holds its sum, whatever groups there are."""
    pa, compute = require("pyarrow"), require("pyarrow.compute")
    values = rows.column(column.name)
    if column.kind is Kind.COUNT:
        bounds = compute.min_max(values).as_py()
        largest = max(abs(bounds["min"] or 0), abs(bounds["max"] or 0))
        if largest * len(rows) <= _LARGEST:
            return rows
    scale = 0 if column.kind is Kind.COUNT else values.type.scale
    wide = values.cast(pa.decimal256(76, scale))
    return rows.set_column(rows.schema.get_field_index(column.name), column.name, wide)


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


def _sum(values: Iterable[Any]) -> Any:
    held = [value for value in values if value is not None]
    return exact_sum(held) if held else None


def _first(values: Sequence[Any]) -> Any:
    return values[0]


def _joined(values: Iterable[Sequence[Any]]) -> list[Any]:
    return list(dict.fromkeys(value for some in values for value in some))


__all__ = ["BUCKET", "group_sums"]
