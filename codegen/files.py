"""Writing results so that a failure at any point leaves the old state in place."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .errors import CodegenError

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `openapi.yaml`; every default path starts here, not in the caller's."""


def sha256(data: bytes) -> str:
    """The SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_atomically(path: Path, text: str) -> bool:
    """Put `text` at `path` in one step; return False where it stood there already."""
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as stage:
            temporary = Path(stage) / path.name
            temporary.write_bytes(data)
            temporary.replace(path)
    except OSError as error:
        raise CodegenError(f"cannot write {path}: {error.strerror}") from error
    return True


def replace_tree(new: Path, target: Path) -> None:
    """Move the folder `new` to `target`, which is kept until the new one stands in its place.

    Both must be on one file system. A crash between the two renames leaves the old tree beside
    the target as `.NAME.old`, never a mixture of the two.
    """
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.rename(target, old)
    try:
        os.rename(new, target)
    except OSError:
        if old.exists():
            os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)
