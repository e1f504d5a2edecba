"""An API that answers with given days of October 2026."""

from __future__ import annotations

from collections.abc import Mapping

from ..conftest import DAY
from ..scripted import Json, Script, page

OCTOBER = 1_790_812_800
"""2026-10-01 00:00 UTC."""


def days(results: Mapping[int, list[Json]]) -> Script:
    """Buckets of October by the number of their day."""
    return Script(
        [
            page(
                *(
                    {
                        "object": "bucket",
                        "start_time": OCTOBER + (day - 1) * DAY,
                        "end_time": OCTOBER + day * DAY,
                        "results": found,
                    }
                    for day, found in results.items()
                )
            )
        ]
    )
