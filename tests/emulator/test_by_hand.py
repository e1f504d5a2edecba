"""The emulator run by hand: `python -m openai_org_usage.emulator`."""

import os
import signal
import subprocess
import sys
from datetime import date

import httpx
import pytest

from openai_org_usage.emulator import FaultPlan, Restatements
from openai_org_usage.emulator.__main__ import main
from openai_org_usage.emulator.faults import Drop, GroupingRefused, Status
from openai_org_usage.emulator.faults.parser import read_plan
from openai_org_usage.emulator.stories import Story, StoryKind
from openai_org_usage.emulator.story_text import read_story
from openai_org_usage.installation import install_command


@pytest.mark.parametrize("library", ["starlette", "uvicorn"])
def test_without_the_extra_a_line_says_what_to_install(library: str) -> None:
    """`python -m` ends with the exit code of a missing extra, and no traceback; its help needs none."""
    script = f"import runpy, sys; sys.modules[{library!r}] = None; "
    script += "runpy.run_module('openai_org_usage.emulator', run_name='__main__', alter_sys=True)"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    started = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    helped = subprocess.run([*command, "--help"], env=environment, capture_output=True, check=False)

    assert (started.returncode, started.stdout, helped.returncode) == (28, "", 0)
    assert started.stderr == (
        f"error: the emulator needs {library}, which is not installed: {install_command('emulator')}\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_it_greets_and_stops_on_ctrl_c() -> None:
    """`python -m` prints how to reach it, obeys its options, and Ctrl-C ends it without a traceback."""
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "openai_org_usage.emulator"),
            *("--lookback-days=30", "--fault=1: Status(503)", "--projects=3"),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        greeting: list[str] = []
        for line in process.stdout:
            greeting.append(line)
            if "Ctrl-C" in line:
                break
        base_url, key = greeting[0].split()[-1], greeting[1].split()[-1]
        headers = {"authorization": f"Bearer {key}"}
        url = f"{base_url}/organization/costs?start_time=0"
        answers = [httpx.get(url, headers=headers, trust_env=False) for _ in range(2)]
        projects = httpx.get(
            f"{base_url}/organization/projects?include_archived=true", headers=headers, trust_env=False
        )
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)

    assert any("curl" in line for line in greeting)
    assert answers[0].status_code == 503
    assert answers[1].json()["error"]["code"] == "reporting_lookback_exceeded"
    assert len(projects.json()["data"]) == 3
    assert (process.returncode, errors) == (0, "")


def test_ctrl_c_while_it_greets_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may come at any moment from the first word on."""

    def press(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("openai_org_usage.emulator.__main__._greeting", press)
    main([])
    assert capsys.readouterr().out == "\nStopped.\n"


@pytest.mark.parametrize(
    ("faults", "reason"),
    [
        (["Statu(503)"], "there is no fault 'Statu' (did you mean Status"),
        (["Status(200)"], "Status(200): status is a whole number from 300 to 599, not 200"),
        (["0: Drop()"], "0 is no such number"),
        (["Drop()", "3: Stall()"], "Drop() is for every request and leaves none for other faults"),
        (["costs: 1: Drop()", "3: Stall()"], "for the same operation, not for several: all, costs"),
        (["cost: Drop()"], "did you mean 'costs'"),
        (["60%: Drop()", "60%: Stall()"], "the probabilities add up to 1.2"),
        (["exit()"], "there is no fault 'exit'"),
        (["1 + 1"], "not a fault: '1 + 1'"),
        (["Field('seconds', open('x'))"], "malformed node"),
    ],
)
def test_a_bad_fault_is_refused(faults: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2 and the reason, and nothing that is written there is run."""
    with pytest.raises(SystemExit) as caught:
        main([word for fault in faults for word in ("--fault", fault)])

    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


def test_faults_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with a sentence, on a line of its own."""
    assert main(["--faults"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in lines} >= {"Status", "Drop", "LookbackExceeded"}
    assert all(len(line.split()) > 4 for line in lines)


@pytest.mark.parametrize(
    ("story", "reason"),
    [
        ("flood from=2026-11-20", "there is no story of kind 'flood'; there are spike, step,"),
        ("spike amount=5", "a story begins on a day: add from=2026-11-20"),
        ("spike from=soon to=2026-11-22 amount=5", "'soon' is no day"),
        ("spike from=2026-11-20 to=2026-11-22 amount=x", "amount is a number, not 'x'"),
        ("spike from=2026-11-20 amount=5", "a story of kind 'spike' has a last day"),
        ("step from=2026-11-20 factor=2 modl=gpt-5", "a story has no 'modl=gpt-5'; it takes from, to,"),
        ("", "no story: ''; write such as"),
        ("step 'from", "no story: "),
    ],
)
def test_a_bad_story_is_refused(story: str, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, and what to write instead."""
    with pytest.raises(SystemExit):
        main(["--story", story])
    assert reason in capsys.readouterr().err


def test_a_story_is_read_as_it_is_written_in_python() -> None:
    """Blanks within a value are quoted as in a shell."""
    text = "spike from=2026-11-20 to=2026-11-22 amount=1500 project=proj_x key=key_x line_item='gpt-5, input'"
    assert read_story(text) == Story(
        kind=StoryKind.SPIKE,
        first_day=date(2026, 11, 20),
        last_day=date(2026, 11, 22),
        amount=1500,
        project_id="proj_x",
        api_key_id="key_x",
        line_item="gpt-5, input",
    )


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        (
            'costs: GroupingRefused("api_key_id")',
            FaultPlan(GroupingRefused("api_key_id"), operations="costs"),
        ),
        ("audio_speeches:2:Status(503)", FaultPlan({2: Status(503)}, operations="audio_speeches")),
        ("costs: 10%: Drop()", FaultPlan(probability={Drop(): 0.1}, operations="costs")),
        ("2: Drop()", FaultPlan({2: Drop()})),
    ],
)
def test_a_fault_may_be_of_one_operation(text: str, plan: FaultPlan) -> None:
    """Its name comes first; then which of its requests."""
    assert read_plan([text]) == plan


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("--port 80x", "--port is a whole number from 0 to 65535, not '80x'"),
        ("--port 70000", "--port is a whole number from 0 to 65535, not '70000'"),
        ("--seed x", "--seed is a whole number of at most 18 digits, not 'x'"),
        ("--restate-days 1.5", "--restate-days is a whole number from 0 to 99999, not '1.5'"),
        ("--restate-days=-1", "--restate-days is a whole number from 0 to 99999, not '-1'"),
        ("--lookback-days=-1", "--lookback-days is a whole number from 0 to 99999, not '-1'"),
        ("--late much", "--late is a share from 0 to 1, not 'much'"),
        ("--misplaced 1.5", "--misplaced is a share from 0 to 1, not '1.5'"),
        ("--late 0.6 --corrected 0.6", "late, corrected and misplaced are shares of one whole"),
        ("--projects 0", "--projects is a whole number from 1 to 100000, not '0'"),
        ("--keys many", "--keys is a whole number from 1 to 100000, not 'many'"),
        ("--latency soon", "--latency is a number of seconds from 0, less than a day, not 'soon'"),
    ],
)
def test_a_bad_number_is_refused(words: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, in words that people use."""
    with pytest.raises(SystemExit) as caught:
        main(words.split())

    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {complaint}\n")


@pytest.mark.parametrize(
    ("words", "restatements"),
    [
        ("--restate-days 3", Restatements(days=3, corrected=0, misplaced=0)),
        ("--late 0.2", Restatements(late=0.2, corrected=0, misplaced=0)),
        (
            "--corrected 0.1 --misplaced 1e-2 --restate-days 9",
            Restatements(days=9, late=0, corrected=0.1, misplaced=0.01),
        ),
    ],
)
def test_what_is_restated_is_said_in_words(
    words: str, restatements: Restatements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Late usage alone, or each kind in its share, for some days."""
    made: dict[str, object] = {}

    def make(**options: object) -> None:
        made.update(options)
        raise KeyboardInterrupt

    monkeypatch.setattr("openai_org_usage.emulator.Emulator", make, raising=False)
    with pytest.raises(KeyboardInterrupt):
        main(words.split())

    assert made["restatements"] == restatements
