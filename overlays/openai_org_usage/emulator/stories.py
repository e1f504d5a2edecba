"""What happens to an organization: the spikes, steps and price changes that a report should explain.

A story is planted in the emulator (`Emulator(stories=[...])`) to see whether reports and alerts notice it.
Usage and costs tell it alike: what changes a volume changes both, what changes a price changes costs only.
Days before a story are what they are without it, to the last digit, but for what is new and has no amount.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum

import attrs

from ..errors import ConfigurationError
from .buckets import SECONDS_PER_DAY
from .courses import WHOLE, Course

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class StoryKind(StrEnum):
    """What a story does to what it is about."""

    SPIKE = "spike"
    """More (or less) from its first day to its last, then as before."""
    STEP = "step"
    """More (or less) from its first day on."""
    DRIFT = "drift"
    """More (or less) from day to day until its last one, and so much from then on."""
    PRICE = "price"
    """Costs more (or less) for the same usage, from its first day on."""
    NEW = "new"
    """Is not used before its first day."""
    GONE = "gone"
    """Is not used from its first day on."""


_ENDING = (StoryKind.SPIKE, StoryKind.DRIFT)
_WITH_FACTOR = (StoryKind.SPIKE, StoryKind.STEP, StoryKind.DRIFT, StoryKind.PRICE)
_WITH_AMOUNT = (StoryKind.SPIKE, StoryKind.STEP, StoryKind.DRIFT, StoryKind.NEW)


@attrs.frozen(kw_only=True)
class Story:
    """One thing that happens, to all usage that has every dimension given (to all, if none is).

    Days are UTC. How much it is, is either a `factor` or an `amount`; what is new may have neither
    (then it is what the organization uses anyway, from that day on), and what is gone has none.

    Attributes:
        kind: see `StoryKind`.
        first_day: when it begins.
        last_day: when it ends, that day included; a spike has one, and so has a drift: then it has reached
            its full size, and keeps it. Others go on without one.
        factor: by how much volume or price is multiplied, to a thousandth; 0.5 for half of it.
        amount: US dollars a day that are used in addition, whether or not there was usage before, spread
            evenly over the day and met but for one request.
        line_item: what is billed under it, such as "gpt-5-2025-08-07, output".

    Raises:
        ConfigurationError: the values make no story.
    """

    kind: StoryKind = attrs.field(converter=StoryKind)
    first_day: date
    last_day: date | None = None
    factor: float | None = None
    amount: float | None = None
    project_id: str | None = None
    api_key_id: str | None = None
    model: str | None = None
    line_item: str | None = None

    def __attrs_post_init__(self) -> None:
        problem = self._problem()
        if problem is not None:
            raise ConfigurationError(f"a story of kind {self.kind.value!r} {problem}")

    def _problem(self) -> str | None:
        sizes = [size for size in (self.factor, self.amount) if size is not None]
        if self.factor is not None and self.kind not in _WITH_FACTOR:
            return "has no factor"
        if self.amount is not None and self.kind not in _WITH_AMOUNT:
            return "has no amount"
        are_sizes = all(0 <= size < math.inf for size in sizes)
        if len(sizes) > 1 or not are_sizes or (not sizes and self.kind in _WITH_FACTOR):
            return (
                "has a factor or an amount, from 0" if self.kind in _WITH_AMOUNT else "has a factor, from 0"
            )
        if self.last_day is None and self.kind in _ENDING:
            return "has a last day"
        if self.last_day is not None and self.last_day < self.first_day:
            return f"cannot end on {self.last_day}, before it begins on {self.first_day}"
        return None

    @property
    def dimensions(self) -> Mapping[str, str]:
        """The dimensions that usage must have to be changed, but for the line item."""
        given = {"project_id": self.project_id, "api_key_id": self.api_key_id, "model": self.model}
        return {name: value for name, value in given.items() if value is not None}

    def course(self) -> Course:
        """How volume or price is multiplied over time; of an amount, how much of it is used."""
        moments, effects = zip((0, 0), *self._effects(), strict=True)
        return Course(moments[1:], tuple(map(self._factor, effects)))

    def _effects(self) -> Iterator[tuple[int, int]]:
        """When the effect changes (Unix seconds), and how much of its full size it has from then on."""
        begin = _midnight(self.first_day)
        if self.last_day is None:
            yield begin, WHOLE
        elif self.kind is StoryKind.DRIFT:
            days = (self.last_day - self.first_day).days + 1
            for number in range(days):
                yield begin + number * SECONDS_PER_DAY, WHOLE * (number + 1) // days
        else:
            yield begin, WHOLE
            yield _midnight(self.last_day) + SECONDS_PER_DAY, 0

    def _factor(self, effect: int) -> int:
        """What is multiplied by at an effect."""
        if self.amount is not None or self.kind is StoryKind.NEW:
            return effect
        full = round((self.factor or 0) * WHOLE)
        return WHOLE + (full - WHOLE) * effect // WHOLE


def _midnight(day: date) -> int:
    return (day.toordinal() - _EPOCH_ORDINAL) * SECONDS_PER_DAY
