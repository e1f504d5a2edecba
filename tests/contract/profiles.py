"""How much each test of the contract tries: a little by default, all that the bars ask for if told so."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

LONG = os.environ.get("CONTRACT") == "long"
"""Whether CONTRACT=long is set."""


def amount(default: int, long: int) -> int:
    """How often to try: `default`, or `long` in the long profile."""
    return long if LONG else default


def examples(default: int, long: int) -> settings:
    """Settings for that many examples; the same ones each time, unless long."""
    return settings(
        max_examples=amount(default, long),
        deadline=None,
        derandomize=not LONG,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
