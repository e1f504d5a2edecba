"""Referee 3: schemathesis makes up requests to our emulator by a document, and judges the answers.

Twice by the pin: as it stands, with requests that have to be refused among them; and narrowed to
requests that have to be accepted, since no document says that an ID is not empty, that the end is
after the start or that a cursor comes from an answer. Once by upstream, narrowed alike.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

from codegen.subset import operations, schema_of
from codegen.tree import Object, array_at, object_at, objects_in, text_at

from .documents import Contract
from .processes import PYTHON_TOOLS, RefereeError, log_path, run
from .questions import DAY, MIDNIGHT
from .readers import ServerAddress
from .verdicts import ScoreSheet

_EXAMPLES = 100
"""Requests that are made up for each operation in the fuzzing phase; the others have their own count."""
_SECONDS = 300
_CURSORS = ("page", "after")
_PROJECT = "proj_data_science"
"""One that the emulator has, and that is not archived."""
_LONGEST = 31
"""Buckets on a page: what every width allows."""


def judge_as_it_stands(contract: Contract, server: ServerAddress, *, folder: Path) -> ScoreSheet:
    """Requests good and bad. What is good by the document alone may be refused all the same."""
    sheet = ScoreSheet(
        f"schemathesis on {contract.name}",
        asked="our emulator: no crash, documented statuses and schemas, bad requests refused",
    )
    options = ["--exclude-checks", "positive_data_acceptance"]
    return _run(sheet, contract.write(folder), server, options)


def judge_narrowed(contract: Contract, server: ServerAddress, *, folder: Path) -> ScoreSheet:
    """Requests that are good by the document and by what it leaves unsaid: each is to be answered."""
    sheet = ScoreSheet(
        f"schemathesis on {contract.name}, narrowed",
        asked="our emulator: good requests are answered, by the schema",
    )
    return _run(sheet, narrowed(contract).write(folder), server, ["--mode", "positive"])


def narrowed(contract: Contract) -> Contract:
    """A copy in which only what every server accepts is allowed: no cursors, no empty or unknown IDs."""
    document = copy.deepcopy(contract.document)
    for operation in operations(document).values():
        parameters = objects_in(operation, "parameters")
        operation["parameters"] = [each for each in parameters if text_at(each, "name") not in _CURSORS]
        for parameter in objects_in(operation, "parameters"):
            schema = schema_of(document, object_at(parameter, "schema"), at="a parameter")
            _narrow(text_at(parameter, "name"), schema)
    return Contract(f"{contract.name}-narrowed", document)


def _narrow(name: str, schema: Object) -> None:
    if name == "project_id":
        schema["enum"] = [_PROJECT]
    bounds = {
        "start_time": (MIDNIGHT - 3 * DAY, MIDNIGHT - 2 * DAY),
        "end_time": (MIDNIGHT - DAY, MIDNIGHT),
        "limit": (1, _LONGEST),
    }
    if name in bounds:
        schema["minimum"], schema["maximum"] = bounds[name]
    items = object_at(schema, "items")
    if items and "enum" not in items:
        items["minLength"] = 1
    if items:
        schema["maxItems"] = max(3, len(array_at(items, "enum")))


def _run(sheet: ScoreSheet, document: Path, server: ServerAddress, options: list[str]) -> ScoreSheet:
    log = re.sub(r"\W+", "-", sheet.referee)
    report = log_path(log).with_suffix(".json")
    report.unlink(missing_ok=True)
    status = run(_command(document, server, report) + options, log=log, timeout=_SECONDS)
    if not report.is_file():
        tail = log_path(log).read_text(encoding="utf-8", errors="replace")[-2000:]
        raise RefereeError(f"schemathesis ended with status {status} and no report:\n{tail}")
    _read(json.loads(report.read_text(encoding="utf-8")), sheet, log_path(log))
    return sheet


def _command(document: Path, server: ServerAddress, report: Path) -> list[str]:
    return [
        *(str(PYTHON_TOOLS / "schemathesis"), "run", str(document), "--url", server.base_url),
        *("--header", f"Authorization: Bearer {server.admin_key}"),
        *("--phases", "coverage,fuzzing", "--checks", "all", "--continue-on-failure"),
        *("--max-examples", str(_EXAMPLES), "--seed", "1"),
        *("--generation-deterministic", "--no-color"),
        *("--report", "json", "--report-json-path", str(report)),
    ]


def _read(report: object, sheet: ScoreSheet, log: Path) -> None:
    """Count its test cases as checks, and its failures as findings, one for each operation."""
    sheet.checks += int(text_or_number(report, "test_cases", "generated"))
    output = log.read_text(encoding="utf-8", errors="replace")
    for failure in objects_in(report, "failures"):
        for operation in array_at(failure, "operations"):
            subject = f"{operation}: {text_at(failure, 'code')} {text_at(failure, 'title')}"
            sheet.object(subject, _section(output, str(operation)))
    for error in objects_in(report, "errors"):
        sheet.object(f"error: {text_at(error, 'title') or error}", str(error))


def text_or_number(node: object, *keys: str) -> str:
    """The text or number below `node` at `keys`, as text; "0" where there is none."""
    return str(object_at(node, *keys[:-1]).get(keys[-1], 0))


def _section(output: str, operation: str) -> str:
    """What the log says of an operation, shortened."""
    found = re.search(rf"(?ms)^_+ {re.escape(operation)} _+\n(.*?)(?=^_{{5,}}|^={{5,}})", output)
    return found[1].strip()[:1500] if found else ""
