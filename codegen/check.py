"""`make check`: is what is committed still what the tools make?"""

from __future__ import annotations

from pathlib import Path

from .document import parse
from .errors import CodegenError
from .generate import differences, generated
from .pin import OVERLAYS, content_hash, overlay_hashes
from .sources import read_file
from .tree import object_at, text_at


def check(*, pin: Path, out: Path, overlays: Path = OVERLAYS) -> list[str]:
    """What has drifted, a line each; empty when nothing has. New files count.

    The pin cannot be made again without upstream's document, so its own record is compared: the
    hash of its content, and those of the overlays that went into it.
    """
    if not pin.is_file():
        raise CodegenError(f"there is no pin at {pin}: `make pin UPSTREAM=…` makes one")
    document = parse(read_file(pin), pin.name)
    recorded = object_at(document, "x-provenance")
    drift: list[str] = []
    if text_at(recorded, "content") != content_hash(document):
        drift.append(f"edited by hand: {pin.name}; change overlays/spec/ and run `make pin`")
    now = overlay_hashes(overlays)
    before = object_at(recorded, "overlays")
    for name in sorted(now.keys() | before.keys()):
        if now.get(name) != before.get(name):
            drift.append(f"changed since the pin: overlays/spec/{name}; run `make pin`")
    with generated(pin) as fresh:
        drift += [f"{line}; run `make generate`" for line in differences(fresh, out)]
    return drift
