"""`python -m referees`: ask all referees, print one table, and fail on what is not explained."""

from __future__ import annotations

import json
import logging
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType

import attrs

from codegen.files import ROOT, write_atomically
from codegen.tree import object_at
from openai_org_usage.emulator import Emulator
from openai_org_usage.terminal.commands import run_command
from openai_org_usage.terminal.parsers import KeylessParser

from .documents import Contract, newest_upstream, the_pin, upstream_subset
from .fuzz import judge_as_it_stands, judge_narrowed
from .mock_walks import judge_by_mock
from .mocks import Prism, Steady
from .official import judge_by_official_sdk
from .pages import judge_by_axe
from .questions import NOW
from .readers import ServerAddress
from .report import details, markdown, table
from .spreadsheets import judge_by_libreoffice
from .traffic import record, shortened
from .validators import judge_by_openapi_core, judge_by_prism_proxy
from .verdicts import Judgement, ScoreSheet, judge, read_known, skipped
from .walks import judge_by_other_clients

_OF_THE_PIN = ("official", "clients", "page", "spreadsheets")
"""Those that are asked about what is ours, whatever upstream says."""

RESULTS = Path(__file__).with_name("RESULTS.md")
GROUPS = ("official", "clients", "mocks", "schemathesis", "traffic", "page", "spreadsheets")


@attrs.frozen
class Assignment:
    """What the referees are asked about."""

    contract: Contract
    server: ServerAddress
    folder: Path


Referee = tuple[str, Callable[[Assignment], list[ScoreSheet]]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask; returns 0 if every finding is explained, else 1."""
    parser = KeylessParser(prog="python -m referees", description=__doc__)
    parser.add_argument("--upstream", help="file or URL of OpenAI's document; default: the one at hand")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=GROUPS, help="only these referees")
    options = parser.read(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)  # As with Ctrl-C: on the way out every process is ended.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # Not of requests that are no HTTP.
    known = read_known()
    source: str | None = options.upstream or newest_upstream()
    judgement = judge(list(_sheets(source, options.only)), known)
    print(f"\n{table(judgement)}\n\n{details(judgement)}")
    if set(options.only) == set(GROUPS):
        write_atomically(RESULTS, markdown(judgement, sources=_sources(source)))
    return _status(judgement)


def _sheets(source: str | None, only: Sequence[str]) -> Iterator[ScoreSheet]:
    """The sheets of all referees, by the pin and by upstream."""
    pin = the_pin()
    upstream = upstream_subset(source)[0] if source else None
    with Emulator(now=lambda: NOW) as emulator, tempfile.TemporaryDirectory() as folder:
        server = ServerAddress(emulator.base_url, emulator.admin_key)
        for group, referee in _REFEREES:
            for contract in (pin, upstream):
                if group not in only or (group in _OF_THE_PIN and contract is not pin):
                    continue
                if contract is None:
                    yield skipped(f"{group} on upstream", asked="nothing", why="no upstream document")
                    continue
                yield from _asked(group, referee, Assignment(contract, server, Path(folder)))


def _asked(
    group: str, referee: Callable[[Assignment], list[ScoreSheet]], assignment: Assignment
) -> list[ScoreSheet]:
    """The sheets of a referee; one that fails has found something, too."""
    name = f"{group} on {assignment.contract.name}"
    print(f"{name} ...", end=" ", flush=True)
    began = time.monotonic()
    try:
        sheets = referee(assignment)
    except Exception as error:
        sheet = ScoreSheet(name, asked="nothing, it did not get that far")
        sheet.object(f"failed: {type(error).__name__}", traceback.format_exc()[-1000:])
        sheets = [sheet]
    checks, findings = sum(s.checks for s in sheets), sum(len(s.findings) for s in sheets)
    print(f"{checks} checks, {findings} findings, {time.monotonic() - began:.0f} s", flush=True)
    return sheets


def _official(assignment: Assignment) -> list[ScoreSheet]:
    return [judge_by_official_sdk(assignment.contract, assignment.server)]


def _clients(assignment: Assignment) -> list[ScoreSheet]:
    return judge_by_other_clients(assignment.contract, assignment.server, folder=assignment.folder)


def _mocks(assignment: Assignment) -> list[ScoreSheet]:
    return [
        judge_by_mock(mock, assignment.contract, folder=assignment.folder) for mock in (Prism(), Steady())
    ]


def _schemathesis(assignment: Assignment) -> list[ScoreSheet]:
    judges = [judge_as_it_stands] * (assignment.contract.name == "pin") + [judge_narrowed]
    return [each(assignment.contract, assignment.server, folder=assignment.folder) for each in judges]


def _traffic(assignment: Assignment) -> list[ScoreSheet]:
    records = record(assignment.contract, assignment.server)
    if assignment.contract.name == "upstream":
        records = shortened(records)
    judges = (judge_by_openapi_core, judge_by_prism_proxy)
    return [each(assignment.contract, records, folder=assignment.folder) for each in judges]


def _page(assignment: Assignment) -> list[ScoreSheet]:
    return [judge_by_axe(folder=assignment.folder)]


def _spreadsheets(assignment: Assignment) -> list[ScoreSheet]:
    return judge_by_libreoffice(folder=assignment.folder)


_REFEREES: tuple[Referee, ...] = (
    ("official", _official),
    ("clients", _clients),
    ("mocks", _mocks),
    ("schemathesis", _schemathesis),
    ("traffic", _traffic),
    ("page", _page),
    ("spreadsheets", _spreadsheets),
)


def _status(judgement: Judgement) -> int:
    checks = sum(sheet.checks for sheet in judgement.sheets)
    verdict = "accepted" if judgement.accepted else "NOT accepted"
    print(f"\n{verdict}: {checks} checks, {len(judgement.unexplained)} unexplained findings")
    return 0 if judgement.accepted else 1


def _sources(upstream: str | None) -> list[str]:
    """What judged, and by what, in versions."""
    node = object_at(json.loads((ROOT / "referees" / "package.json").read_text()), "dependencies")
    lines = (ROOT / "referees" / "requirements.txt").read_text().splitlines()
    python = [line for line in lines if line.startswith(("openapi-core=", "schemathesis="))]
    document = Path(upstream).name if upstream else "none"
    sdk = f"openai=={version('openai')}"
    return [f"Upstream: {document}", sdk, *(f"{name}@{exact}" for name, exact in node.items()), *python]


def _end(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    raise SystemExit(run_command(main, debug=True))
