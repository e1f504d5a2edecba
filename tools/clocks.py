"""`make test-clocks`: the suite as it would run at other moments, in this process and in all that it starts.

The clock stands still, so that the moment lasts for the whole run and every process agrees on it.
Where the local date is not that of UTC, a test that confuses the two is found as well.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, NamedTuple

from codegen.files import ROOT
from openai_org_usage.terminal.commands import KeylessParser

from .suite import run_suite

UNMOVED: Final = (
    "benchmarks",
    "cli/test_every_command.py",
    "cli/test_narrow_tables.py",
    "cli/test_odd_values.py",
    "cli/test_output_files.py",
    "cli/test_pictures.py",
    "cli/test_streams.py",
    "cli/test_terminated.py",
    "cli/test_verdicts.py",
    "codegen",
    "contract",
    "display",
    "documented",
    "emulator/test_fault_meaning.py",
    "generated",
    "live/test_facts.py",
    "referees",
    "regenerating",
    "report/test_budget_properties.py",
    "report/test_forecast.py",
    "report/test_in_a_browser.py",
    "report/test_sizes.py",
    "surroundings",
    "tables/test_decimal128.py",
    "tables/test_equality.py",
    "tables/test_joining.py",
    "tables/test_killed.py",
    "tables/test_readers.py",
    "tables/test_writing.py",
    "test_metamorphic.py",
    "test_redaction.py",
    "vendoring",
)
"""Long, and given a clock of their own or none: `make test` leaves them out, `make test-clocks` does not."""


class Clock(NamedTuple):
    """A moment at which the suite has to pass, and where."""

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


def main() -> int:
    """Run at each moment; the exit status of the first run that fails, or 0."""
    parser = KeylessParser(prog="python -m tools.clocks", description=__doc__)
    parser.add_argument("--whole", action="store_true", help="leave nothing out")
    parser.add_argument("names", nargs="*", default=CLOCKS, metavar="CLOCK", help=", ".join(CLOCKS))
    options = parser.read()
    return run_at(options.names, sys.executable, leave_out=() if options.whole else UNMOVED)


def run_at(names: Iterable[str], python: str, *, leave_out: tuple[str, ...]) -> int:
    """Run the suite at each moment named; the exit status of the first run that fails, or 0."""
    for name in names:
        clock = CLOCKS[name]
        print(f"{name}: {clock.moment:%Y-%m-%d %H:%M:%S} UTC, TZ={clock.zone}", flush=True)
        status = run_suite(
            python, ROOT / "tests", cwd=ROOT, leave_out=leave_out, environment=clock.environment()
        )
        if status:
            return status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
