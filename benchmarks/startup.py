"""How long it takes to import the package, and to have a client that is ready for its first request."""

from __future__ import annotations

import sys

from .harness import run_in_turns
from .results_model import BenchmarkRun, Findings, Group, Series, Table, at_least

ROUNDS = 15
READY = "ready client, this package"
READY_OFFICIAL = "ready client, official SDK"
PROGRAMS = {
    "Python alone": "pass",
    "import, this package": "import openai_org_usage",
    "import, official SDK": "import openai",
    READY: "from openai_org_usage import UsageClient; UsageClient(admin_key='sk-admin-x')",
    READY_OFFICIAL: "from openai import OpenAI; OpenAI(api_key='sk-x', admin_api_key='sk-admin-x')",
}


def measure(session: BenchmarkRun) -> Findings:
    """Whole processes, from their start to their end."""
    commands = {name: (sys.executable, "-c", program) for name, program in PROGRAMS.items()}
    found = run_in_turns(commands, rounds=ROUNDS, say=session.say, pycache=session.folder / "pycache")
    return Findings(
        how="A fresh process each time, from its start to its end, the interpreter's own start included, "
        "with byte code in place as for installed packages.",
        tables=[_table(found)],
        bars=[
            at_least(
                5,
                "a ready client sooner than the official SDK's",
                slow=found[READY_OFFICIAL],
                fast=found[READY],
            )
        ],
    )


def _table(found: dict[str, Series]) -> Table:
    rows = tuple((name, *series.cells) for name, series in found.items())
    return Table("Start to end of a process", ("program", "median", "range"), rows)


GROUP = Group("startup", "Start-up", measure)
