"""Leaves these tests out where only the wheel is there: it does not contain the benchmarks."""

from __future__ import annotations

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("benchmarks") else ["test_*.py"]
