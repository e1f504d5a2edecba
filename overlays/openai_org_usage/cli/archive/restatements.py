"""`restatements`: how late usage comes, as an archive has seen it, and which look-back catches it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
import click

from ...archive.archive import Archive
from ...archive.lateness import DAY, Lateness, NeededLookback, TableLateness
from ...money import exact_sum
from ...printable import escaped_json
from ...tables.columns import Kind
from ...tables.literals import digits, iso
from ..click_base import PROGRAM, Command, Option, options_from
from ..console import Console
from ..context import CommandContext
from ..exit_codes import Exit
from ..output.destination import write_to
from ..output.result_output import ResultOutput, RowResult

if TYPE_CHECKING:
    from ...tables.targets import Stream

_PERCENT_PLACES: Final = Decimal("0.1")
_HELP = """How late usage comes: how old buckets were when they were seen to have changed, and which look-back
would have caught it.

A change has happened between two readings: its bucket was at most as old as shown, counted from its end.
Amounts are those by which costs have changed, up or down. Tables of the same endpoint, such as costs and
costs_by_key, have the same money in other groups. What comes later than sync looks back is not seen."""
_CLOSING = f"""Examples:
  {PROGRAM} restatements usage
  {PROGRAM} restatements usage --format json
  {PROGRAM} sql usage "from restatements order by seen_at desc limit 20"
"""


_ORGANIZATION = "Of which organization, as it is called in the archive.  [default: of all]"


def restatements_command(name: str) -> Command:
    """The command."""
    return Command(
        name,
        arguments=[click.Argument(["directory"], metavar="DIR")],
        options=[
            Option(["--organization"], section="Archive", help=_ORGANIZATION, metavar="NAME"),
            *ResultOutput.options(),
            *Console.options(pages=False),
        ],
        run=_run,
        help_text=_HELP,
        closing=_CLOSING,
        extra="archive",
    )


def _run(context: CommandContext, *, directory: str, organization: str | None, **given: object) -> int:
    output, console = options_from(ResultOutput, given), options_from(Console, given)
    format = output.choose_format()
    lateness = Archive(directory, clock=context.clock).lateness(organization=organization)
    for note in _notes(lateness):
        console.note(note)
    if format == "json":
        write_to(output.output, write=partial(_write_json, lateness))
    elif lateness.changes or format != "table":
        shown = _for_people(lateness) if format == "table" else RowResult.of(_COLUMNS, list(_rows(lateness)))
        output.write(shown, console)
    return Exit.DONE


def _notes(lateness: Lateness) -> Iterator[str]:
    """What the reader has to know: what was seen, what a look-back would have to be, what cannot be seen."""
    if lateness.first_seen_at is None or lateness.last_seen_at is None:
        yield "nothing has been restated yet that had been over when it was read; later syncs see it"
    else:
        first, last = (
            moment.strftime("%Y-%m-%d") for moment in (lateness.first_seen_at, lateness.last_seen_at)
        )
        rows = "row has" if lateness.changes == 1 else "rows have"
        yield f"{lateness.changes:,} {rows} changed, seen from {first} to {last}"
        yield f"to catch them, look back: {_lookbacks(lateness.by_number)} of the changes of every table"
        if lateness.by_amount:
            yield f"to catch the money, look back: {_lookbacks(lateness.by_amount)} of every table's amount"
    if lateness.lookback is not None:
        days = _days(lateness.lookback)
        yield f"sync looks back {days} at most: what comes later than that is not seen, however much it is"


def _lookbacks(needed: Iterable[NeededLookback]) -> str:
    return ", ".join(f"{_days(each.seconds)} for {each.percent} %" for each in needed)


def _days(seconds: float) -> str:
    """In whole days, as `--lookback` takes them."""
    return f"{math.ceil(seconds / DAY)}d"


_COLUMNS: Final = {
    "table": Kind.TEXT,
    "from_days": Kind.COUNT,
    "to_days": Kind.COUNT,
    "changes": Kind.COUNT,
    "percent": Kind.DECIMAL,
    "percent_so_far": Kind.DECIMAL,
    "currency": Kind.TEXT,
    "amount": Kind.MONEY,
    "amount_percent": Kind.DECIMAL,
    "amount_percent_so_far": Kind.DECIMAL,
}


def _rows(lateness: Lateness) -> Iterator[Sequence[object]]:
    """The distribution, a row for each class of age of each table."""
    for table in lateness.tables:
        for number, each in enumerate(table.classes, 1):
            so_far = table.classes[:number]
            amount = exact_sum(part.amount or 0 for part in so_far)
            yield (
                table.table,
                each.from_days,
                each.to_days,
                each.changes,
                _percent(each.changes, table.changes),
                _percent(sum(part.changes for part in so_far), table.changes),
                table.currency,
                each.amount,
                _percent(each.amount, table.amount),
                _percent(amount, table.amount),
            )


_SHOWN: Final = {
    "table": Kind.TEXT,
    "age": Kind.TEXT,
    "changes": Kind.COUNT,
    "%": Kind.DECIMAL,
    "% so far": Kind.DECIMAL,
    "amount": Kind.MONEY,
    "% of amount": Kind.DECIMAL,
}


def _for_people(lateness: Lateness) -> RowResult:
    """The same in fewer columns, so that 80 characters are enough."""
    rows: list[Sequence[object]] = []
    for table, start, end, changes, percent, so_far, _, amount, amount_percent, _ in _rows(lateness):
        age = f"{start}-{end}d" if end else f"over {start}d"
        rows.append((table, age, changes, percent, so_far, amount, amount_percent))
    return RowResult.of(_SHOWN, rows)


def _percent(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    if not whole or part is None:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_PERCENT_PLACES, ROUND_HALF_EVEN)


def _write_json(lateness: Lateness, stream: Stream) -> int:
    data = {
        "changes": lateness.changes,
        "by_number": [_needed(each) for each in lateness.by_number],
        "by_amount": [_needed(each) for each in lateness.by_amount],
        "first_seen_at": _text(lateness.first_seen_at),
        "last_seen_at": _text(lateness.last_seen_at),
        "lookback_seconds": lateness.lookback,
        "tables": {each.table: _as_dict(each) for each in lateness.tables},
    }
    stream.write(escaped_json(json.dumps(data, indent=2)).encode() + b"\n")
    return len(lateness.tables)


def _as_dict(table: TableLateness) -> dict[str, object]:
    """Amounts as strings, because a JSON number is a binary float to most readers."""
    return {
        "changes": table.changes,
        "currency": table.currency,
        "amount": None if table.amount is None else digits(table.amount),
        "classes": [
            {**attrs.asdict(each), "amount": None if each.amount is None else digits(each.amount)}
            for each in table.classes
        ],
        "by_number": [_needed(each) for each in table.by_number],
        "by_amount": [_needed(each) for each in table.by_amount],
    }


def _needed(each: NeededLookback) -> dict[str, object]:
    return {**attrs.asdict(each), "lookback": _days(each.seconds)}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


__all__ = ["restatements_command"]
