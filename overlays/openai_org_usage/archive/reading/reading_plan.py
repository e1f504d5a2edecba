"""What a reading of a table asks for, and what is known after it. Pure; times are Unix seconds.

A bucket may be restated until it has been over for the look-back L. So a reading goes back to P - L, where P
is when the reading before it began, and not to the present less L: that way it misses nothing, however seldom
it comes. If L has become longer, it goes back once to all that was last read too early for that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import attrs

from ..._generated import InvalidParameterError
from ...errors import ArchiveError, LookbackExceededError
from ...times import readable, resolve_time, span_seconds
from ..manifest import TableState

DAY: Final = 86_400
API_DAYS: Final = 365
"""How far back the API is said to go, where its refusal names no date."""
FIRST_DAYS: Final = 400
"""How far back a first reading asks: farther than the API goes, so that its refusal says how far that is."""
_CLOCKS_DIFFER: Final = 300
_READ_AT_EVERY: Final = 3600
"""That a table was read again and nothing had changed is written down once an hour at the most."""

Gap = tuple[int, int]


@attrs.frozen(kw_only=True)
class ReadingPlan:
    """One reading of a table.

    Attributes:
        start: of the first bucket that is asked for.
        end: of the last one; None for the present.
        needed: what is asked for before this, is so only in case that the API has more than had been read.
        settled_until: buckets that end by then had settled when they were read before.
        now: when the reading begins.
        width: of a bucket.
        lookback: how far it goes back behind the reading before it.
        before: what had been read by then.
    """

    start: int
    end: int | None = None
    needed: int
    settled_until: int | None = None
    now: float
    width: int
    lookback: int
    before: TableState

    @property
    def is_first(self) -> bool:
        """Whether nothing had been read."""
        return self.before.read_at is None

    def begun_later(self, refusal: LookbackExceededError) -> ReadingPlan:
        """The plan that begins where the API says that it does.

        Raises:
            LookbackExceededError: it refuses what it had named itself, or has nothing of the range.
        """
        earliest = refusal.earliest_start
        if earliest is None:
            earliest = math.ceil(self.now) - API_DAYS * DAY
        start = _aligned_up(earliest, self.width)
        if start <= self.start or start >= (math.ceil(self.now) if self.end is None else self.end):
            raise refusal
        if start >= _known(self.before.read_from):  # There is nothing older to get.
            start = max(start, self.needed)
        return attrs.evolve(self, start=start)

    def gap(self) -> Gap | None:
        """What the API had forgotten before it was read."""
        until = self.before.read_until
        return None if until is None or until >= self.start else (until, self.start)

    def had_been_read(self, bucket: int) -> bool:
        """Whether the bucket that starts at `bucket` was over when it was last read."""
        forgotten = any(start <= bucket < end for start, end in self.before.gaps)
        return self.is_in_range(bucket) and not forgotten

    def is_in_range(self, bucket: int) -> bool:
        """Whether the bucket that starts at `bucket` was over by the end of what was read, gaps included."""
        before = self.before
        if before.read_at is None or before.read_until is None or before.read_from is None:
            return False
        return before.read_from <= bucket <= min(before.read_at, before.read_until) - self.width

    def after_month(self, state: TableState, *, end: int) -> TableState:
        """`state` when what stands before `end` has been read, the end of a month.

        Of a table that had been read before, `read_at` stays until all has been read again.
        """
        until = min(end, math.floor(self.now))
        if self.is_first:
            return attrs.evolve(
                state,
                read_from=self.start,
                read_until=until,
                read_at=self.now,
                lookback=self.lookback,
                all_read_at=self.now,
                refused=None,
            )
        return self._read_until(until, state)

    def after_all(self, state: TableState) -> TableState:
        """`state` when the reading has come to its end."""
        until, before = math.floor(self.now), self.before
        is_all = before.read_from is None or self.start <= before.read_from
        return attrs.evolve(
            self._read_until(until, state),
            read_at=self.now,
            lookback=self.lookback,
            all_read_at=self.now if is_all else before.all_read_at,
            unsettled=_left(self._unsettled(), self.start, until),
            refused=None,
        )

    def _read_until(self, until: int, state: TableState) -> TableState:
        """`state` when all from the start to `until` has been read."""
        owed, gap = self._owed(), self.gap()
        gaps = [each for each in self.before.gaps if each != self.before.unread]
        return attrs.evolve(
            state,
            read_from=self.start if state.read_from is None else min(state.read_from, self.start),
            read_until=max(until, _known(state.read_until)),
            gaps=_left([*gaps, *([owed] if owed else []), *([gap] if gap else [])], self.start, until),
            unread=(until, owed[1]) if owed and until < owed[1] else None,
        )

    def _owed(self) -> Gap | None:
        """What stands between an older start and what had been read."""
        before = self.before
        if before.unread is not None:
            return min(self.start, before.unread[0]), before.unread[1]
        is_extension = before.read_from is not None and self.start < before.read_from
        return (self.start, _known(before.read_from)) if is_extension else None

    def _unsettled(self) -> list[Gap]:
        """What is kept and had not settled, if it is not read again."""
        before = self.before
        end = min(self.start, _known(before.read_until))
        is_new = self.settled_until is not None and self.settled_until < end
        return [*before.unsettled, *([(_known(self.settled_until), end)] if is_new else [])]


def plan_reading(
    before: TableState, *, now: float, width: int, lookback: int, since: int | None = None
) -> ReadingPlan:
    """The plan of a reading at `now` of a table of which `before` has been read.

    It goes back to `since` only if that is older than all that has been read, and the API may still have it.
    """
    if before.read_at is None:
        oldest = math.floor(now) - FIRST_DAYS * DAY if since is None else since
        start = needed = max(0, _aligned_down(oldest, DAY))
        settled_until = None
    else:
        settled_until = _settled_until(before, lookback=lookback)
        from_there = settled_until if before.unread is None else min(settled_until, before.unread[0])
        start = needed = max(_known(before.read_from), _aligned_down(from_there, DAY))
        oldest = _known(before.read_from)
        if since is not None and since < oldest and oldest > now - API_DAYS * DAY:
            start = min(start, _aligned_down(since, DAY))
    return ReadingPlan(
        start=start,
        needed=needed,
        settled_until=settled_until,
        now=now,
        width=width,
        lookback=lookback,
        before=before,
    )


def is_news(after: TableState, before: TableState) -> bool:
    """Whether `after` says more than that nothing had changed a while later."""
    if after.read_at is None or before.read_at is None:
        return after != before
    same = attrs.evolve(
        after, read_at=before.read_at, read_until=before.read_until, all_read_at=before.all_read_at
    )
    return same != before or after.read_at - before.read_at > _READ_AT_EVERY


def check_clock(now: float, states: Iterable[TableState]) -> None:
    """Refuse to read anything before what has been read.

    Raises:
        ArchiveError: the clock went back.
    """
    latest = max((state.read_at for state in states if state.read_at is not None), default=now)
    if now < latest - _CLOCKS_DIFFER:
        raise ArchiveError(
            f"the clock went back: it is {readable(now)}, and the archive was read at {readable(latest)}; "
            "correct the clock; if it was wrong then, sync --repair reads all again from the start"
        )


def after_wrong_clock(state: TableState, *, now: float) -> TableState | None:
    """`state`, to be read again from its start, if a clock that was ahead wrote it; None if none did."""
    if state.read_at is None or state.read_at <= now + _CLOCKS_DIFFER:
        return None
    return attrs.evolve(
        state,
        read_at=float(_known(state.read_from)),
        read_until=min(_known(state.read_until), math.floor(now)),
        all_read_at=None,
    )


def lookback_seconds(lookback: str) -> int:
    """How many seconds a look-back such as `10d` has.

    Raises:
        InvalidParameterError: it cannot be read, or is longer than the API goes back.
    """
    seconds = span_seconds(lookback)
    if not seconds:
        raise InvalidParameterError(
            f"lookback: {lookback!r} is no span: write a whole number and h, d or w, such as 10d",
            parameter="lookback",
        )
    if seconds > API_DAYS * DAY:
        raise InvalidParameterError(
            f"lookback: {lookback} is more than the year that the API goes back: take at most {API_DAYS}d",
            parameter="lookback",
        )
    return seconds


def since_seconds(since: object, *, now: float) -> int | None:
    """The moment from which to read at first, None if the caller leaves that to the API.

    Raises:
        InvalidParameterError: it is no time, or ahead.
    """
    if since is None:
        return None
    moment = resolve_time(since, parameter="since", now=now, width=DAY)
    if moment > now:
        raise InvalidParameterError(
            f"since: {since!s} is ahead: nothing has happened by then", parameter="since"
        )
    return moment


def _settled_until(before: TableState, *, lookback: int) -> int:
    """Buckets that end by then had been over for `lookback` when they were read."""
    since, first, until = before.read_at or 0.0, _known(before.read_from), _known(before.read_until)
    if lookback > _known(before.lookback):
        since = before.all_read_at or 0.0
    return max(first, min(until, math.floor(since) - lookback))


def _left(ranges: Iterable[Gap], start: int, end: int) -> list[Gap]:
    """What is left of `ranges` before `start`, and from `end` on."""
    parts = [part for first, last in ranges for part in ((first, min(last, start)), (max(first, end), last))]
    return sorted({part for part in parts if part[0] < part[1]})


def _known(value: int | None) -> int:
    return 0 if value is None else value


def _aligned_down(moment: int, width: int) -> int:
    return moment // width * width


def _aligned_up(moment: int, width: int) -> int:
    return -(-moment // width) * width


__all__ = [
    "Gap",
    "ReadingPlan",
    "after_wrong_clock",
    "check_clock",
    "is_news",
    "lookback_seconds",
    "plan_reading",
    "since_seconds",
]
