"""What a check has found."""

from __future__ import annotations

from enum import StrEnum

import attrs

from ..._generated import redacted


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
    said: str = attrs.field(converter=redacted)
    advice: str | None = attrs.field(default=None, converter=attrs.converters.optional(redacted))
    """What to do; None if nothing is wrong."""
