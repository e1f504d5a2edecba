"""The one table of results, for the terminal and for RESULTS.md. Pure."""

from __future__ import annotations

from collections import Counter

from .verdicts import Judgement, RefereeFinding, ScoreSheet

_HEAD = ("referee", "what was asked", "checks", "findings")
_LONGEST_DETAIL = 1200


def table(judgement: Judgement) -> str:
    """All referees, one a line, as a Markdown table with its columns aligned."""
    rows = [_HEAD, *(_row(sheet, judgement) for sheet in judgement.sheets)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([lines[0], rule, *lines[1:]])


def details(judgement: Judgement) -> str:
    """What the table counts: findings without explanation, explained ones, entries without finding."""
    unexplained = [_unexplained(referee, finding) for referee, finding in judgement.unexplained]
    parts = [
        _section("Unexplained findings", unexplained),
        _section("Explained findings", _explanations(judgement)),
        _section(
            "Known findings that no longer occur: delete them from known.yaml",
            [f"- {entry.referee}: `{entry.finding}` ({entry.reason})" for entry in judgement.stale],
        ),
    ]
    return "\n\n".join(part for part in parts if part)


def markdown(judgement: Judgement, *, sources: list[str]) -> str:
    """RESULTS.md: the same for the same code, documents and referees."""
    told = "\n".join(f"- {line}" for line in sources)
    intro = "Made by `make referees`; docs/referees.md tells what each referee sees."
    return "\n\n".join(["# What the referees say", intro, told, table(judgement), details(judgement)]) + "\n"


def _row(sheet: ScoreSheet, judgement: Judgement) -> tuple[str, str, str, str]:
    explained = sum(referee == sheet.referee for referee, *_ in judgement.explained)
    unexplained = sum(referee == sheet.referee for referee, _ in judgement.unexplained)
    counts = [f"{unexplained} UNEXPLAINED"] * bool(unexplained) + [f"{explained} explained"] * bool(explained)
    found = f"skipped: {sheet.skipped}" if sheet.skipped else ", ".join(counts) or "none"
    return sheet.referee, sheet.asked, str(sheet.checks), found


def _unexplained(referee: str, finding: RefereeFinding) -> str:
    detail = "\n".join(f"      {line}" for line in finding.detail[:_LONGEST_DETAIL].splitlines())
    return f"- {referee}: {finding.subject} ({finding.count} times)" + (f"\n\n{detail}" if detail else "")


def _explanations(judgement: Judgement) -> list[str]:
    """One line for each entry: what it explained, of whom, and why it is no fault."""
    said: dict[str, Counter[str]] = {}
    for referee, _, entry in judgement.explained:
        said.setdefault(f"`{entry.finding}`: {entry.reason}", Counter())[referee] += 1
    return [f"- {', '.join(sorted(referees))}: {line}" for line, referees in said.items()]


def _section(title: str, lines: list[str]) -> str:
    return "\n".join([f"## {title}", "", *lines]) if lines else ""
