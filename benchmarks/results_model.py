"""What a group of measurements found: tables of medians, and bars that hold or do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import attrs


@attrs.frozen
class Series:
    """Repeated readings of one contestant, in seconds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return median(self.seconds)

    @property
    def cells(self) -> tuple[str, str]:
        """Median and range, for a table."""
        low, high = min(self.seconds), max(self.seconds)
        return duration(self.median), f"{duration(low)} to {duration(high)}"


@attrs.frozen
class Table:
    """Contestants, side by side."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@attrs.frozen
class Threshold:
    """A bar: what must hold."""

    statement: str
    measured: str
    holds: bool


@attrs.frozen
class Findings:
    """All that one group found."""

    how: str
    """What was measured and how, in a sentence or two."""
    tables: Sequence[Table]
    bars: Sequence[Threshold]


@attrs.frozen
class BenchmarkRun:
    """What a run gives to each group."""

    folder: Path
    """For files; it is removed after the run."""
    say: Callable[[str], None]
    """Shows progress."""


@attrs.frozen
class Group:
    """A group of measurements that can be run alone."""

    name: str
    title: str
    run: Callable[[BenchmarkRun], Findings]


def at_least(times: float, statement: str, *, slow: Series, fast: Series) -> Threshold:
    """The bar that the median of `fast` is at most that of `slow` divided by `times`."""
    found = slow.median / fast.median
    return Threshold(f"{statement}: at least {times:g} times", f"{found:.1f} times", found >= times)


def at_most(times: float, statement: str, *, slow: Series, fast: Series) -> Threshold:
    """The bar that the median of `slow` is at most `times` that of `fast`."""
    found = slow.median / fast.median
    return Threshold(f"{statement}: at most {times:g} times", f"{found:.1f} times", found <= times)


def duration(seconds: float) -> str:
    """`seconds` with three digits and a fitting unit."""
    unit, factor = ("s", 1.0) if seconds >= 1 else ("ms", 1e3) if seconds >= 1e-3 else ("µs", 1e6)
    return f"{_three_digits(seconds * factor)} {unit}"


def rate(count: float, seconds: float) -> str:
    """How many in a second, rounded to three digits."""
    return f"{float(f'{count / seconds:.3g}'):,.0f}"


def megabytes(size: float) -> str:
    """`size` bytes in MB."""
    return f"{_three_digits(size / 1e6)} MB"


def _three_digits(number: float) -> str:
    whole = len(str(int(number)))
    return f"{number:,.{max(0, 3 - whole)}f}"
