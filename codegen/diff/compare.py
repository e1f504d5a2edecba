"""Reading two documents, pinning what is not pinned yet in memory, and comparing them."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import attrs

from ..admission import admit
from ..document import parse, read_upstream
from ..errors import CodegenError
from ..pin import OVERLAYS, make_pin
from ..sources import read_file
from ..spec_overlay import Action
from ..tree import Object, object_at, text_at
from .change import ApiChange
from .changes import changes
from .survey import survey


@attrs.frozen
class Pinned:
    """A document in pinned form."""

    name: str
    document: Object
    obsolete: tuple[Action, ...] = ()
    """Corrections that upstream has made itself."""
    notes: tuple[str, ...] = ()


@attrs.frozen
class DocumentComparison:
    """What distinguishes two documents."""

    before: Pinned
    after: Pinned
    changes: tuple[ApiChange, ...]
    endpoints: tuple[str, ...]
    """The names of those that both have."""


def compare(before: str, after: str, *, overlays: Path = OVERLAYS, bare: bool = False) -> DocumentComparison:
    """What changes from `before` to `after`, each a pin or an upstream document; nothing is written.

    With `bare`, upstream documents are pinned without overlays. Two of them are read in two
    processes, since reading is what takes the time (1 s for 3 MB).

    Raises:
        CodegenError: a document cannot be read or pinned.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as other:
        first = other.submit(pinned, before, overlays=overlays, bare=bare)
        second = pinned(after, overlays=overlays, bare=bare)
        return comparison(first.result(), second)


def comparison(before: Pinned, after: Pinned) -> DocumentComparison:
    """What changes from `before` to `after`."""
    old, new = survey(before.document), survey(after.document)
    both = tuple(endpoint.name for path, endpoint in new.endpoints.items() if path in old.endpoints)
    return DocumentComparison(before, after, tuple(changes(old, new)), both)


def pinned(source: str, *, overlays: Path = OVERLAYS, bare: bool = False) -> Pinned:
    """The document at `source`: as it is if it is a pin, else as `make pin` would make it."""
    upstream = read_upstream(source)
    if "x-provenance" in upstream.document:
        admit(upstream.document)
        return Pinned(name_of(upstream.document, upstream.source), upstream.document)
    if not bare:
        pin = make_pin(upstream, overlays=overlays, validate=False)
        return Pinned(upstream.source, pin.document, tuple(pin.report.obsolete), pin.notes)
    with tempfile.TemporaryDirectory() as empty:
        pin = make_pin(upstream, overlays=Path(empty), validate=False)
    return Pinned(f"{upstream.source} without overlays", pin.document)


def pin_at(path: Path) -> Pinned | None:
    """The pin at `path`, None where there is none that can be read and compared."""
    try:
        document = parse(read_file(path), path.name)
        admit(document)
        survey(document)
    except CodegenError:
        return None
    return Pinned(name_of(document, path.name), document)


def name_of(document: Object, name: str) -> str:
    """The file `name` and the upstream document that it was made from."""
    source = text_at(object_at(document, "x-provenance"), "upstream", "source")
    return f"{name} ({source})" if source else name
