"""Every place where the product reads something, taken from its own parsers, signatures and sources."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import click

import openai_org_usage
from openai_org_usage import OPERATIONS, AsyncUsageClient, UsageClient, UsageQuery
from openai_org_usage.cli.app import TOOLS, App
from openai_org_usage.cli.click_base import dashed
from openai_org_usage.cli.vendor import make_parser as vendor_parser
from openai_org_usage.emulator.command_options import make_parser as emulator_parser
from openai_org_usage.terminal.parsers import Parser

from .canary import FORMS

Words = Callable[[str], list[str]]
"""The words of a command, with a value in its place."""

COMMANDS = [*map(dashed, OPERATIONS), *TOOLS]
_NEEDED: Mapping[str, list[str]] = {
    "budget": ["--limit", "1"],
    "vendor": ["copy"],
    **{tool: [] for tool in ("report", "doctor", "emulator", "shell-completion")},
}
"""What a command must be given besides."""
_OWN_PARSERS: Mapping[str, Callable[[], Parser]] = {
    "vendor": vendor_parser,
    "emulator": lambda: emulator_parser("emulator"),
}
_LITERAL = re.compile(r"[\"'](_?[A-Za-z]+(?:_[A-Z]+)+|_?[a-z]+_proxy)[\"']")
_OF_LIBRARIES = (
    *(f"{kind}_proxy" for kind in ("http", "https", "all", "no")),
    *(f"{kind}_PROXY" for kind in ("HTTP", "HTTPS", "ALL", "NO")),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"),
    *("TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TZ", "LANG", "LC_ALL", "HOME", "TMPDIR"),
)
"""Read by httpx, click, rich and Python."""


def forms(number: int) -> Iterator[Mapping[str, Callable[[str], str]]]:
    """For one place after the other `number` of the FORMS; all of them have their turn."""
    turns = cycle(FORMS)
    while True:
        yield {name: FORMS[name] for name in islice(turns, number)}


def words_of(command: str) -> Iterator[tuple[str, Words]]:
    """The places of a command: each option and argument that its parser knows, and what it does not know."""
    needed = [command, *_NEEDED.get(command, ["--last", "1d"])]
    for name, takes_value in _options(command):
        yield f"{command} {name}=", _words(*needed, before=f"{name}=")
        if takes_value:
            yield f"{command} {name}", _words(*needed, name)
    yield f"{command} argument", _words(command)
    yield f"{command} further argument", _words(*needed)
    yield f"{command} unknown option", _words(*needed, before="--")
    yield f"{command} short option", _words(*needed, before="-")
    yield f"{command} before", lambda value: [value, *needed]
    yield f"{command} help", lambda value: [command, value, "--help"]


def _words(*words: str, before: str = "") -> Words:
    return lambda value: [*words, before + value]


def _options(command: str) -> Iterator[tuple[str, bool]]:
    if command in _OWN_PARSERS:
        for action in vars(_OWN_PARSERS[command]())["_actions"]:
            yield from ((name, action.nargs != 0) for name in action.option_strings)
        return
    app = App()
    found = app.get_command(click.Context(app), command)
    for parameter in found.params if found else []:
        if isinstance(parameter, click.Option):
            yield from (
                (name, not parameter.is_flag) for name in (*parameter.opts, *parameter.secondary_opts)
            )


def variables() -> list[str]:
    """The variables of the environment that the sources name, and those that the libraries below read."""
    folder = Path(openai_org_usage.__file__).parent
    sources = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    named = {name for text in sources if "environ" in text for name in _LITERAL.findall(text)}
    return sorted({*named, *_OF_LIBRARIES, "COMP_WORDS"})


def parameters_of(function: Callable[..., object]) -> list[str]:
    """The parameters of a function or method, by name."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


Call = Callable[[Any], object]
"""Something done with a value in its place."""

_SHAPES: Mapping[str, Call] = {
    "text": lambda value: value,
    "list": lambda value: ["x", value],
    "name": lambda value: {value: "x"},
    "value": lambda value: {"x": value},
    "values": lambda value: {"x": [value]},
}


def _call(function: Any, name: str, given: Mapping[str, Any], *, shape: str = "text") -> Call:
    put = _SHAPES[shape]
    return lambda value: function(**{**given, name: put(value)})


def _call_by_name(function: Any, given: Mapping[str, Any]) -> Call:
    return lambda value: function(**{**given, value: 1})


def client_calls(
    kind: type[UsageClient] | type[AsyncUsageClient], given: Mapping[str, Any]
) -> Iterator[tuple[str, Call]]:
    """Every argument of the client, of its options and of its endpoints; `given` makes one that works."""
    for name in parameters_of(kind):
        yield f"{kind.__name__}({name}=)", _call(kind, name, given)
    client = kind(**given)
    for name in parameters_of(kind):
        yield f"with_options({name}=)", _call(client.with_options, name, {})
    for operation in OPERATIONS:
        method: Any = getattr(client, operation)
        start = {"start_time": "1d"}
        for name in parameters_of(method):
            for shape in _SHAPES:
                yield f"{operation}({name}={shape})", _call(method, name, start, shape=shape)
        yield f"{operation}(NAME=)", _call_by_name(method, start)


def table_calls(query: UsageQuery[Any, Any, Any]) -> Iterator[tuple[str, Call]]:
    """Every argument of the methods that give tables."""
    for method in ("to_reader", "to_arrow", "to_polars", "to_pandas", "write"):
        function: Any = getattr(query, method)
        given: dict[str, Any] = {"target": "rows.csv"} if method == "write" else {}
        for name in parameters_of(function):
            for shape in ("text", "list"):
                yield f"{method}({name}={shape})", _call(function, name, given, shape=shape)
