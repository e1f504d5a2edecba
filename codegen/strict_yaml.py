"""Strict YAML in bounded time and memory, whoever wrote it.

libyaml's events are made into values one by one, without nodes in between, so that every limit
holds before anything is built, and nesting uses no stack (libyaml composes recursively and crashes
the process after some ten thousand levels). Scalars are read by the YAML 1.2 core rules, so that a
date or an `on` stays a string; keys are their text, as OpenAPI has it; a key that stands twice in
one mapping is an error instead of a silent choice.
"""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Callable, Iterator
from typing import NoReturn

import attrs
import yaml

from .errors import CodegenError
from .tree import duplicate, size_of

MAX_DEPTH = 64
"""OpenAI's document has 21 levels."""
MAX_VALUES = 1_000_000
"""Values and keys, those that aliases repeat included; OpenAI's document has 134,000."""
MAX_DIGITS = 60
"""Of one number."""

_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_WHOLE = re.compile(r"[-+]?[0-9]+", re.ASCII)
_WORDS: dict[str, object] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_FIRST_OF_NUMBERS = frozenset("-+.0123456789")


class NotYamlError(CodegenError):
    """A text breaks the rules of YAML itself."""


def load_yaml(text: str, *, on_item: Callable[[str, int], None] | None = None) -> object:
    """The one document in `text`, None if it is empty.

    `on_item` is called with key and line for each item of the lists directly below the top.

    Raises:
        NotYamlError: it is not YAML.
        CodegenError: it has what no document needs; the message says where.
    """
    collecting = gc.isenabled()
    gc.disable()  # Half the time otherwise: there is no garbage to find, and much to look through.
    try:
        return _Builder(on_item).build(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise NotYamlError(f"{error.problem or error.context}{line}") from error
    except yaml.YAMLError as error:
        raise NotYamlError(" ".join(str(error).split())) from error
    finally:
        if collecting:
            gc.enable()


@attrs.define
class _Level:
    """A mapping or list that is not finished."""

    value: dict[str, object] | list[object]
    anchor: str | None
    key: str | None = None
    """Of a mapping: the key whose value comes next."""


class _Builder:
    """Makes values of events."""

    def __init__(self, on_item: Callable[[str, int], None] | None) -> None:
        self._levels: list[_Level] = []
        self._anchors: dict[str, object] = {}
        self._values = 0
        self._found: list[object] = []
        self._on_item = on_item

    def build(self, events: Iterator[yaml.Event]) -> object:
        for event in events:
            if isinstance(event, yaml.ScalarEvent):
                self._take_scalar(event)
            elif isinstance(event, yaml.CollectionStartEvent):
                self._open(event, {} if isinstance(event, yaml.MappingStartEvent) else [])
            elif isinstance(event, yaml.CollectionEndEvent):
                level = self._levels.pop()
                self._place(level.value, level.anchor)
            elif isinstance(event, yaml.AliasEvent):
                self._repeat(event)
            elif isinstance(event, yaml.DocumentStartEvent) and self._found:
                _refuse("a second document begins", event)
        return self._found[0] if self._found else None

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        self._begin(event, 1)
        level = self._levels[-1] if self._levels else None
        if level is not None and level.key is None and isinstance(level.value, dict):
            self._take_key(level, level.value, event)
        else:
            text = event.value
            self._place(_read(text, event) if event.implicit[0] else text, event.anchor)

    def _take_key(self, level: _Level, mapping: dict[str, object], event: yaml.ScalarEvent) -> None:
        key = event.value
        if key == "<<" and event.implicit[0]:
            _refuse("a merge key `<<`, which YAML 1.2 does not have, stands", event)
        if key in mapping:
            _refuse(f"duplicate key {key[:80]!r}", event, ": the document contradicts itself; repair it")
        level.key = key
        if event.anchor is not None:
            self._anchors[event.anchor] = key

    def _open(self, event: yaml.CollectionStartEvent, value: dict[str, object] | list[object]) -> None:
        self._refuse_as_key(event)
        self._begin(event, 1)
        if len(self._levels) >= MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} levels begin", event)
        if event.anchor is not None:
            self._anchors.pop(event.anchor, None)
        self._levels.append(_Level(value, event.anchor))

    def _repeat(self, event: yaml.AliasEvent) -> None:
        """Put a copy of what the alias names in its place: what is edited later is one of them."""
        self._refuse_as_key(event)
        name = event.anchor or ""
        if name not in self._anchors:
            _refuse(f"the alias *{name[:40]}, which refers to itself or to nothing, stands", event)
        value = self._anchors[name]
        size, depth = size_of(value)
        self._begin(event, size)
        if len(self._levels) + depth > MAX_DEPTH:
            _refuse(f"more than {MAX_DEPTH} levels begin", event)
        self._place(duplicate(value), None)

    def _begin(self, event: yaml.NodeEvent, values: int) -> None:
        """Count `values`, and tell whose item it is."""
        tag = getattr(event, "tag", None)
        if tag is not None:
            _refuse(f"the tag {tag[:40]!r} stands", event)
        self._values += values
        if self._values > MAX_VALUES:
            _refuse(f"more than {MAX_VALUES:,} values, aliases counted as what they repeat, stand", event)
        if self._on_item is not None and len(self._levels) == 2:
            top, inner = self._levels
            if top.key is not None and isinstance(inner.value, list):
                self._on_item(top.key, _line(event))

    def _refuse_as_key(self, event: yaml.NodeEvent) -> None:
        level = self._levels[-1] if self._levels else None
        if level is not None and level.key is None and isinstance(level.value, dict):
            _refuse("a key that is no string", event)

    def _place(self, value: object, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._levels:
            self._found.append(value)
            return
        level = self._levels[-1]
        if isinstance(level.value, list):
            level.value.append(value)
        elif level.key is not None:
            level.value[level.key] = value
            level.key = None


def _read(text: str, event: yaml.ScalarEvent) -> object:
    """A plain scalar by the core rules."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _FIRST_OF_NUMBERS or _NUMBER.fullmatch(text) is None:
        return text
    if len(text) > MAX_DIGITS:
        _refuse(f"a number of {len(text):,} characters", event)
    number = int(text) if _WHOLE.fullmatch(text) else float(text)
    if not math.isfinite(number):
        _refuse(f"the number {text}, which is too large,", event)
    return number


def _refuse(what: str, event: yaml.Event, more: str = "") -> NoReturn:
    raise CodegenError(f"{what} in line {_line(event)}{more}")


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 0
