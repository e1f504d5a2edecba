"""The referees are no part of the wheel: where it is tested, there is nothing to test here."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("referees") else ["test_*.py"]
