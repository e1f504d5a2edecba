"""What is installed: this package, the document behind it, Python, and the extras."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from ... import __version__
from ..._generated import PROVENANCE
from .findings import Finding, State

_PIN_IS_OLD = 270
"""Days. OpenAI adds parameters and fields every few months."""
_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "arrow": ("pyarrow",),
    "cli": ("click", "rich"),
    "emulator": ("starlette", "uvicorn"),
    "pandas": ("pandas", "pyarrow"),
    "polars": ("polars", "pyarrow"),
}
"""The modules that each extra brings."""


def check_installation(*, now: float) -> Iterator[Finding]:
    """Versions and extras; `now` is in Unix seconds."""
    used = ", ".join(f"{name} {_version(name)}" for name in ("httpx", "attrs", "msgspec"))
    yield Finding(
        "version", State.OK, f"openai-org-usage {__version__}, Python {platform.python_version()}, {used}"
    )
    yield _pin(now)
    missing = [name for name, modules in _EXTRAS.items() if not all(map(find_spec, modules))]
    present = [name for name in _EXTRAS if name not in missing]
    said = f"{', '.join(present)} installed" + (f"; {', '.join(missing)} not" if missing else "")
    yield Finding("extras", State.OK, said)


def _pin(now: float) -> Finding:
    made = PROVENANCE.get("date")
    said = (
        f"OpenAI's document of {made or 'an unknown date'} ({PROVENANCE.get('commit') or 'no commit known'})"
    )
    age = (datetime.fromtimestamp(now, UTC).date() - date.fromisoformat(made)).days if made else 0
    if age <= _PIN_IS_OLD:
        return Finding("pin", State.OK, said)
    return Finding(
        "pin",
        State.WARNING,
        f"{said}, {age} days old",
        "newer endpoints and fields are missing: pip install --upgrade openai-org-usage",
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "of unknown version"
