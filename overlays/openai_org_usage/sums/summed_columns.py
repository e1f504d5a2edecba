"""Which columns are added up, and which tell apart the groups that are never added to each other. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from .._generated import FieldRole
from ..tables.columns import Column, Kind

SUMMED: Final = (Kind.COUNT, Kind.DECIMAL, Kind.MONEY)
_KEYS: Final = (Kind.TEXT, Kind.FLAG)
VALUE, CURRENCY, UNIT = "amount_value", "amount_currency", "_unit"
"""`quantity_unit` is the unit of `quantity`: what differs in it is never added up."""


def group_columns(columns: Iterable[Column]) -> Sequence[str]:
    """The names of those of `columns` in which groups differ: dimensions, currencies and units."""
    return [column.name for column in columns if column.kind in _KEYS and not is_description(column)]


def is_unit(column: Column) -> bool:
    """Whether it is the currency or unit of a number."""
    return column.name == CURRENCY or column.name.endswith(UNIT)


def is_description(column: Column) -> bool:
    """Whether it says more of what another column identifies, such as the name of a project."""
    return column.role == FieldRole.ATTRIBUTE and column.kind in _KEYS and not is_unit(column)


__all__ = ["CURRENCY", "SUMMED", "UNIT", "VALUE", "group_columns", "is_description", "is_unit"]
