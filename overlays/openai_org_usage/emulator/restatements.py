"""Usage that is told wrong at first: late, twice, or under another key or model, until it is some days old.

What those who read the live API every day say of it, or rely on:

- Infrawrench (documentation of its OpenAI plugin) reads three days of costs again, as they are restated; a
  report of costs by key goes back four, as a day changes for some hours after its end.
- PostHog (`openai/settings.py`) goes back one day, as late usage lands in buckets that were read, and merges
  rows instead of adding them. LangWatch (ADR 122) goes back three days, which it calls a margin: how long
  corrections go on, and whether they come in the same rows, it has not seen. Nobody names an end.
- OpenAI's help centre says that data may be delayed ("Understanding your API usage"), and an export of
  2025-10-12 has an empty day between days with costs.
- Costs and usage do not tell the same: images cost what no usage shows (LangWatch, issue 7579).
- Another provider corrects its numbers for up to 30 days (Anthropic's analytics; LangWatch, issue 6978).

So nobody knows more than that days change, and a reader has to stand any change there is.

Here one stream's usage of one UTC day is late, or told twice, or misplaced, or none of these. Each of its
moments is told right once it is as old as the delay that was drawn for that day, at most `days`: that is
the whole rule. So answers depend on the moment of asking and the seed alone; minutes, hours and days, groups
and filters add up as ever, as of each moment; and what is older than `days` is what an emulator without
restatements says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..errors import ConfigurationError
from .buckets import SECONDS_PER_DAY
from .dataset import OWNERS
from .request_streams import RequestStream
from .seeded_random import draw, scramble

_SHARES = 1 << 10
_DELAYS = 1 << 20
"""What is drawn for a day, 30 bits, is one of so many shares times one of so many delays."""


def check_days(name: str, value: object) -> None:
    """Refuse what is no number of days.

    Raises:
        ConfigurationError: it is no whole number from 0.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigurationError(f"{name} is a whole number of days from 0, not {value!r}")


def _check_days(_: object, attribute: attrs.Attribute[int], value: object) -> None:
    check_days(attribute.name, value)


def _check_share(_: object, attribute: attrs.Attribute[float], value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ConfigurationError(f"{attribute.name} is a share from 0 to 1, not {value!r}")


@attrs.frozen(kw_only=True)
class Restatements:
    """How much usage is restated, and for how long.

    Attributes:
        days: how old a bucket is, since its end, when nothing of it changes any more.
        late: the share of usage that is not counted at first: buckets grow, and rows appear late.
        corrected: the share that is counted twice at first: buckets shrink.
        misplaced: the share that is told of another key or model at first: rows vanish, others appear.

    Raises:
        ConfigurationError: a value is out of range, or the shares are more than the whole.
    """

    days: int = attrs.field(default=5, validator=_check_days)
    late: float = attrs.field(default=0.12, validator=_check_share)
    corrected: float = attrs.field(default=0.04, validator=_check_share)
    misplaced: float = attrs.field(default=0.04, validator=_check_share)

    def __attrs_post_init__(self) -> None:
        if self.late + self.corrected + self.misplaced > 1:
            raise ConfigurationError("late, corrected and misplaced are shares of one whole")


@attrs.frozen
class WrongUsage:
    """Usage of [begin, end), Unix seconds, that is counted `times` too often as of the moment of asking."""

    stream: RequestStream
    begin: int
    end: int
    times: int


@attrs.frozen
class RestatedStream:
    """A stream, where its usage is told when it is misplaced, and what its days are drawn from."""

    stream: RequestStream
    misplaced: RequestStream
    key: int

    def wrong(self, restatements: Restatements, *, start: int, end: int, now: int) -> Iterator[WrongUsage]:
        """What is told wrong of [start, end) as of `now`, in order of time."""
        patience = restatements.days * SECONDS_PER_DAY
        first = max(start, now - patience) // SECONDS_PER_DAY
        days = range(first, -(-min(end, now) // SECONDS_PER_DAY))
        for day, dice in zip(days, scramble(self.key, days), strict=True):
            lot, delay = dice % _SHARES / _SHARES, patience * (dice // _SHARES) ** 2 // _DELAYS**2
            begin = max(start, day * SECONDS_PER_DAY, now - delay)
            until = min(end, (day + 1) * SECONDS_PER_DAY, now)
            if begin < until:
                for stream, times in self._wrong(restatements, lot):
                    yield WrongUsage(stream, begin, until, times)

    def _wrong(self, restatements: Restatements, lot: float) -> Iterator[tuple[RequestStream, int]]:
        """Of which stream a day with that lot is counted how many times too often."""
        misplaced = restatements.misplaced
        if lot < misplaced:
            yield from ((self.stream, -1), (self.misplaced, 1))
        elif lot < misplaced + restatements.corrected:
            yield self.stream, 1
        elif lot < misplaced + restatements.corrected + restatements.late:
            yield self.stream, -1


def restated_streams(streams: Sequence[RequestStream], *, seed: int) -> tuple[RestatedStream, ...]:
    """The streams of an operation, to be restated: always in the same way for the same seed.

    Misplaced usage is told of the key of another stream, or of its model and all else but the key.
    """
    return tuple(
        RestatedStream(
            stream,
            _misplaced(stream, streams[dice % len(streams)], by_owner=dice >> 32 & 1 == 0),
            draw(seed, "restated", stream.key),
        )
        for stream in streams
        for dice in [draw(seed, "misplaced", stream.key)]
    )


def _misplaced(stream: RequestStream, other: RequestStream, *, by_owner: bool) -> RequestStream:
    owners, others = (other, stream) if by_owner else (stream, other)
    dimensions = {name: (owners if name in OWNERS else others).dimensions[name] for name in stream.dimensions}
    return attrs.evolve(stream, dimensions=dimensions)
