"""Writing results so that a failure at any point leaves the old state in place."""

from __future__ import annotations

from pathlib import Path

from openai_org_usage.tables import atomic_files
from openai_org_usage.tables.atomic_files import replace_tree, sha256, staging

from .errors import CodegenError

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `openapi.yaml`; every default path starts here, not in the caller's."""


def write_atomically(path: Path, text: str) -> bool:
    """Put `text` at `path` in one step; return False where it stood there already."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_files.write_atomically(path, data)
    except OSError as error:
        raise CodegenError(f"cannot write {path}: {error.strerror}") from error
    return True


__all__ = ["ROOT", "replace_tree", "sha256", "staging", "write_atomically"]
