"""Whether what our client made of an answer is what stands in it, compared member by member.

The answer is read here by Python's own json; the client reads it by msgspec.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Protocol

from codegen.tree import Object, is_object, objects_in

from .wire import tag_of


class ReadResult(Protocol):
    """What is needed of a result."""

    def to_dict(self) -> dict[str, object]:
        """Its members as the API sends them."""
        ...


class ReadUnknownResult(Protocol):
    """What is needed of a result of an unknown kind."""

    @property
    def data(self) -> dict[str, object]:
        """The whole of it."""
        ...


class ReadBucket(Protocol):
    """What is needed of a bucket."""

    @property
    def start_time(self) -> int:
        """Unix seconds."""
        ...

    @property
    def end_time(self) -> int:
        """Unix seconds."""
        ...

    @property
    def results(self) -> list[ReadResult]:
        """Those of the endpoint's kind."""
        ...

    @property
    def unknown_results(self) -> tuple[ReadUnknownResult, ...]:
        """All others."""
        ...


def differences(sent: Sequence[Object], got: Sequence[ReadBucket], *, tag: str) -> Iterator[str]:
    """What differs between the buckets of an answer and those that the client handed out.

    `tag` is the kind of result that the client's models are for; results of another kind have to be
    in `unknown_results`, whole.
    """
    if len(sent) != len(got):
        yield f"{len(sent)} buckets came, {len(got)} were handed out"
        return
    for theirs, ours in zip(sent, got, strict=True):
        if (theirs.get("start_time"), theirs.get("end_time")) != (ours.start_time, ours.end_time):
            yield "bucket: another range of time"
        results = objects_in(theirs, "results")
        known = [result for result in results if tag_of(result) == tag]
        yield from _all_differences(known, [result.to_dict() for result in ours.results])
        if [result for result in results if tag_of(result) != tag] != [r.data for r in ours.unknown_results]:
            yield "unknown_results: not all are kept whole"


def _all_differences(sent: Sequence[Object], got: Sequence[dict[str, object]]) -> Iterator[str]:
    if len(sent) != len(got):
        yield f"results: {len(sent)} came, {len(got)} were handed out"
        return
    for theirs, ours in zip(sent, got, strict=True):
        yield from _differences(theirs, ours, "results")


def _differences(sent: Object, got: Object, place: str) -> Iterator[str]:
    for name in {**sent, **got}:
        theirs, ours = sent.get(name), got.get(name)
        if is_object(theirs) and is_object(ours):
            yield from _differences(theirs, ours, f"{place}.{name}")
        elif not _same(theirs, ours):
            yield f"{place}.{name}: {theirs!r} came, {ours!r} was handed out"


def _same(sent: object, got: object) -> bool:
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(got, Decimal) and isinstance(sent, (int, str, Decimal)):
        return Decimal(sent) == got
    return sent == got
