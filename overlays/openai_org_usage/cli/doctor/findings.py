"""What a check has found."""

from __future__ import annotations

from enum import StrEnum

import attrs


class State(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"
    """Not checked, because of another problem."""


@attrs.frozen
class Finding:
    """What one check has found. The key is in no finding."""

    check: str
    state: State
    said: str
    advice: str | None = None
    """What to do; None if nothing is wrong."""
