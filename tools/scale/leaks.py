"""Whether a key stands in a file: as it is, or as base64 or UTF-16 would have it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path

import attrs


@attrs.frozen
class KeySearch:
    """What was searched, and the files that have a key."""

    files: int
    size: int
    found: list[str]


def search_for_keys(keys: Iterable[str], folder: Path) -> KeySearch:
    """Search all files below `folder` for `keys`."""
    forms = [form for key in keys for form in _forms(key)]
    contents = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    found = [path for path, content in contents.items() if any(form in content for form in forms)]
    return KeySearch(
        len(contents),
        sum(map(len, contents.values())),
        [str(path.relative_to(folder)) for path in found],
    )


def _forms(key: str) -> list[bytes]:
    """What to look for: the secret part alone, which no prefix or quoting can hide."""
    secret = key.rpartition("-")[2].encode()
    shifted = [base64.b64encode(b"x" * shift + secret)[4:-4] for shift in range(3)]
    return [secret, secret.decode().encode("utf-16-le"), secret.decode().encode("utf-16-be"), *shifted]


__all__ = ["KeySearch", "search_for_keys"]
