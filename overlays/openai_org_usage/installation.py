"""How this library was installed, so that what is said of adding an extra to it works as it stands."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

DISTRIBUTION: Final = "openai-org-usage"
_OF_EXTRA: Final = re.compile(r"(?P<library>[\w.-]+).*; *extra *== *['\"](?P<extra>[\w-]+)['\"]")


def install_command(extra: str, *, prefix: str = sys.prefix) -> str:
    """The command that installs this library again with `extra`, from where it came and by what put it here.

    That is pip, or uv, or pipx, which keep the commands that they install in folders of their own below
    `prefix`: these two replace what is there, so the command names the extras that are installed, too. A
    checkout or a file is named by its path, as no index may have it.
    """
    direct_url, installer = _metadata("direct_url.json"), _metadata("INSTALLER").strip()
    where, is_editable = _origin(direct_url)
    editable = "-e " if is_editable else ""
    replacing = _replacing(Path(prefix).parts)
    extras = extra if replacing is None else ",".join(sorted({extra, *_installed_extras()}))
    wanted = f"'{DISTRIBUTION}[{extras}]'" if where is None else shlex.quote(f"{where}[{extras}]")
    return f"{replacing or ('uv pip install' if installer == 'uv' else 'pip install')} {editable}{wanted}"


def _replacing(parts: Sequence[str]) -> str | None:
    """The command that puts a new environment in the place of this one; None where one adds to it."""
    if "pipx" in parts and "venvs" in parts:
        return "pipx install --force"
    return "uv tool install --force" if "uv" in parts and "tools" in parts else None


def _installed_extras() -> set[str]:
    """The extras whose requirements are all here, but for those that add nothing to smaller ones."""
    needed: dict[str, set[str]] = {}
    for requirement in _requirements():
        if named := _OF_EXTRA.match(requirement):
            needed.setdefault(named["extra"], set()).add(named["library"])
    found: set[str] = set()
    brought: set[str] = set()
    for extra, libraries in sorted(needed.items(), key=lambda item: len(item[1])):
        if not libraries <= brought and all(map(_is_installed, libraries)):
            found.add(extra)
            brought |= libraries
    return found


def _origin(direct_url: str) -> tuple[str | None, bool]:
    """The path of the folder or file that it was installed from, and whether it is used in place.

    The path is None where it came from an index, or from an address elsewhere.
    """
    try:
        origin = json.loads(direct_url)
        parts = urlsplit(str(origin["url"]))
        is_editable = bool(origin.get("dir_info", {}).get("editable"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, False
    return (url2pathname(parts.path), is_editable) if parts.scheme == "file" else (None, False)


def _requirements() -> list[str]:
    """What this distribution requires, with its extras."""
    from importlib.metadata import PackageNotFoundError, requires

    try:
        return requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return []


def _is_installed(library: str) -> bool:
    from importlib.metadata import PackageNotFoundError, version

    try:
        version(library)
    except PackageNotFoundError:
        return False
    return True


def _metadata(name: str) -> str:
    """A file that the installer has left; empty if there is none."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return distribution(DISTRIBUTION).read_text(name) or ""
    except (PackageNotFoundError, OSError):
        return ""


__all__ = ["install_command"]
