"""Every option of every command with values that nobody means: a result, or one of our errors, in a line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import attrs
import click
import httpx
import pytest

from openai_org_usage.cli import main
from openai_org_usage.cli.app import TOOLS, App
from openai_org_usage.cli.context import CommandContext
from openai_org_usage.cli.exit_codes import EXIT_CODES, Exit
from openai_org_usage.cli.vendor import make_parser as vendor_parser
from openai_org_usage.emulator.command_options import make_parser as emulator_parser
from openai_org_usage.emulator.errors import lookback_exceeded

from ..conftest import DAY, MIDNIGHT, NOW
from ..contract.profiles import LONG
from ..scripted import page

VALUES = {
    "nothing": "",
    "a blank": " ",
    "a dash": "-",
    "two dashes": "--",
    "an option": "--debug",
    "a megabyte": "x" * (1 << 20),
    "a megabyte of digits": "9" * (1 << 20),
    "26 digits": "9" * 26,
    "minus one": "-1",
    "zero": "0",
    "more than floats hold": "1e309",
    "a huge exponent": "1e999999999",
    "a tiny exponent": "1e-999999999",
    "NaN": "nan",
    "infinity": "-inf",
    "digits of another script": "٣",
    "digits with underscores": "1_0",
    "digits with blanks": " 1 ",
    "NUL": "a\0b",
    "an escape": "\x1b[2J\x07",
    "line ends": "a\r\nb\n",
    "a turned direction": "\u202eabc",
    "half a pair": "\udcff\ud800",
    "markup": "[red]x[/red]{0}%s",
    "commas": ",,,",
    "an equals sign": "=",
    "a date beyond": "9999-12-31",
    "a date that is none": "2026-02-30T25:61",
    "a long span": "999999999w",
    "a path": "../../" * 900 + "x.csv",
    "a long name": "n" * 255 + ".csv",
    "a full device": "/dev/full",
    "a folder": ".",
}


@attrs.frozen
class Case:
    """An option, or the word of a command, and a command that would do without it."""

    name: str
    """As it is typed; of a word, as help shows it."""
    words: tuple[str, ...]
    is_word: bool = False

    def given(self, value: str) -> list[str]:
        return [*self.words, *(["--", value] if self.is_word else [f"{self.name}={value}"])]


_RANGES = ("--start-time", "--last", "--month")
"""Options that set the range that a command is given otherwise."""


def cases() -> Iterator[Case]:
    """All that has a value, of every parser."""
    app = App()
    context = click.Context(app)
    met = set[tuple[object, ...]]()
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert command is not None
        for option in command.params if name not in PARSERS else ():
            known = (option.opts[-1], str(option.type.to_info_dict()), option.callback is None)
            if name in ALONE or LONG or known not in met:  # What endpoints share, of one of them.
                yield from _of_click(name, option)
            met.add(known)
    for name, parser in PARSERS.items():
        for action in parser._actions:
            if action.option_strings and action.nargs != 0:
                yield Case(action.option_strings[-1], (name, *(["folder"] if name == "vendor" else [])))
            elif not action.option_strings:
                yield Case("DEST", (name, *([] if LONG else ["--check"])), is_word=True)


OLDEST = MIDNIGHT - 365 * DAY
"""The earliest start that is answered."""
ALONE = TOOLS.keys() - {"key-costs"}
"""Commands whose options are not those of the endpoints."""
NEEDED = {
    "budget": ("--limit", "5"),
    "sync": ("archive",),
    "sql": ("archive", "from archive_tables"),
    "restatements": ("archive",),
}
"""What a command does not do without."""
PARSERS = {"vendor": vendor_parser(), "emulator": emulator_parser("emulator")}


def _of_click(name: str, option: click.Parameter) -> Iterator[Case]:
    written = option.opts[-1]
    if isinstance(option, click.Argument):
        yield Case(written, (name, *(["archive"] if written == "query" else [])), is_word=True)
    elif not (isinstance(option, click.Option) and option.is_flag):
        needed = NEEDED.get(name, () if name in ALONE else ("--start-time", "2026-11-18"))
        yield Case(written, (name, *(needed if written not in (*_RANGES, *needed[:1]) else ())))


def empty(request: httpx.Request) -> httpx.Response:
    """A page without buckets; of what is longer ago than a year, a refusal, as the API gives it."""
    start = request.url.params.get("start_time", "")
    if start.isdecimal() and int(start) < OLDEST:
        return httpx.Response(400, json=lookback_exceeded(OLDEST, 365).body())
    return httpx.Response(200, json=page())


class Stopped:
    """An event that is not waited for: Ctrl-C comes at once."""

    def wait(self) -> NoReturn:
        raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("number", "case"),
    [pytest.param(number, case, id=f"{case.words[0]} {case.name}") for number, case in enumerate(cases())],
)
def test_every_value_ends_well(
    number: int,
    case: Case,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """No exception but ours, none of Python's words, and wrong usage names what is wrong, in few words.

    Each option gets a fifth of the values in turn; in the long profile, all of them.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-odd-values")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setattr("openai_org_usage.emulator.__main__.Event", Stopped)
    context = CommandContext(clock=lambda: NOW, transport=httpx.MockTransport(empty))
    wrong: list[tuple[str, str]] = []
    for what, value in list(VALUES.items())[slice(None) if LONG else slice(number % 5, None, 5)]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from archive_tables")))
        code = main(case.given(value), context=context)
        said = capsys.readouterr().err.lower()
        # Click takes what follows an option that may stand alone, as `-1` does --batch, for an option itself.
        names = any(
            word in said for word in (value[:2] or case.name, *case.name.lower().strip("-").split("-"))
        )
        foreign = "--debug shows where" in said or ("traceback" in said and value != "--debug")
        if code not in EXIT_CODES or foreign or len(said) > 10_000 or (code == Exit.USAGE and not names):
            wrong.append((what, f"{code}: {said[:300]}"))
    assert wrong == []
