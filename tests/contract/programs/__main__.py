"""The program that is named first."""

from __future__ import annotations

import sys

from . import PROGRAMS

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](*sys.argv[2:])
