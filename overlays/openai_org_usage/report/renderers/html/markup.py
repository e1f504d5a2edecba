"""HTML and SVG that are safe by how they are made: text is escaped unless it is markup made here."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from ....printable import clean

VOID = frozenset({"meta", "link", "wbr"})
_JOINT = re.compile(r"(?<=[-_/.:@])(?=[^-_/.:@])")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@attrs.frozen
class Markup:
    """Text that is markup already. Only this package makes it."""

    text: str

    def __str__(self) -> str:
        return self.text


Child = Markup | str | None
Value = str | int | bool | None


def tag(name: str, /, *children: Child | Iterable[Child], **attributes: Value) -> Markup:
    """The element `name`. Strings are escaped; None is left out; `class_` is `class`, `_` is `-`.

    An attribute that is True stands alone; None and False leave it out.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"no element is called {name!r}")
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(*children)}</{name}>")


def join(*children: Child | Iterable[Child]) -> Markup:
    """Children side by side."""
    return Markup("".join(_text(child) for child in _flat(children)))


def _flat(children: Iterable[Child | Iterable[Child]]) -> Iterator[Child]:
    for child in children:
        if child is None or isinstance(child, (str, Markup)):
            yield child
        else:
            yield from child


def _text(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Markup) else html.escape(child, quote=False)


def _attribute(key: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'


def name(text: str) -> Markup:
    """What the API calls something: its reading direction kept to itself, breaking where it has joints."""
    pieces = _JOINT.split(clean(text))
    broken: list[Child] = [pieces[0]]
    for piece in pieces[1:]:
        broken += [tag("wbr"), piece]
    return tag("bdi", broken)


def classes(*names: str | None) -> str | None:
    """Several classes, those that are None left out; None for none."""
    return " ".join(each for each in names if each) or None


def number(value: Decimal) -> str:
    """A coordinate or percentage in at most three decimals."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
