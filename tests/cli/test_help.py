"""The help of every command says all that the registry knows; what is new in the registry is new here."""

from __future__ import annotations

import re

import attrs
import click
import pytest
from click.testing import CliRunner

from openai_org_usage import OPERATIONS
from openai_org_usage._generated import Limit
from openai_org_usage.cli.app import TOOLS, App
from openai_org_usage.cli.endpoint.command import endpoint_command

from .conftest import Run


def plain(text: str) -> str:
    """`text` on one line, as it was before it was wrapped."""
    return " ".join(text.split())


def test_the_help_lists_every_command(command: Run) -> None:
    """Endpoints with what the registry says of them, and the tools."""
    shown = command("--help").out
    for name, operation in OPERATIONS.items():
        assert re.search(rf"^  {name.replace('_', '-')} +{operation.summary}$", shown, flags=re.MULTILINE)
    for name in TOOLS:
        assert re.search(rf"^  {name} ", shown, flags=re.MULTILINE)


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_help_of_a_command_says_what_may_be_given(name: str, command: Run) -> None:
    """Descriptions, allowed values, defaults and limits."""
    operation, shown = OPERATIONS[name], plain(command(f"{name} --help").out)
    assert operation.description in shown
    for parameter in operation.parameters:
        assert f"--{parameter.name.replace('_', '-')} " in shown
        assert parameter.is_time or parameter.description in shown
        assert ", ".join(parameter.allowed_values) in shown
        for limit in parameter.limits:
            assert f"{limit.bucket_width} {limit.default}, at most {limit.maximum}" in shown
        if parameter.limits:  # There is one default: that of the command.
            text = shown.partition(parameter.description)[2].partition(" --")[0]
            assert "[default:" not in text
            assert "This command asks for the most." in shown


@pytest.mark.parametrize("width", ["60", "80", "120"])
@pytest.mark.parametrize("name", ["", *(name.replace("_", "-") for name in OPERATIONS), *TOOLS])
def test_the_help_fits_the_terminal(
    name: str, width: str, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is too long; on a terminal of 60 columns, examples may be, which must not be broken."""
    monkeypatch.setenv("COLUMNS", width)
    lines = command(f"{name} --help").out.splitlines()
    long = [line for line in lines if len(line) > int(width)]
    assert [line for line in long if width != "60" or "openai-org-usage" not in line] == []


def test_a_new_parameter_appears_by_itself() -> None:
    """Of any type, with its values and limits; one that is called like an option here gets a prefix."""
    known = OPERATIONS["images"].parameter("limit")
    quality = attrs.evolve(
        known, name="qualities", type="array", item_type="string", allowed_values=("low", "high"), limits=()
    )
    shape = attrs.evolve(known, name="format", type="string", allowed_values=(), limits=())
    small = attrs.evolve(known, limits=(Limit("1d", 2, 3),))
    parameters = (*OPERATIONS["images"].parameters[:2], quality, shape, small)
    operation = attrs.evolve(OPERATIONS["images"], name="new_things", parameters=parameters)

    command = endpoint_command(operation)

    assert command.name == "new-things"
    with click.Context(command, info_name=command.name) as ctx:
        shown = plain(command.get_help(ctx))
    assert "--qualities LIST" in shown
    assert "Each one of: low, high." in shown
    assert "--api-format TEXT" in shown
    assert "1d 2, at most 3" in shown


def completions(words: str, incomplete: str) -> list[str]:
    """What bash is offered for the word that is being typed."""
    environment = {
        "_OPENAI_ORG_USAGE_COMPLETE": "bash_complete",
        "COMP_WORDS": f"openai-org-usage {words} {incomplete}",
        "COMP_CWORD": str(len(words.split()) + 1),
    }
    said = CliRunner().invoke(App(), [], prog_name="openai-org-usage", env=environment)
    return [line.partition(",")[2] for line in said.output.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        ("", "co", ["costs", "code-interpreter-sessions", "completions"]),
        ("images", "--siz", ["--sizes"]),
        ("images --sizes", "10", ["1024x1024", "1024x1792"]),
        ("images --sizes", "512x512,25", ["512x512,256x256"]),
        ("costs --format", "p", ["parquet"]),
        ("vendor", "--ch", ["--check"]),
        (
            "vendor third_party",
            "--",
            ["--check", "--debug", "--force", "--generated-only", "--help", "--name", "--update"],
        ),
        ("emulator", "--l", ["--late", "--latency", "--lively", "--lookback-days"]),
    ],
)
def test_shells_complete_commands_options_and_values(
    words: str, incomplete: str, expected: list[str]
) -> None:
    """As bash asks: the words so far and the one that is being typed."""
    assert completions(words, incomplete) == expected


def test_shells_complete_the_names_that_are_kept(command: Run) -> None:
    """Whatever the case of the letters, with blanks as bash takes them; without any, nothing is asked for."""
    assert completions("costs --project", "su") == []
    command("costs --today --names")
    assert completions("costs --project", "su") == ["Support\\ assistant"]
    assert completions("report --project", "Mob") == ["Mobile\\ app"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, command: Run) -> None:
    """They name the program and the variable that asks it."""
    said = command(f"shell-completion {shell}")
    assert said.code == 0
    assert "_OPENAI_ORG_USAGE_COMPLETE" in said.out
    assert command("shell-completion tcsh").code == 2


def test_tools_read_their_own_words(command: Run) -> None:
    """`vendor` and `emulator` are commands of their own, with their own help, under the name typed."""
    assert "--lookback-days" in command("emulator --help").out
    assert "--generated-only" in command("vendor --help").out
