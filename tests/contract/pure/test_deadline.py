"""How much time is left."""

from __future__ import annotations

import asyncio
import math
import random
import time

from openai_org_usage.http.deadline import Deadline, Timing


def test_time_runs_out_and_stays_out() -> None:
    """Seconds left go down to zero, never below."""
    moment = 1000.0
    deadline = Deadline(5.0, monotonic=lambda: moment)
    assert (deadline.seconds, deadline.remaining) == (5.0, 5.0)
    moment = 1003.5
    assert deadline.remaining == 1.5
    assert (deadline.capped(1.0), deadline.capped(9.0)) == (1.0, 1.5)
    moment = 1005.5
    assert (deadline.remaining, deadline.capped(9.0)) == (0.0, 0.0)


def test_without_an_end_time_never_runs_out() -> None:
    """None is no end."""
    deadline = Deadline(None, monotonic=lambda: 7.0)
    assert deadline.seconds is None
    assert deadline.remaining == math.inf
    assert deadline.capped(60.0) == 60.0


def test_real_time_and_chance_are_the_defaults() -> None:
    """Monotonic clock, the loop's sleep, a random share."""
    timing = Timing()
    assert timing == Timing(monotonic=time.monotonic, sleep=asyncio.sleep, share=random.random)
