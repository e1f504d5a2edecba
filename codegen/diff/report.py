"""A comparison as text for people, as Markdown for pull requests, as JSON for programs.

People get once what several endpoints or fields share; JSON has one entry for each.
"""

from __future__ import annotations

import json
import textwrap
from collections import Counter

from ..spec_overlay import obsolete_lines
from .change import ApiChange
from .compare import DocumentComparison
from .entries import ReportEntry, entries
from .release import heaviest, next_version
from .rules import EFFECTS, Effect, Side


def as_text(comparison: DocumentComparison, *, version: str) -> str:
    """For people: a section for each class, the verdict on the last line."""
    lines = [f"from  {comparison.before.name}", f"to    {comparison.after.name}"]
    for effect, side, found in _sections(comparison):
        lines += ["", f"{effect}, {side}"]
        for entry in found:
            lines += _wrapped(f"  {entry.where(comparison)}: {entry.words}")
            lines += _wrapped(f"      in Python: {entry.python.replace('`', '')}")
    lines += [""] * bool(comparison.after.obsolete or comparison.after.notes)
    lines += obsolete_lines(comparison.after.obsolete)
    lines += [f"note: {note}" for note in comparison.after.notes]
    return "\n".join([*lines, "", verdict(comparison, version=version)])


def _wrapped(line: str) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()) + 6)
    return textwrap.wrap(line, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def as_markdown(comparison: DocumentComparison, *, version: str) -> str:
    """For pull requests and the changelog: a heading for each class, the verdict first."""
    lines = [
        f"`{comparison.before.name}` → `{comparison.after.name}`: {verdict(comparison, version=version)}."
    ]
    for effect, side, found in _sections(comparison):
        lines += ["", f"### {effect.capitalize()}, {side}", ""]
        for entry in found:
            lines.append(f"- {entry.where(comparison)}: {entry.words}. In Python: {entry.python}.")
    if comparison.after.obsolete:
        lines += ["", "### Corrections to delete", ""]
        lines += [f"- `{action.place}` {action.target}" for action in comparison.after.obsolete]
    return "\n".join(lines)


def as_json(comparison: DocumentComparison, *, version: str) -> str:
    """For programs: one entry for each change of each endpoint."""
    effect = heaviest(comparison.changes)
    content = {
        "from": comparison.before.name,
        "to": comparison.after.name,
        "class": effect or "nothing",
        "version": {"current": version, "suggested": next_version(version, effect)},
        "changes": [_change_as_json(change) for change in comparison.changes],
        "obsolete": [
            {"place": action.place, "target": action.target} for action in comparison.after.obsolete
        ],
        "notes": list(comparison.after.notes),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _change_as_json(change: ApiChange) -> dict[str, object]:
    return {
        "class": change.effect,
        "side": change.side,
        "kind": change.kind,
        "endpoint": change.endpoint,
        "subject": change.subject,
        "before": change.before,
        "after": change.after,
        "python": change.python.replace("`", ""),
    }


def verdict(comparison: DocumentComparison, *, version: str) -> str:
    """The class of it all and the version that follows, in one line."""
    effect = heaviest(comparison.changes)
    if effect is None:
        return f"nothing changes for callers: {version} stays"
    counts = Counter(change.effect for change in comparison.changes)
    numbers = ", ".join(f"{counts[effect]} {effect}" for effect in EFFECTS if counts[effect])
    return f"{effect} ({numbers}): {version} should be followed by {next_version(version, effect)}"


def _sections(comparison: DocumentComparison) -> list[tuple[Effect, Side, list[ReportEntry]]]:
    """The entries by class and side, the heaviest first; empty sections are left out."""
    sections: dict[tuple[Effect, Side], list[ReportEntry]] = {}
    for entry in entries(comparison.changes):
        sections.setdefault((entry.first.effect, entry.first.side), []).append(entry)
    ordered = sorted(sections, key=lambda key: (EFFECTS.index(key[0]), key[1]))
    return [(*key, sections[key]) for key in ordered]
