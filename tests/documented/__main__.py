"""`python -m tests.documented`: every undeclared difference at every level, one a line.

With `--json`, endpoint, parameter or field and fact of each, by level, for programs.
"""

from __future__ import annotations

import argparse
import json

from . import sources
from .comparing import undeclared
from .levels import LEVELS


def main() -> int:
    """Print the differences; 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m tests.documented", description=__doc__)
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    shown = {name: level() for name, level in LEVELS.items()}
    found = {
        name: [d for source in sources.NAMES for d in undeclared(sources.source(source).facts, level)]
        for name, level in shown.items()
    }
    if as_json:
        print(json.dumps({name: [d.place for d in differences] for name, differences in found.items()}))
    else:
        print(*(d for differences in found.values() for d in differences), sep="\n")
    return int(any(found.values()))


if __name__ == "__main__":
    raise SystemExit(main())
