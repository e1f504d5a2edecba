"""The lies that a page can tell: each makes a bad page of a good one, about the bucket at `target`."""

from __future__ import annotations

from collections.abc import Callable

from ..scripted import Json
from .model import Alter


def _more(cursor: object) -> Alter:
    return lambda page, asked: {**page, "has_more": True, "next_page": cursor}


def _member(name: str, value: object) -> Alter:
    return lambda page, asked: {**page, name: value}


def _without(name: str) -> Alter:
    return lambda page, asked: {key: value for key, value in page.items() if key != name}


def _repeated(page: Json, asked: str | None) -> Json:
    return {**page, "has_more": True, "next_page": asked or "loop"}


def _moved(start: int, end: int) -> Callable[[Json], Json]:
    return lambda b: {
        **b,
        "start_time": b["start_time"] + start,
        "end_time": b["end_time"] + end,
        "results": [],
    }


def _inserted(
    target: int, *, before: list[Callable[[Json], Json]], after: list[Callable[[Json], Json]]
) -> Alter:
    def alter(page: Json, asked: str | None) -> Json:
        data: list[Json] = []
        for bucket in page["data"]:
            around = bucket["start_time"] == target
            data += [make(bucket) for make in before if around]
            data.append(bucket)
            data += [make(bucket) for make in after if around]
        return {**page, "data": data}

    return alter


def _changed(target: int, change: Callable[[Json], Json]) -> Alter:
    def alter(page: Json, asked: str | None) -> Json:
        return {**page, "data": [change(b) if b["start_time"] == target else b for b in page["data"]]}

    return alter


def lies(target: int, width: int) -> dict[str, Alter]:
    """Every lie, by name; each must be refused wherever it stands."""
    far = 5000 * width
    return {
        "null cursor": _more(None),
        "empty cursor": _more(""),
        "cursor a number": _more(7),
        "cursor a list": _more(["c"]),
        "cursor repeated": _repeated,
        "cursors in a circle": _more("loop-a"),
        "no data": _without("data"),
        "no has_more": _without("has_more"),
        "no next_page": _without("next_page"),
        "data null": _member("data", None),
        "has_more a word": _member("has_more", "true"),
        "has_more a number": _member("has_more", 1),
        "has_more null": _member("has_more", None),
        "bucket twice": _inserted(target, before=[], after=[_moved(0, 0)]),
        "bucket goes back": _inserted(target, before=[], after=[_moved(-width, -width)]),
        "page goes back": _inserted(
            target,
            before=[_moved(-2 * width, -2 * width), _moved(-width, -width)],
            after=[_moved(-width, -width)],
        ),
        "overlap": _inserted(target, before=[], after=[_moved(1, width)]),
        "before the range": _inserted(target, before=[_moved(-far, -far)], after=[]),
        "without length": _changed(target, lambda b: {**b, "end_time": b["start_time"]}),
        "backwards": _changed(target, lambda b: {**b, "end_time": b["start_time"] - 1}),
        "no start": _changed(target, lambda b: {k: v for k, v in b.items() if k != "start_time"}),
        "no results": _changed(target, lambda b: {k: v for k, v in b.items() if k != "results"}),
        "results null": _changed(target, lambda b: {**b, "results": None}),
    }


NAMES = tuple(lies(0, 1))
