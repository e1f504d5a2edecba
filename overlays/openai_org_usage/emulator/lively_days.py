"""Days that differ as those of real organizations do: by project, model and key, and not all at once.

What is known of real ones:

- ServeGen (arXiv 2505.09999, a provider's production traffic): what varies is caused by a few large clients,
  each in its own way, while most of the small ones are steady; so traffic is made up client by client.
- BurstGPT (arXiv 2401.17644, 213 days of a regional Azure OpenAI service): use by API comes in bursts, far
  more than the traffic that is usually made up for tests.
- SageServe (arXiv 2502.14617, Office 365): people's use follows the day and the week, batch work does not.
- A billing export of 2025-10-12 (xavierjflanagan/Guardian), one person's: 0.90, 0.56, 0.57, 0.55, nothing,
  0.34, 0.07 dollars on seven days in a row; another (presswizards/openai-costs-api): costs on 11 days of 28,
  from 0.0001 to 0.56. The smaller, the more it varies.
- StackSpend's alert policy for OpenAI takes a day within 10% of its baseline for ordinary, and one beyond 25%
  for an incident; Costlynx and Concentrate (anomalous spend) alert by standard deviations of two to four
  weeks, with a floor, since batch work and weekends trip fixed thresholds.

So here every project, model and key has its own luck of the day and its own slow drift, what is left to each
stream of requests varies most, keys differ in their weeks, batch work comes in bursts, some projects rest at
weekends, and there are many small line items. An organization's day is some 7% off what its weekday cost
lately, and a quarter at worst; one project's, 7 to 17%. All factors are integers, the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import cycle, pairwise

import attrs

from .activity import FOUNDING_DAY, Activity
from .courses import WHOLE, VariedActivity
from .request_streams import RequestStream
from .seeded_random import draw, scramble

_WEEK = 7
_FIRST_WEEKDAY = (FOUNDING_DAY + 3) % _WEEK
_DRIFT = 35
"""Days from one turn of a drift to the next; a `SPAN` is a multiple of it."""
_ALIKE = 1535
"""The middle of a sum of three dice of ten bits; its standard deviation is 512."""
_FURTHEST = 4_000
"""More than all exponents together can be."""


def _powers(furthest: int) -> Sequence[int]:
    """e to the power of -furthest/1000 to furthest/1000, in thousandths."""
    scale = 10**30
    up, down = [scale], [scale]
    for _ in range(furthest):
        up.append(up[-1] * 1_001_000_500_167 // 10**12)
        down.append(down[-1] * 10**12 // 1_001_000_500_167)
    return [value * WHOLE // scale for value in (*reversed(down), *up[1:])]


_POWERS = _powers(_FURTHEST)


@attrs.frozen
class Unrest:
    """How much something varies, in thousandths of natural logarithms: about as many thousandths of it."""

    daily: int
    """Standard deviation of its days."""
    drift: int
    """Standard deviation of where it drifts to."""


_UNREST: Mapping[str, Unrest] = {
    "project_id": Unrest(daily=55, drift=50),
    "model": Unrest(daily=35, drift=40),
    "api_key_id": Unrest(daily=90, drift=60),
}
_OF_A_STREAM = Unrest(daily=140, drift=60)
_BURSTS = 80
"""Thousandths of the days of batch work on which there is much more of it."""
_RESTING = 4
"""One in so many projects does nothing at weekends."""


class LivelyDays:
    """The days of one organization."""

    def __init__(self, activities: Mapping[str, Activity], *, seed: int) -> None:
        self._activities = activities
        self._seed = seed
        self._known: dict[tuple[str, range], list[int]] = {}

    def streams(self, steady: Iterable[RequestStream]) -> Iterator[RequestStream]:
        """The same streams, each with days of its own; what is stored grows as ever."""
        for stream in steady:
            rhythm = next(name for name, each in self._activities.items() if each is stream.activity)
            if rhythm == "constant":
                yield stream
            else:
                factors = partial(self.factors, stream, is_batch=rhythm == "nightly")
                yield attrs.evolve(stream, activity=VariedActivity(self._activities[rhythm], factors))

    def factors(self, stream: RequestStream, days: range, *, is_batch: bool) -> Iterator[int]:
        """The factors of these days, counted from the founding day, in thousandths."""
        owners = [(name, str(stream.dimensions[name])) for name in _UNREST if name in stream.dimensions]
        parts = [self._exponents(f"{name}={value}", _UNREST[name], days) for name, value in owners]
        if is_batch:
            parts.append(self._bursts(str(stream.dimensions["api_key_id"]), days))
        parts.append(_exponents(draw(self._seed, "unrest", stream.key), _OF_A_STREAM, days))
        weekdays = cycle(self._week(stream))
        for exponent, weekday in zip(map(sum, zip(*parts, strict=True)), weekdays, strict=False):
            yield _POWERS[exponent + _FURTHEST] * weekday // 100

    def _exponents(self, label: str, unrest: Unrest, days: range) -> list[int]:
        if (label, days) not in self._known:
            self._known[label, days] = _exponents(draw(self._seed, "unrest", label), unrest, days)
        return self._known[label, days]

    def _bursts(self, key: str, days: range) -> list[int]:
        """On some days, 1.5 to 3 times as much."""
        dice = scramble(draw(self._seed, "bursts", key), days)
        return [405 + (die >> 10) % 693 if die % 1000 < _BURSTS else 0 for die in dice]

    def _week(self, stream: RequestStream) -> list[int]:
        """By how many percent each weekday differs, from that of the founding day on."""
        dice = draw(self._seed, "week", str(stream.dimensions["api_key_id"]))
        week = [85 + (dice >> 5 * weekday) % 31 for weekday in range(_WEEK)]
        if draw(self._seed, "rests", str(stream.dimensions["project_id"])) % _RESTING == 0:
            week[5:] = [0, 0]
        return week[_FIRST_WEEKDAY:] + week[:_FIRST_WEEKDAY]


def _exponents(key: int, unrest: Unrest, days: range) -> list[int]:
    """The luck of each day and where the drift is by then, as thousandths of logarithms."""
    turns = range(-2 - days.start // _DRIFT, -3 - days.stop // _DRIFT, -1)
    knots = [_bell(die, unrest.drift) for die in scramble(key, turns)]
    drift = (
        (begin * (_DRIFT - day) + end * day) // _DRIFT
        for begin, end in pairwise(knots)
        for day in range(_DRIFT)
    )
    lucks = scramble(key, days)
    return [_bell(luck, unrest.daily) + trend for luck, trend in zip(lucks, drift, strict=True)]


def _bell(die: int, deviation: int) -> int:
    """Close to a normal distribution, at most three deviations from zero; of 30 bits."""
    return ((die & 1023) + (die >> 10 & 1023) + (die >> 20) - _ALIKE) * deviation >> 9
