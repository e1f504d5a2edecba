"""The axis of time: columns for days, weeks, months or years, and which of them are labelled. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import dropwhile, groupby, pairwise

import attrs

from ...money import exact_sum
from ...times import month_after
from ..explanation.unusual_days import UnusualDay
from ..periods import DAY, Period
from ..view import BarUnit
from .chart_days import ChartDay

MOST_DAYS = 92
"""A quarter: of a longer period nobody reads days, so that columns stand for weeks or more."""
_YEAR = 366
_HALF = Decimal("0.5")

BEGINNINGS: Mapping[BarUnit, Callable[[date], date]] = {
    "day": lambda day: day,
    "week": lambda day: day - day.weekday() * DAY,
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
"""What a column can stand for, and the first day of that; the finest first."""
UNITS: Mapping[BarUnit, str] = {
    "day": "day",
    "week": "week (Monday to Sunday)",
    "month": "month",
    "year": "year",
}
"""What these are called in headings."""
_ENDS: Mapping[BarUnit, Callable[[date], date]] = {
    "day": lambda first: first + DAY,
    "week": lambda first: first + 7 * DAY,
    "month": month_after,
    "year": lambda first: first.replace(year=first.year + 1),
}
_SPACINGS: Sequence[Callable[[int, date], Hashable]] = (
    lambda place, _: place,
    lambda place, _: place // 2,
    lambda _, day: (day.year, day.month, min(day.day // 5, 5)),
    lambda _, day: (day.year, day.month, min(day.day // 10, 2)),
    lambda _, day: (day.year, day.month, day.day >= 15),
    lambda _, day: (day.year, day.month),
    lambda _, day: (day.year, (day.month - 1) // 2),
    lambda _, day: (day.year, (day.month - 1) // 3),
    lambda _, day: day.year,
    lambda _, day: day.year // 5,
)
"""Ways to space labels, the densest first: one stands wherever the value changes."""


@attrs.frozen
class ChartBar:
    """A day, week, month or year, as far as it lies in the period."""

    start: date
    """The first of its days."""
    days: int
    """How many days it stands for."""
    whole: int
    """How many days it would have if all of it lay in the period."""
    amount: Decimal
    """Exact: what its days cost together."""
    parts: tuple[Decimal, ...]
    """Exact: the parts of its days."""
    before: Decimal | None
    """Exact: what its days' counterparts cost together; None if some have none."""
    ahead: Decimal
    """What its days are expected to cost beyond that."""
    range: tuple[Decimal, Decimal] | None
    """What it will have cost lies between these four times in five; None where it has several days."""
    unusual: tuple[UnusualDay, ...]
    """Those of its days that are out of the ordinary."""
    is_running: bool
    """Whether it has the running day in it."""
    is_ahead: bool
    """Whether all of it is still to come."""

    @property
    def period(self) -> Period:
        """Its days."""
        return Period(self.start, self.start + self.days * DAY)

    @property
    def total(self) -> Decimal:
        """What it will have cost."""
        return exact_sum((self.amount, self.ahead))

    @property
    def is_partial(self) -> bool:
        """Whether the period has only some of its days."""
        return self.days < self.whole


def bars(days: Sequence[ChartDay], *, unit: BarUnit) -> list[ChartBar]:
    """`days` added up by `unit`: the first bar and the last may be partial."""
    return list(_bars(days, unit))


def units(days: Sequence[ChartDay], *, by: BarUnit | None = None) -> Iterator[BarUnit]:
    """What bars may stand for, the finest first: from `by` on, else from what suits so many days."""
    first = by or ("day" if len(days) <= MOST_DAYS else "week")
    return dropwhile(lambda unit: unit != first, BEGINNINGS)


def fitting_bars(
    days: Sequence[ChartDay], *, most: int, by: BarUnit | None = None
) -> tuple[BarUnit, list[ChartBar]]:
    """The finest of `units` that makes at most `most` bars of `days`, or years; and these bars."""
    made: Iterator[tuple[BarUnit, list[ChartBar]]] = (
        (unit, bars(days, unit=unit)) for unit in units(days, by=by)
    )
    return next(each for each in made if len(each[1]) <= most or each[0] == "year")


def partial(bars: Sequence[ChartBar], *, unit: BarUnit) -> str | None:
    """Which of `bars` stand for less than a `unit`, in words; None if none does."""
    ends = (("first", bars[0]), ("last", bars[-1]))
    parts = [f"the {place} has {bar.days} of {bar.whole} days" for place, bar in ends if bar.is_partial]
    return f"Partial {unit}s: {', '.join(parts)}" if parts else None


def _bars(days: Sequence[ChartDay], unit: BarUnit) -> Iterator[ChartBar]:
    for first, group in groupby(days, lambda day: BEGINNINGS[unit](day.day)):
        inside = list(group)
        before = [day.before for day in inside if day.before is not None]
        yield ChartBar(
            inside[0].day,
            len(inside),
            (_ENDS[unit](first) - first).days,
            exact_sum(day.amount for day in inside),
            tuple(map(exact_sum, zip(*(day.parts for day in inside if day.parts), strict=True))),
            exact_sum(before) if len(before) == len(inside) else None,
            exact_sum(day.ahead for day in inside),
            inside[0].range if len(inside) == 1 else None,
            tuple(day.unusual for day in inside if day.unusual is not None),
            any(day.is_running for day in inside),
            all(day.is_ahead for day in inside),
        )


def labels(
    starts: Sequence[date],
    *,
    unit: BarUnit = "day",
    room: int,
    beyond: Decimal = Decimal(0),
    is_centred: bool = False,
) -> list[tuple[int, str]]:
    """The places of columns that are labelled, and the labels, where all columns are `room` characters wide.

    They are as many as do not touch, and none goes more than `beyond` characters beyond the last column;
    they begin where their column does, or are centred below it. Each has its month, and where that could
    be unclear, its year.
    """
    texts = _texts(starts, unit)
    within = _HALF if is_centred else Decimal(0)
    inside = [
        (place + within) * room / len(starts) + len(text) * (1 - within) <= room + beyond
        for place, text in enumerate(texts)
    ]
    for spacing in _SPACINGS:
        values = [spacing(place, start) for place, start in enumerate(starts)]
        changes = [place for place, value in enumerate(values) if not place or value != values[place - 1]]
        places = [place for place in changes if inside[place]]
        # The first stands at no round day and may be too near the second.
        for chosen in (places, places[1:]):
            widest = max((len(texts[place]) for place in chosen), default=0) + 1
            near = [pair for pair in pairwise(chosen) if (pair[1] - pair[0]) * room < widest * len(starts)]
            if chosen and not near:
                return [(place, texts[place]) for place in chosen]
    return [(0, text) for text in texts[:1]]


def _texts(starts: Sequence[date], unit: BarUnit) -> list[str]:
    if unit == "year":
        return [f"{start:%Y}" for start in starts]
    short = not starts or (starts[-1] - starts[0]).days <= _YEAR
    if unit == "month":
        return [f"{start:%b}" if short else f"{start:%b %Y}" for start in starts]
    return [f"{start.day} {start:%b}" if short else f"{start.day} {start:%b %Y}" for start in starts]
