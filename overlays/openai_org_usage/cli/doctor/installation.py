"""What is installed: this package, the document behind it, Python, and the extras."""

from __future__ import annotations

import platform
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, requires, version

from ... import __version__
from ..._generated import PROVENANCE
from ...vendoring.contents import DISTRIBUTION
from .check_result import CheckResult, Severity

_PIN_IS_OLD = 270
"""Days. OpenAI adds parameters and fields every few months."""
_REQUIREMENT = re.compile(r"([\w.-]+)[^;]*(?:;.*\bextra == ['\"]([\w-]+)['\"])?")
"""As metadata has it: `httpx<1,>=0.27`, or `click>=8.2; extra == 'cli'`."""


def check_installation(*, now: float) -> Iterator[CheckResult]:
    """Versions and extras; `now` is in Unix seconds."""
    needed = _needed()
    used = ", ".join(f"{name} {_version(name) or 'missing'}" for name in needed.pop("", ()))
    yield CheckResult(
        "version", Severity.OK, f"openai-org-usage {__version__}, Python {platform.python_version()}, {used}"
    )
    yield _pin(now)
    missing = [extra for extra, names in needed.items() if not all(map(_version, names))]
    present = [extra for extra in needed if extra not in missing]
    said = f"{', '.join(present)} installed" + (f"; {', '.join(missing)} not" if missing else "")
    yield CheckResult("extras", Severity.OK, said)


def _pin(now: float) -> CheckResult:
    made = PROVENANCE.get("date")
    said = (
        f"OpenAI's document of {made or 'an unknown date'} ({PROVENANCE.get('commit') or 'no commit known'})"
    )
    age = (datetime.fromtimestamp(now, UTC).date() - date.fromisoformat(made)).days if made else 0
    if age <= _PIN_IS_OLD:
        return CheckResult("pin", Severity.OK, said)
    return CheckResult(
        "pin",
        Severity.WARNING,
        f"{said}, {age} days old",
        "newer endpoints and fields are missing: pip install --upgrade openai-org-usage",
    )


def _needed() -> dict[str, list[str]]:
    """The distributions that each extra needs, under "" those that all of it does; empty if not installed."""
    needed: defaultdict[str, list[str]] = defaultdict(list)
    try:
        found = [_REQUIREMENT.match(line) for line in requires(DISTRIBUTION) or ()]
    except PackageNotFoundError:
        return {}
    for requirement in filter(None, found):
        needed[requirement[2] or ""].append(requirement[1])
    return dict(needed)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
