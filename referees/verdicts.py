"""What a referee was asked and what it found, and which findings are known. Pure.

A finding is told from others by its subject, which is the same in every run; the values that
differ are in its detail. A known finding that no longer occurs is reported, lest the list rot.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import attrs

from codegen.strict_yaml import load_yaml
from codegen.tree import is_array, member, text_at

KNOWN = Path(__file__).with_name("known.yaml")


class KnownFindingsError(Exception):
    """The list of known findings cannot be used; the message names the entry."""


@attrs.frozen
class RefereeFinding:
    """One thing that a referee objects to, however often it did."""

    subject: str
    detail: str
    """How to see it again: the first occurrence."""
    count: int


class ScoreSheet:
    """What one referee was asked, how many checks it made, and what it found."""

    def __init__(self, referee: str, *, asked: str) -> None:
        self.referee = referee
        self.asked = asked
        self.checks = 0
        self.skipped = ""
        """Why the referee was not asked; empty if it was."""
        self._findings: dict[str, RefereeFinding] = {}

    def expect(self, holds: bool, subject: str, detail: str = "") -> bool:
        """Count one check; where it does not hold, note the finding. Returns `holds`."""
        self.checks += 1
        if not holds:
            self.object(subject, detail)
        return holds

    def object(self, subject: str, detail: str = "") -> None:
        """Note a finding; the detail of the first one of each subject is kept."""
        found = self._findings.get(subject, RefereeFinding(subject, detail, 0))
        self._findings[subject] = attrs.evolve(found, count=found.count + 1)

    @property
    def findings(self) -> list[RefereeFinding]:
        """What was found, in the order of first occurrence."""
        return list(self._findings.values())


@attrs.frozen
class Known:
    """A finding that is explained: regular expressions for the referee and for the whole subject."""

    referee: str
    finding: str
    reason: str
    by_chance: bool = False
    """Whether it occurs in some runs only, as what is asked is drawn."""

    def explains(self, referee: str, finding: RefereeFinding) -> bool:
        """Whether this entry is about that finding of that referee."""
        return self.is_about(referee) and re.fullmatch(self.finding, finding.subject) is not None

    def is_about(self, referee: str) -> bool:
        """Whether this entry speaks of that referee."""
        return re.fullmatch(self.referee, referee) is not None


@attrs.frozen
class Judgement:
    """All sheets with their findings told apart."""

    sheets: tuple[ScoreSheet, ...]
    explained: tuple[tuple[str, RefereeFinding, Known], ...]
    """Referee, finding, and the first entry that explains it."""
    unexplained: tuple[tuple[str, RefereeFinding], ...]
    stale: tuple[Known, ...]
    """Entries about referees that were asked and no longer find that."""

    @property
    def accepted(self) -> bool:
        """Whether nothing is unexplained, and at least one referee was asked anything."""
        return not self.unexplained and any(sheet.checks for sheet in self.sheets)


def judge(sheets: Sequence[ScoreSheet], known: Sequence[Known]) -> Judgement:
    """Tell the findings of all `sheets` apart by the list of `known` ones."""
    explained: list[tuple[str, RefereeFinding, Known]] = []
    unexplained: list[tuple[str, RefereeFinding]] = []
    for sheet in sheets:
        for finding in sheet.findings:
            entry = next((e for e in known if e.explains(sheet.referee, finding)), None)
            if entry is None:
                unexplained.append((sheet.referee, finding))
            else:
                explained.append((sheet.referee, finding, entry))
    used = {entry for *_, entry in explained}
    asked = [sheet.referee for sheet in sheets if not sheet.skipped]
    unused = [e for e in known if e not in used and not e.by_chance]
    stale = [e for e in unused if any(e.is_about(referee) for referee in asked)]
    return Judgement(tuple(sheets), tuple(explained), tuple(unexplained), tuple(stale))


def read_known(path: Path = KNOWN) -> list[Known]:
    """The declared findings.

    Raises:
        KnownFindingsError: an entry is incomplete, double, or no regular expression.
    """
    entries = load_yaml(path.read_text(encoding="utf-8"))
    if not is_array(entries):
        raise KnownFindingsError(f"{path.name} is a list of entries: referee, finding, reason")
    known = [_entry(entry, number) for number, entry in enumerate(entries, 1)]
    for number, entry in enumerate(known, 1):
        if entry in known[: number - 1]:
            raise KnownFindingsError(f"entry {number} of {path.name} stands there twice")
    return known


def _entry(entry: object, number: int) -> Known:
    referee, finding, reason = (text_at(entry, key).strip() for key in ("referee", "finding", "reason"))
    if not (referee and finding and reason):
        raise KnownFindingsError(f"entry {number} needs a referee, a finding and a reason")
    for pattern in (referee, finding):
        try:
            re.compile(pattern)
        except re.error as error:
            raise KnownFindingsError(f"entry {number}: {pattern!r} is no pattern: {error}") from error
    return Known(referee, finding, reason, by_chance=member(entry, "by_chance") is True)


def skipped(referee: str, *, asked: str, why: str) -> ScoreSheet:
    """The sheet of a referee that could not be asked."""
    sheet = ScoreSheet(referee, asked=asked)
    sheet.skipped = why
    return sheet
