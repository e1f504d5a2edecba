"""Whatever the Bash client that this command line succeeds can ask for, this can, and sends the same."""

from __future__ import annotations

import pytest

from openai_org_usage import OPERATIONS

from ..documented import sources
from ..documented.facts import Member
from .conftest import Run

BASH_CLIENT = sources.source("seed-003-bash-generated").facts
"""A small copy of its documentation: nine operations, and every parameter of each."""
NAMES = {operation.path: operation.name for operation in OPERATIONS.values()}
START = 1_793_491_200


def sample(name: str, parameter: Member) -> list[str]:
    """Values to try, as the Bash client takes them."""
    if parameter.values:
        return list(parameter.values)
    by_type = {"integer": ["7"], "boolean": ["true", "false"]}
    times = {"start_time": [str(START)], "end_time": [str(START + 86_400)]}
    return times.get(name) or by_type.get(str(parameter.type)) or ["one-of_them.1"]


def test_there_are_nine_operations() -> None:
    """None was lost in the copy."""
    assert len(BASH_CLIENT.endpoints) == 9
    assert sum(len(e.sections["parameter"]) for e in BASH_CLIENT.endpoints.values()) == 84


@pytest.mark.parametrize("path", BASH_CLIENT.endpoints)
@pytest.mark.parametrize("dash", ["_", "-"])
def test_every_parameter_is_sent(path: str, dash: str, command: Run) -> None:
    """Each alone, with each documented value; both spellings of commands and options are taken."""
    name = NAMES[path].replace("_", dash)
    for parameter, documented in BASH_CLIENT.endpoints[path].sections["parameter"].items():
        start = "" if parameter == "start_time" else f"--start-time {START}"
        for value in sample(parameter, documented):
            said = command(f"{name} --{parameter.replace('_', dash)} {value} {start} --dry-run")
            assert said.code == 0, said.err
            assert (parameter, value) in said.requests[0]


@pytest.mark.parametrize("path", BASH_CLIENT.endpoints)
def test_all_parameters_at_once(path: str, command: Run) -> None:
    """As one command, which the emulator answers."""
    parameters = BASH_CLIENT.endpoints[path].sections["parameter"]
    words = [
        f"--{name} {sample(name, parameter)[-1]}" for name, parameter in parameters.items() if name != "page"
    ]
    said = command(" ".join([NAMES[path], *words, "--format ndjson"]))
    assert said.code == 0, said.err


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_endpoint_is_a_command(name: str, command: Run) -> None:
    """Those that the Bash client lacks, too; rows come out."""
    said = command(f"{name} --last 2d --format ndjson")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith('{"start_time":"2026-11-19T00:00:00Z"')
