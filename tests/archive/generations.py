"""What a test commits over and over: each generation has other files, all of which name it."""

from __future__ import annotations

import json
from collections.abc import Mapping

from openai_org_usage.archive.storage.journal import CommittedFiles
from openai_org_usage.archive.storage.storage import Storage

MANIFEST = "manifest.json"
_MONTHS = 3
_BYTES = 20_000


def files_of(generation: int) -> dict[str, bytes]:
    """The files of a generation: some of three months, and the list of them. None in the beginning."""
    if not generation:
        return {}
    months = [month for month in range(_MONTHS) if (generation + month) % 3]
    files = {f"table=t/month={month}/data": _content(generation, month) for month in months}
    return files | {MANIFEST: json.dumps({"generation": generation, "files": sorted(files)}).encode()}


def removed_by(generation: int) -> set[str]:
    """The files that it has no more."""
    return set(files_of(generation - 1)) - set(files_of(generation))


def read_generation(storage: Storage) -> int:
    """The generation that a reader finds, whole; 0 if there is none.

    Raises:
        AssertionError: some of it is of another one.
    """
    committed = CommittedFiles(storage)
    try:
        generation = int(json.loads(committed.read(MANIFEST))["generation"])
    except FileNotFoundError:
        generation = 0
    _compare({path: committed.read(path) for path in files_of(generation)}, generation)
    return generation


def settled_generation(storage: Storage) -> int:
    """The generation that lies there, with nothing beside it; 0 if there is none.

    Raises:
        AssertionError: there is something else.
    """
    found = {path: storage.read(path) for path in storage.sizes() if path != "_lock"}
    generation = int(json.loads(found[MANIFEST])["generation"]) if found else 0
    _compare(found, generation)
    return generation


def _compare(found: Mapping[str, bytes], generation: int) -> None:
    expected = files_of(generation)
    assert sorted(found) == sorted(expected)
    for path, content in expected.items():
        assert found[path] == content, f"{path} is not of generation {generation}"


def _content(generation: int, month: int) -> bytes:
    return f"{generation} {month}\n".encode() * (_BYTES // 10 + generation % 7)
