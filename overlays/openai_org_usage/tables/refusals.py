"""What is said of a value that a column cannot hold exactly: which one, of which row, and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from .._generated import OPERATIONS, FieldRole, ResponseField, redacted
from ..errors import InexactValueError
from .columns import EXACT, Column, Kind
from .literals import digits, iso
from .optional_imports import ArrowType
from .schema import WIDEST, has_room

if TYPE_CHECKING:
    from ..pagination.rules import Span

_SHOWN_AT_MOST = 120
"""Characters of a value."""


class UnfitError(Exception):
    """A value is not as the values of its column mostly are, or cannot be one."""


class UnfitColumnError(UnfitError):
    """One of the values of `column` is."""

    def __init__(self, column: Column) -> None:
        super().__init__(column.name)
        self.column = column


def is_held_by(kind: ArrowType, value: object) -> bool:
    """Whether an array of `kind` holds the number `value` exactly."""
    if isinstance(value, Decimal):
        return has_room(value, kind.precision, kind.scale)
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def refusal(column: Column, value: object, *, of: Span, result: object, kind: object) -> InexactValueError:
    """The error for `value` of `result` in the bucket `of`, which an array of `kind` cannot hold."""
    return InexactValueError(
        f"{column.name}: {_shown(value)} does not fit {kind} exactly, in the row of {_row(of, result)}; "
        f"{_way_out(column, value)}",
        column=column.name,
    )


def _way_out(column: Column, value: object) -> str:
    if column.kind is Kind.FLOAT:
        return 'leave decimals="float64" out, on the command line --decimals'
    if column.kind not in EXACT or not isinstance(value, Decimal):
        return "to_records, CSV and JSON hold it"
    wider = 'decimals="decimal256" or ' if has_room(value, *WIDEST) else ""
    return f'pass {wider}decimals="string", on the command line --decimals'


def _row(bucket: Span, result: object) -> str:
    """The start of the bucket, and what the result is grouped by."""
    names = [field.name for field in _fields_of(result) if field.role == FieldRole.DIMENSION]
    stated = [(name, value) for name in names if (value := getattr(result, name, None)) is not None]
    start = _moment(bucket.start_time)
    return (
        f"{start} with {', '.join(f'{name} {_shown(value)}' for name, value in stated)}" if stated else start
    )


def _fields_of(result: object) -> Iterator[ResponseField]:
    tag = getattr(result, "object", None)
    for operation in OPERATIONS.values():
        if operation.result_object == tag:
            yield from operation.fields


def _moment(seconds: int) -> str:
    try:
        return iso(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def _shown(value: object) -> str:
    text = redacted(digits(value) if isinstance(value, Decimal) else repr(value))
    return text if len(text) <= _SHOWN_AT_MOST else f"{text[:_SHOWN_AT_MOST]}…"


__all__ = ["UnfitColumnError", "UnfitError", "is_held_by", "refusal"]
