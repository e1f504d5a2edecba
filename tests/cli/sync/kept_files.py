"""What the commands of these tests keep, and where."""

from __future__ import annotations

from pathlib import Path

FEW = "--table vector-stores --since 3d --no-names"
"""Options with which little is kept, and quickly."""


def content(folder: Path) -> dict[str, bytes]:
    """All files of the archive."""
    root = folder / "usage"
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
