"""Stories from text, for the command line: `spike from=2026-11-20 to=2026-11-22 amount=1500`. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import date
from typing import Final

from ..errors import ConfigurationError
from .stories import Story, StoryKind

_FORM: Final = "write such as 'spike from=2026-11-20 to=2026-11-22 amount=1500 project=proj_sandbox'"
_WORDS: Final = ("from", "to", "factor", "amount", "project", "key", "model", "line_item")


def read_story(text: str) -> Story:
    """The story in `text`: its kind, then what it is about as `name=value`; blanks are quoted as in a shell.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        kind, *words = shlex.split(text)
    except ValueError:
        raise ConfigurationError(f"no story: {text!r}; {_FORM}") from None
    if kind not in list(StoryKind):
        raise ConfigurationError(f"there is no story of kind {kind!r}; there are {', '.join(StoryKind)}")
    given = dict(map(_parted, words))
    if "from" not in given:
        raise ConfigurationError(f"a story begins on a day: add from=2026-11-20 to {text!r}")
    return Story(
        kind=StoryKind(kind),
        first_day=_day(given["from"]),
        last_day=_day(given["to"]) if "to" in given else None,
        factor=_number("factor", given),
        amount=_number("amount", given),
        project_id=given.get("project"),
        api_key_id=given.get("key"),
        model=given.get("model"),
        line_item=given.get("line_item"),
    )


def _parted(word: str) -> tuple[str, str]:
    name, sign, value = word.partition("=")
    if not sign or not value or name not in _WORDS:
        raise ConfigurationError(f"a story has no {word!r}; it takes {', '.join(_WORDS)}, each as name=value")
    return name, value


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"{text!r} is no day: write it like 2026-11-20") from None


def _number(name: str, given: Mapping[str, str]) -> float | None:
    try:
        return float(given[name]) if name in given else None
    except ValueError:
        raise ConfigurationError(f"{name} is a number, not {given[name]!r}") from None


__all__ = ["read_story"]
