"""The groups of measurements, in the order in which they run and stand in RESULTS.md.

A new group is a module with a GROUP, and a line here.
"""

from __future__ import annotations

from collections.abc import Sequence

from . import archive, build_time, decode, frames, memory, named, organizations, rows, startup, year
from .results_model import Group

GROUPS: Sequence[Group] = (
    startup.GROUP,
    decode.GROUP,
    rows.GROUP,
    frames.GROUP,
    named.GROUP,
    year.GROUP,
    memory.GROUP,
    archive.GROUP,
    organizations.GROUP,
    build_time.GROUP,
)
