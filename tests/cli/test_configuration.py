"""The configuration file: what it gives, what wins over it, and what is said of mistakes in it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from openai_org_usage.cli.exit_codes import Exit
from openai_org_usage.emulator import Emulator

from .. import pages
from .conftest import Run

TEXT = """
[defaults]
timeout = 30
names = true

[commands.costs]
last = "2d"
group-by = ["project_id"]

[[budgets]]
limit = 20000
[[budgets]]
limit = "1000.50"
period = "week"
project = "Search"

[names]
proj_sandbox = "Playground"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A configuration in its usual place."""
    path = tmp_path / ".config" / "openai-org-usage" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT)
    return path


def test_commands_take_their_defaults_from_it(file: Path, command: Run) -> None:
    """Of all commands and of one, with names; a range on the command line replaces that of the file."""
    rows = json.loads(command("costs --format json").out)
    assert {row["start_time"][:10] for row in rows} == {"2026-11-19", "2026-11-20"}
    assert "Playground" in {row["project_name"] for row in rows}
    rows = json.loads(command("costs --today --group-by user_id --format json").out)
    assert {row["start_time"][:10] for row in rows} == {"2026-11-20"}
    assert all(row["user_id"] and not row["project_id"] for row in rows)


def test_budgets_are_shown_and_checked(file: Path, command: Run) -> None:
    """On the screen all of them, of projects too; by `budget` those of the organization."""
    shown = json.loads(command("--format json").out)["budgets"]
    assert [(each["name"], each["limit"], each["state"]) for each in shown] == [
        ("month", "20000", "within"),
        ("week, Search", "1000.50", "within"),
    ]
    assert command("budget").code == Exit.DONE
    assert command("budget --limit 1").code == Exit.BUDGET_EXCEEDED
    assert "give --limit AMOUNT" in command("budget --period day").err


def test_an_organization_has_its_own_key(
    tmp_path: Path, command: Run, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the environment, under the name that the file gives; and its address, which an option replaces."""
    path = tmp_path / "other.toml"
    path.write_text(
        f'[organizations.acme]\nkey_env = "ACME_KEY"\nbase_url = "{emulator.base_url}"\n'
        '[defaults]\norganization = "acme"\n'
    )
    monkeypatch.setenv("OPENAI_ORG_USAGE_CONFIG", str(path))
    monkeypatch.setenv("ACME_KEY", emulator.admin_key)
    monkeypatch.delenv("OPENAI_ADMIN_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    assert command("").code == command("costs --today").code == Exit.DONE
    said = command("costs --today --organization akme")
    assert (said.code, "has no 'akme' (did you mean 'acme'?)" in said.err) == (Exit.USAGE, True)


def test_the_environment_wins_over_it(file: Path, command: Run) -> None:
    """As to where the API is."""
    file.write_text('[defaults]\nbase-url = "http://127.0.0.1:9/v1"\n')
    assert command("costs --today").code == Exit.DONE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[default]\n", "line 1: there is no 'default' (did you mean 'defaults'?)"),
        ("\n[defaults]\ntiemout = 3\n", "line 3: there is no option 'tiemout' of any command (did you mean"),
        ("[commands.csots]\n", "line 1: there is no command 'csots' (did you mean 'costs'?)"),
        ("[commands.costs]\nmodels = ['x']\n", "line 2: there is no option 'models' of costs"),
        ("[[budgets]]\nlimt = 5\n", "line 2: there is no 'limt' of budgets (did you mean 'limit'?)"),
        ("[[budgets]]\nlimit = -5\n", "a limit is an amount of zero or more"),
        ("[organizations.acme]\nkey_env = 'acme'\n", "key_env is the name of a variable in capitals"),
        ("[defaults\n", "is no TOML"),
        ("[names]\nx = 'sk-admin-abcdefghijklmnop1234'\n", "has a key in it"),
        ("[[budgets]]\nlimit = 1\n[[budgets]]\nlimit = -1", "line 3: budgets[1]: a limit is"),
        (f"#{'#' * 2**20}\n[defaults]\ntiemout = 3", "is too large to be a configuration"),
    ],
)
def test_mistakes_are_said_with_their_line(text: str, said: str, file: Path, command: Run) -> None:
    """And what may have been meant; nothing is asked for."""
    file.write_text(text)
    answer = command("costs --today")
    assert answer.code == Exit.CONFIGURATION
    assert said in answer.err
    assert str(file) in answer.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('timeout = "soon"', "--timeout is a number above 0, not 'soon' (in FILE)"),
        ('since = "soon"', "--since: 'soon' is no time: "),
        ('start_time = "soon"', "--start-time: 'soon' is no time: "),
        (
            'last = "3d"\nmonth = "2026-10"',
            "--last and --month each set the range: give one of them (in FILE)",
        ),
        ('until = "2026-10-08"', "--until goes with --since (--until in FILE)"),
        ("raw = true\nby = 'week'", "(in FILE)"),
    ],
)
def test_a_value_that_cannot_be_names_the_file(text: str, said: str, file: Path, command: Run) -> None:
    """And the option as the file has it, as it was not typed."""
    file.write_text(f"[commands.costs]\n{text}\n")
    answer = command("costs").err.replace(str(file), "FILE")
    assert said in answer
    assert "in FILE)" in answer


def test_a_default_is_of_the_commands_that_take_it(file: Path, command: Run) -> None:
    """One value for an option that may be repeated is a list of it; a misspelled one nobody takes."""
    file.write_text('[defaults]\nformat = "ndjson"\ngroup-by = "project_id"\n')
    assert '"project_id":"proj_' in command("costs --today").out
    assert command("").out.startswith("OpenAI spend")
    file.write_text('[defaults]\nformat = "ndjsn"\n')
    assert f"(in {file})" in command("").err


def test_a_file_that_is_named_has_to_be_there(tmp_path: Path, command: Run) -> None:
    """That in the usual place does not."""
    assert command(f"--config {tmp_path / 'none.toml'} costs --today").code == Exit.CONFIGURATION
    assert command("costs --today").code == Exit.DONE


def test_the_schema_knows_what_the_file_may_have(file: Path, command: Run) -> None:
    """All that the example has, with the types of the options; nothing else is allowed."""
    schema = json.loads(command("--config-schema").out)
    tables = schema["$defs"]["ConfigurationTables"]
    content = tomllib.loads(file.read_text())
    assert content.keys() <= tables["properties"].keys()
    assert tables["additionalProperties"] is False
    defaults, costs = (
        tables["properties"]["defaults"],
        tables["properties"]["commands"]["properties"]["costs"],
    )
    assert content["defaults"].keys() <= defaults["properties"].keys()
    assert defaults["properties"]["timeout"]["type"] == "number"
    assert defaults["properties"]["names"]["type"] == "boolean"
    assert [each["type"] for each in costs["properties"]["group-by"]["anyOf"]] == ["string", "array"]
    assert {"since", "start-time"} <= costs["properties"].keys()
    assert costs["additionalProperties"] is defaults["additionalProperties"] is False


def test_the_documented_file_is_read(file: Path, command: Run) -> None:
    """That of docs/configuration.md, and its complaint is the real one; `doctor` says which file is used."""
    (block,) = pages.blocks("toml", page="configuration")
    file.write_text(block.text)
    assert command("costs --today").code == Exit.DONE
    assert str(file) in command("doctor").out
    (complaint,) = pages.blocks("text", page="configuration")
    file.write_text("\n[defaults]\ntiemout = 3\n")
    assert command("costs").err.replace(str(file), "config.toml") == complaint.text
