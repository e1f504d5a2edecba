"""From the classes of the changes to an exit status and the next version."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import CodegenError
from .change import ApiChange
from .rules import EFFECTS, Effect

EXIT_STATUS: dict[Effect | None, int] = {None: 0, "neutral": 0, "additive": 3, "breaking": 4}
"""1 is an error and 2 wrong usage, as everywhere."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?P<unreleased>[^\d].*)?")


def heaviest(changes: Iterable[ApiChange]) -> Effect | None:
    """The class of all `changes` together; None if there are none."""
    found = {change.effect for change in changes}
    return next((effect for effect in EFFECTS if effect in found), None)


def next_version(current: str, effect: Effect | None) -> str:
    """The version to release after `current`, by Semantic Versioning 2.

    Before 1.0.0 the specification promises nothing, and installers read the minor number as the
    major (`~=0.1.0`, `^0.1`): what breaks raises it, all else raises the patch number, so that
    whoever pins the minor number gets additions and is spared the rest.
    """
    found = _VERSION.fullmatch(current)
    if not found:
        raise CodegenError(f"{current!r} is no version of the form X.Y.Z")
    major, minor, patch = (int(part) for part in found.groups()[:3])
    if effect is None:
        return current
    if effect == "breaking":
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    if effect == "additive" and major:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}"
