"""Everywhere a user meets the parameters and results: each level reads them there, and nowhere else.

A level is a function from nothing to a Description; a new one is one more entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from ..facts import Description
from . import command_line, docstrings, models, registry, signatures, spec, wire

PIN: Final = Path(__file__).parents[3] / "openapi.yaml"


def pin() -> Description:
    """What the committed pin says."""
    return spec.read(spec.load(PIN))


LEVELS: Mapping[str, Callable[[], Description]] = {
    "spec": pin,
    **signatures.LEVELS,
    **docstrings.LEVELS,
    **wire.LEVELS,
    "registry": registry.read,
    **models.LEVELS,
    **command_line.LEVELS,
}
"""By name; what stands before a colon is the group that the report adds them up by."""
