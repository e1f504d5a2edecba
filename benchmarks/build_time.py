"""`make pin` and `make generate`, beside what they cannot do without."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.regenerating.growth import published

from .harness import BIN, ROOT, run_in_turns
from .results_model import BenchmarkRun, Findings, Group, Series, Table, at_most, megabytes

ROUNDS = 3
SIZE = 3_000_000
"""What OpenAI's document has grown to, in bytes."""
GENERATE, STOCK = "make generate", "openapi-python-client, stock templates"
PIN, READ = "make pin", "reading the same document with PyYAML's C loader"
_READ = "import sys, yaml; yaml.load(open(sys.argv[1], 'rb'), Loader=yaml.CSafeLoader)"


def measure(session: BenchmarkRun) -> Findings:
    """The two commands as make runs them, and the least that could be done instead."""
    upstream = _upstream(session.folder)
    found = run_in_turns(
        _commands(session.folder, upstream),
        rounds=ROUNDS,
        say=session.say,
        pycache=session.folder / "pycache",
    )
    return Findings(
        how="Whole processes, which write into temporary folders. "
        f"The document to pin is {_kind()} of {megabytes(upstream.stat().st_size)}.",
        tables=[_table(found)],
        bars=[
            at_most(
                2, "generating takes as long as stock generation", slow=found[GENERATE], fast=found[STOCK]
            ),
            at_most(3, "pinning takes as long as reading the document", slow=found[PIN], fast=found[READ]),
        ],
    )


def _upstream(folder: Path) -> Path:
    """The file in the variable UPSTREAM; else the pin as OpenAI would publish it, among other paths."""
    if given := os.environ.get("UPSTREAM"):
        return Path(given)
    document = published()
    path = "/organization/costs"
    written = yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False)
    one = len(yaml.dump({path: document["paths"][path]}, Dumper=yaml.CSafeDumper))
    for number in range((SIZE - len(written)) // one):
        other = copy.deepcopy(document["paths"][path])
        other["get"]["operationId"] = f"other-{number}"
        document["paths"][f"/other/{number}"] = other
    file = folder / "upstream.yaml"
    file.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False))
    return file


def _kind() -> str:
    return "OpenAI's" if os.environ.get("UPSTREAM") else "a synthetic one (UPSTREAM=file takes OpenAI's)"


def _commands(folder: Path, upstream: Path) -> Mapping[str, list[str]]:
    codegen = [sys.executable, "-m", "codegen"]
    generator = [str(BIN / "openapi-python-client"), "generate", "--path", str(ROOT / "openapi.yaml")]
    return {
        GENERATE: [*codegen, "generate", "--out", str(folder / "generated")],
        STOCK: [*generator, "--meta", "none", "--overwrite", "--output-path", str(folder / "stock")],
        PIN: [*codegen, "pin", str(upstream), "--pin", str(folder / "openapi.yaml")],
        READ: [sys.executable, "-c", _READ, str(upstream)],
    }


def _table(found: Mapping[str, Series]) -> Table:
    rows = tuple((name, *series.cells) for name, series in found.items())
    return Table("Start to end of a process", ("command", "median", "range"), rows)


GROUP = Group("building", "Pinning and generating", measure)
