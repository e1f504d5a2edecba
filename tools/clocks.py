"""Moments at which the suite has to pass; `tests/clock` stops the clock of every process there."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import attrs

from codegen.files import ROOT


@attrs.frozen
class Clock:
    """A moment, and where."""

    moment: datetime
    zone: str
    """As the environment has it in TZ."""

    def environment(self) -> Mapping[str, str]:
        """This process's environment, with the clock for a child and what that starts."""
        paths = [str(ROOT / "tests" / "clock"), *filter(None, [os.environ.get("PYTHONPATH")])]
        own = {"CLOCK": str(self.moment.timestamp()), "TZ": self.zone}
        return {**os.environ, **own, "PYTHONPATH": os.pathsep.join(paths)}


CLOCKS: Final[Mapping[str, Clock]] = {
    "month-end": Clock(datetime(2027, 4, 30, 23, 59, 59, tzinfo=UTC), "<+14>-14"),
    "new-year": Clock(datetime(2027, 1, 1, 0, 0, 30, tzinfo=UTC), "<-11>+11"),
    "leap-day": Clock(datetime(2028, 2, 29, 12, tzinfo=UTC), "UTC"),
    "decade-on": Clock(datetime(2036, 12, 25, 9, tzinfo=UTC), "UTC"),
}
"""The last is a holiday of the emulated company, too."""
