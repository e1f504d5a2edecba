"""What all result rows have in common: the registry's fields in order, and money as text."""

from __future__ import annotations

from .._generated import FieldRole, Operation, ResponseField, ValueType
from .observed_fields import OF_RESULTS, GroupValues
from .prices import CURRENCY, FRACTION_DIGITS
from .roster import Roster

Row = dict[str, object]


class Money(dict[str, object]):
    """An amount of money as it goes over the wire."""


ZERO = "0E-6176"
"""The zero of an IEEE decimal128 that was never set, as recorded answers write it."""

MONEY_SCALE = 10**FRACTION_DIGITS
"""Amounts of money are kept as integer numbers of 1/MONEY_SCALE."""


def blank_row(operation: Operation, group: GroupValues, *, roster: Roster) -> Row:
    """A row with its tag, dimensions and attributes filled in, and its numbers not yet."""
    return {field.name: _constant(field, operation, group, roster=roster) for field in operation.fields}


def _constant(field: ResponseField, operation: Operation, group: GroupValues, *, roster: Roster) -> object:
    match field.role:
        case FieldRole.TAG:
            return operation.result_object
        case FieldRole.DIMENSION:
            return group.get(field.name)
        case FieldRole.ATTRIBUTE if field.name in OF_RESULTS:
            return OF_RESULTS[field.name](group, roster)
        case FieldRole.ATTRIBUTE:
            return plausible(field)
        case _:
            return None if field.nullable else 0


def plausible(field: ResponseField) -> object:
    """A plausible value of a field that the emulator knows nothing about."""
    if field.known_values:
        return field.known_values[0]
    match field.type:
        case ValueType.STRING:
            return f"{field.name}_1"
        case ValueType.BOOLEAN:
            return False
        case ValueType.OBJECT:
            return {each.name: plausible(each) for each in field.fields}
        case ValueType.ARRAY:
            return []
        case _:
            return None if field.nullable else 0


def money(field: ResponseField, amount: int) -> Money:
    """A money object for an amount in 1/MONEY_SCALE, as the real API writes it."""
    whole, fraction = divmod(amount, MONEY_SCALE)
    text = f"{whole}.{fraction:0{FRACTION_DIGITS}d}" if amount else ZERO
    known = {"value": text, "currency": CURRENCY}
    return Money((f.name, known[f.name] if f.name in known else plausible(f)) for f in field.fields)
