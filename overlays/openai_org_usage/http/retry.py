"""Whether to try again, and when. Pure: failure and time left in, seconds to wait out.

Backoff has full jitter: a random share of a bound that doubles with each attempt, so that clients
that failed together do not come back together.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from datetime import UTC
from typing import Protocol

import attrs

from ..errors import (
    APIConnectionError,
    APIStatusError,
    ConfigurationError,
    OpenAIUsageError,
    QuotaExceededError,
)

_RETRIED = frozenset({408, 409, 429})


def shown(value: object) -> str:
    """What was given for a number, for messages: a text may be a secret, and a number have endless digits."""
    if isinstance(value, (int, float)):
        return repr(value) if abs(value) < 10**20 or isinstance(value, float) else "a number that large"
    return f"a {type(value).__name__}" if value is not None else "None"


class _CheckedAttribute(Protocol):
    """What a check needs of the attribute that it is of."""

    @property
    def name(self) -> str: ...


def _not_negative(instance: object, attribute: _CheckedAttribute, value: object) -> None:
    if not isinstance(value, (int, float)) or not 0 <= value <= sys.float_info.max:
        raise ConfigurationError(f"{attribute.name} of a RetryPolicy is a number from 0, not {shown(value)}")


@attrs.frozen(kw_only=True)
class RetryPolicy:
    """How often a failed request is tried again, and how long is waited before.

    Tried again are connection errors, bodies that break off, and the statuses 408, 409, 429 and
    5xx; never an exhausted quota, other 4xx, or anything that would pass the deadline.

    Attributes:
        max_retries: how often one request is tried again; 0 for never.
        backoff: bound of the first wait in seconds; each further bound is twice as long.
        max_backoff: the longest bound, in seconds.
        max_retry_after: the longest wait that the server may ask for by Retry-After, in seconds;
            if it asks for more, the error is raised at once, with `retry_after`. If it asks for less
            than `backoff`, the wait is as long as without being asked: a millisecond, obeyed, would
            spend all attempts at once.
    """

    max_retries: int = attrs.field(default=4, validator=_not_negative)
    backoff: float = attrs.field(default=0.5, validator=_not_negative)
    max_backoff: float = attrs.field(default=8.0, validator=_not_negative)
    max_retry_after: float = attrs.field(default=120.0, validator=_not_negative)

    def delay(self, error: OpenAIUsageError, *, attempt: int, remaining: float, share: float) -> float | None:
        """Seconds to wait after `attempt` (from 1) failed with `error`; None to give up.

        `remaining` is what is left of the deadline, `share` a random number in [0, 1).
        """
        if attempt > self.max_retries or not is_transient(error):
            return None
        asked = error.retry_after if isinstance(error, APIStatusError) else None
        if asked is not None and asked > self.max_retry_after:
            return None
        delay = self._bound(attempt) * share
        if asked is not None:
            delay = asked if asked >= self.backoff else max(asked, delay)
        return delay if delay < remaining else None

    def _bound(self, attempt: int) -> float:
        return min(self.max_backoff, self.backoff * 2.0 ** min(attempt - 1, 64))


class RetryBudget:
    """What all retries of a client may cost together, so that an outage is not made worse.

    A retry costs one; it is given back if the attempt succeeds. Each call adds `per_call`, up to
    `capacity`. While every call fails, there are thus at most 1.1 attempts for each call, once the
    capacity is used up.
    """

    def __init__(self, *, capacity: float = 50.0, per_call: float = 0.1) -> None:
        self._capacity = capacity
        self._per_call = per_call
        self._left = capacity

    def add_call(self) -> None:
        """Note a call."""
        self._left = min(self._capacity, self._left + self._per_call)

    def spend(self) -> bool:
        """Pay for a retry; False if there is too little left."""
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def give_back(self, retries: int) -> None:
        """Note that a call succeeded after `retries`."""
        self._left = min(self._capacity, self._left + retries)


def is_transient(error: OpenAIUsageError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, APIStatusError):
        retried = error.status in _RETRIED or error.status >= 500
        return retried and not isinstance(error, QuotaExceededError)
    return isinstance(error, APIConnectionError)


def retry_after_of(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that the server asks to wait, from `now` (Unix seconds); None if it does not say.

    It may say so by `retry-after-ms`, or by `Retry-After` in seconds or as a date. No wait at all is no
    guidance: obeyed, it would spend all attempts within milliseconds.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds:
        return milliseconds / 1000
    text = headers.get("retry-after")
    seconds = _number(text)
    return (_until(text, now=now) if seconds is None and text else seconds) or None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < math.inf else None


def _until(text: str, *, now: float) -> float | None:
    from email.utils import parsedate_to_datetime  # Here: a client without retries does not need it.

    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, aware.timestamp() - now)
    except (ValueError, OverflowError):
        return None
