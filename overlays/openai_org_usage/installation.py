"""How this library was installed, so that what is said of adding an extra to it works as it stands."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

DISTRIBUTION: Final = "openai-org-usage"


def install_command(extra: str, *, prefix: str = sys.prefix) -> str:
    """The command that installs this library again with `extra`, from where it came and by what put it here.

    That is pip, or uv, or pipx, which keep the commands that they install in folders of their own below
    `prefix`. A checkout or a file is named by its path, as no index may have it.
    """
    direct_url, installer = _metadata("direct_url.json"), _metadata("INSTALLER").strip()
    where, is_editable = _origin(direct_url)
    wanted = f"'{DISTRIBUTION}[{extra}]'" if where is None else shlex.quote(f"{where}[{extra}]")
    editable = "-e " if is_editable else ""
    parts = Path(prefix).parts
    if "pipx" in parts and "venvs" in parts:
        return f"pipx install --force {editable}{wanted}"
    if "uv" in parts and "tools" in parts:
        return f"uv tool install --force {editable}{wanted}"
    return f"{'uv pip' if installer == 'uv' else 'pip'} install {editable}{wanted}"


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


def _metadata(name: str) -> str:
    """A file that the installer has left; empty if there is none."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return distribution(DISTRIBUTION).read_text(name) or ""
    except (PackageNotFoundError, OSError):
        return ""


__all__ = ["install_command"]
