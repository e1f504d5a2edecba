"""Every output of the command that texts of the API, or of the command line, can come to."""

from __future__ import annotations

from collections.abc import Sequence

from .server import Server, lumps
from .strings import marked

_START = ["--start-time", "2026-11-19", "--end-time", "2026-11-20"]
_COSTS = ["costs", *_START, "--group-by", "line_item"]
_LONG_AGO = ["costs", "--start-time", "2026-01-01", "--end-time", "2026-11-20"]
_USAGE = ["completions", *_START, "--group-by", "model"]
_MONTH = ["report", "--no-names", "--top", "500"]
_ARGUABLE = [text for text in marked() if "\0" not in text]
"""What can be an argument at all."""

Words = Sequence[str]


def outputs(server: Server) -> dict[str, list[Words]]:
    """The commands of each output; together they show every text."""
    rows, spends, unknown = (["--base-url", server.url(world)] for world in ("rows", "spends", "unknown"))
    refused = [["--base-url", server.url(f"refused-{number}")] for number in range(len(lumps()))]
    owners = [["--base-url", server.url(f"owners-{number}")] for number in range(0, len(lumps()), 3)]
    cursors = [["--base-url", server.url(f"cursors-{number}")] for number in range(len(lumps()))]
    tags = [["--base-url", server.url(f"tags-{number}")] for number in range(len(lumps()))]
    ago = ["--base-url", server.url("lookback-0")]
    columns = ["--columns", "line_item,project_id,quantity_unit,amount_currency,additional_properties"]
    retries = ["--max-retries", str(len(lumps())), "--concurrency", "1"]
    failing = [*_USAGE, "--base-url", server.url("failing"), *retries, "--verbose"]
    few = ["--max-retries", "0"]
    return {
        "table": [[*_COSTS, *rows, *columns], [*_USAGE, *rows], [*_COSTS, *rows]],
        "table, --totals": [[*_COSTS, *rows, "--totals"], [*_USAGE, *rows, "--totals"]],
        "table, --sort": [[*_COSTS, *rows, *columns, "--sort=-amount_value"]],
        "table of unknown kinds": [[*_COSTS, *unknown, "--columns", "object,additional_properties"]],
        "csv": [[*_COSTS, *rows, "--format", "csv"], [*_COSTS, *unknown, "--format", "csv"]],
        "csv, --totals": [[*_COSTS, *rows, "--format", "csv", "--totals"]],
        "csv, --csv-safe": [[*_COSTS, *rows, "--csv-safe"]],
        "csv to the device": [[*_COSTS, *rows, "--format", "csv", "-o", "/dev/stdout"]],
        "json": [[*_COSTS, *rows, "--format", "json"], [*_USAGE, *unknown, "--format", "json"]],
        "ndjson": [[*_COSTS, *rows, "--format", "ndjson"]],
        "--raw": [[*_COSTS, *rows, "--raw"], [*_USAGE, *rows, "--raw"]],
        "report": [[*_MONTH, *spends], *([*_MONTH, *each] for each in owners)],
        "report in markdown": [[*_MONTH, *each, "--format", "markdown"] for each in (spends, *owners)],
        "report in json": [[*_MONTH, *each, "--format", "json"] for each in (spends, *owners)],
        "report in html": [[*_MONTH, *each, "--format", "html"] for each in (spends, owners[0])],
        "budget": [["budget", "--limit", "5", *each, *spends] for each in ([], ["--format", "json"])],
        "doctor": [["doctor", *each, *few] for each in (*refused, unknown)],
        "doctor in json": [["doctor", *each, *few, "--format", "json"] for each in (refused[0], unknown)],
        "errors": [[*_COSTS, *each] for each in refused],
        "errors of cursors": [[*_COSTS, *each, "--concurrency", "1"] for each in cursors],
        "errors of tags": [[*_COSTS, *each] for each in tags],
        "errors, --debug": [[*_COSTS, *each, "--debug"] for each in refused],
        "--verbose: retries, pages, request ids": [failing],
        "--dry-run": [[*_COSTS, "--dry-run", *_options("--project-ids")]],
        "arguments that are wrong": [["costs", *_START, *tags[0], *each] for each in _wrong()],
        "commands given as remedies": [[*_LONG_AGO, *ago, *_options("--project-ids")]],
        "files that cannot be written": [[*_COSTS, *rows, "-o", f"/nowhere/{''.join(_ARGUABLE)[:200]}.csv"]],
    }


def _options(name: str) -> list[str]:
    return [word for text in _ARGUABLE for word in (name, text)]


def _wrong() -> list[list[str]]:
    """Each text as a value that an option refuses, as an option, and as a format."""
    everything = "".join(_ARGUABLE)
    return [
        ["--start-time", everything],
        ["--bucket-width", everything],
        ["--format", everything],
        ["--columns", everything],
        ["--timeout", everything],
        [f"--{everything}"],
        [everything],
        ["--group-by", everything],
        ["-o", everything[:200]],
        ["--base-url", f"http://{everything}"],
        ["--month", everything],
        ["--extra-query", everything],
    ]
