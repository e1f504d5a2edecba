"""What is in no sum although it may be of value: which, how many, of which days. Pure.

Results of a kind yet unknown, amounts that are not stated or have no currency, days of which nothing
came: each may be a credit as well as a cost. So a report says what it leaves out, and a budget, of which
only the verdict is read, gives none that could be wrong for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs

from ..money import exact_sum
from ..pagination.rules import Bucket, Span
from ..printable import clean
from . import formatting
from .periods import DAY, Period, day_of, midnight

_LISTED = 5
"""How many are put into words."""
_ZERO = Decimal(0)


class Omission(StrEnum):
    """Why something is in no sum."""

    UNKNOWN_KIND = "unknown_kind"
    """This version does not know the kind of the results."""
    UNREADABLE = "unreadable"
    """A member of the results cannot be read; only pages as they came hand these out."""
    NO_AMOUNT = "no_amount"
    """The results do not say what they cost."""
    NO_CURRENCY = "no_currency"
    """The amounts have no currency, so they can be added to nothing."""
    NO_BUCKET = "no_bucket"
    """Nothing at all came of these days, not even that there was nothing."""
    CUT_BUCKET = "cut_bucket"
    """Of these days a part came: an archive was read while they ran, and not since."""


@attrs.frozen
class LeftOut:
    """What is left out for one reason, of one kind."""

    operation: str
    """Whose results, such as `costs`."""
    kind: str
    """What the API calls them; empty for days."""
    results: int
    """How many there are (days, where nothing or a part came); of queries that group the same differently,
    for each day in the one that has most."""
    days: Period
    """From the first day that has some to the last."""
    why: Omission = Omission.UNKNOWN_KIND
    amount: Decimal | None = None
    """What they come to, exactly, where that is stated: without a currency."""
    credits: Decimal | None = None
    """What of the amount is negative; None where it is not stated."""
    by_day: tuple[LeftOut, ...] = attrs.field(default=(), repr=False)
    """The same day by day, in order; empty where there is one day alone."""

    def within(self, period: Period) -> LeftOut | None:
        """The part of it that lies in `period`; None if there is none."""
        return _joined([each for each in self.each_day if each.days.last in period])

    @property
    def each_day(self) -> tuple[LeftOut, ...]:
        """`by_day`, and what is of one day as that day."""
        return self.by_day or (self,)

    def __str__(self) -> str:
        return f"{self._count()}, {formatting.days(self.days)}{self._detail()}"

    def _count(self) -> str:
        noun, more = _NOUNS[self.why]
        few = noun if self.results == 1 else f"{noun}s"
        return f"{self.results:,} {few} of {self.operation}{more}"

    def _detail(self) -> str:
        if self.why in (Omission.UNKNOWN_KIND, Omission.UNREADABLE):
            return f" ({clean(self.kind)})"
        return "" if self.amount is None else f" ({formatting.plain(self.amount)} in all)"


_NOUNS: Mapping[Omission, tuple[str, str]] = {
    Omission.UNKNOWN_KIND: ("result", " of an unknown kind"),
    Omission.UNREADABLE: ("result", " that cannot be read"),
    Omission.NO_AMOUNT: ("result", " without an amount"),
    Omission.NO_CURRENCY: ("amount", " without a currency"),
    Omission.NO_BUCKET: ("day", " of which nothing came"),
    Omission.CUT_BUCKET: ("day", " of which only a part came"),
}


def left_out(operation: str, *queries: Iterable[Bucket]) -> tuple[LeftOut, ...]:
    """What sums over the results of `queries` leave out, by kind. All are of `operation`.

    What rows can tell (amounts that are not stated, or have no currency) `Ledger.of` finds by itself.
    """
    found = most(*(_unknown(operation, buckets) for buckets in queries))
    return tuple(sorted(found, key=lambda each: (each.why, each.kind)))


def missing_days(operation: str, buckets: Sequence[Span], days: Period) -> tuple[LeftOut, ...]:
    """The days of `days`, and those after the first bucket, that have no bucket, or one that is cut off.

    The API sends one of a day without costs, too: empty.
    """
    came = {day_of(bucket.start_time): is_cut_off(bucket) for bucket in buckets}
    first = min((day for day in came if day < days.start), default=days.start)
    every = list(Period(first, days.end).each_day())
    missed = {
        Omission.NO_BUCKET: [day for day in every if day not in came],
        Omission.CUT_BUCKET: [day for day in every if came.get(day)],
    }
    return tuple(_found(operation, "", why, gone) for why, gone in missed.items() if gone)


def is_cut_off(bucket: Span) -> bool:
    """Whether a bucket of a day ends before it."""
    return bucket.end_time < midnight(day_of(bucket.start_time) + DAY)


def without_amount(operation: str, kind: str, days: Sequence[date]) -> tuple[LeftOut, ...]:
    """Results of `days`, one for each, that do not say what they cost."""
    return (_found(operation, kind, Omission.NO_AMOUNT, days),) if days else ()


def without_currency(
    operation: str, kind: str, amounts: Sequence[tuple[date, Decimal]]
) -> tuple[LeftOut, ...]:
    """Amounts that have no currency; what is zero is not missed."""
    missed: defaultdict[date, list[Decimal]] = defaultdict(list)
    for day, amount in amounts:
        if amount:
            missed[day].append(amount)
    parts = [
        attrs.evolve(
            _of_day(operation, kind, Omission.NO_CURRENCY, day, len(found)),
            amount=exact_sum(found),
            credits=exact_sum(min(amount, _ZERO) for amount in found),
        )
        for day, found in missed.items()
    ]
    joined = _joined(parts)
    return () if joined is None else (joined,)


def most(*found: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """All that is `found`; what is left out of the same day several times, where it has most results."""
    by: defaultdict[tuple[str, str, str], dict[Period, LeftOut]] = defaultdict(dict)
    for each in (part for some in found for whole in some for part in whole.each_day):
        days = by[each.operation, each.why.value, each.kind]
        days[each.days] = max(days.get(each.days, each), each, key=lambda one: one.results)
    joined = (_joined([*days.values()]) for days in by.values())
    return tuple(each for each in joined if each is not None)


def within(left_out: Iterable[LeftOut], period: Period) -> tuple[LeftOut, ...]:
    """What of `left_out` lies in `period`."""
    parts = (each.within(period) for each in left_out)
    return tuple(part for part in parts if part is not None)


def in_words(left_out: Sequence[LeftOut]) -> str:
    """The sentence that says it."""
    listed, tail = listed_in_words(left_out), "The figures may be too low or too high"
    if any(each.why is not Omission.UNKNOWN_KIND for each in left_out):
        return f"all sums are without what cannot be added up: {listed}. {tail}."
    return (
        "the API sent what this version does not know, and all sums are without it: "
        f"{listed}. {tail}; a newer version may know these kinds."
    )


def listed_in_words(left_out: Sequence[LeftOut]) -> str:
    """Each of them, up to a few."""
    more = len(left_out) - _LISTED
    return "; ".join([*map(str, left_out[:_LISTED]), *([f"{more} more"] if more > 0 else [])])


def _unknown(operation: str, buckets: Iterable[Bucket]) -> list[LeftOut]:
    days: defaultdict[tuple[str, Omission], list[date]] = defaultdict(list)
    for bucket in buckets:
        for result in bucket.unknown_results:
            why = Omission.UNREADABLE if result.problem else Omission.UNKNOWN_KIND
            days[result.object, why].append(day_of(bucket.start_time))
    return [_found(operation, kind, why, when) for (kind, why), when in days.items()]


def _found(operation: str, kind: str, why: Omission, days: Sequence[date]) -> LeftOut:
    """One for each of `days`, of which there is at least one."""
    first, *more = (_of_day(operation, kind, why, *each) for each in sorted(Counter(days).items()))
    return _joined([first, *more]) or first


def _of_day(operation: str, kind: str, why: Omission, day: date, results: int) -> LeftOut:
    return LeftOut(operation, kind, results, Period(day, day + DAY), why)


def _joined(parts: Sequence[LeftOut]) -> LeftOut | None:
    """The days `parts`, which are of one kind, as one; None if there are none."""
    if len(parts) < 2:
        return parts[0] if parts else None
    ordered = sorted(parts, key=lambda each: each.days.start)
    first = ordered[0]
    return LeftOut(
        first.operation,
        first.kind,
        sum(each.results for each in ordered),
        Period(first.days.start, max(each.days.end for each in ordered)),
        first.why,
        _sum(each.amount for each in ordered),
        _sum(each.credits for each in ordered),
        tuple(ordered),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None as soon as one is not stated."""
    stated: list[Decimal] = []
    for amount in amounts:
        if amount is None:
            return None
        stated.append(amount)
    return exact_sum(stated)
