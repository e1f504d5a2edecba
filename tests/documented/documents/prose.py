"""Facts that the documents have in sentences only: allowed values, defaults and page sizes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..facts import Limit

_LIST = re.compile(
    r"(?:Support(?:ed)? fields include|Possible values are|Currently(?: only)?)(.*?)"
    r"(?:or any combination|and any combination|(?:is|are) supported|\.\s|\.$|$)",
    re.DOTALL,
)
_PER_WIDTH = re.compile(r"bucket_width=(\w+)\W+default:\s*(\d+),\s*max:\s*(\d+)")
_RANGE = re.compile(r"range between (\d+) and (\d+), and the\s+default is (\d+)")
_DEFAULT = re.compile(r"default to\W*(\w+)")


def values_in(text: str) -> tuple[str, ...]:
    """The values that `text` lists, whatever they are quoted with."""
    found = _LIST.search(text)
    words = re.findall(r"[\w.]*\w", found[1]) if found else []
    return tuple(word for word in words if word not in ("and", "or"))


def default_in(text: str) -> str | int | None:
    """The default that `text` names, None if it names none."""
    if found := _RANGE.search(text):
        return int(found[3])
    found = _DEFAULT.search(text)
    return found[1] if found else None


def limits_in(text: str) -> Mapping[str, Limit]:
    """The page sizes in `text` by width of buckets; costs have daily buckets only."""
    if found := _RANGE.search(text):
        return {"1d": Limit(int(found[3]), int(found[2]))}
    return {width: Limit(int(default), int(top)) for width, default, top in _PER_WIDTH.findall(text)}


def minimum_in(text: str) -> int | None:
    """The smallest page size in `text`, None where it names none."""
    found = _RANGE.search(text)
    return int(found[1]) if found else None


def maximum_in(text: str) -> int | None:
    """The largest value that `text` names, None if it names none."""
    found = _RANGE.search(" ".join(text.split()))
    return int(found[2]) if found else None
