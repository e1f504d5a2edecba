"""What an archive has of a table at a moment, and what the organization itself says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from random import Random

import attrs

from openai_org_usage.archive.archive import Archive
from openai_org_usage.archive.archive_table import ArchiveTable
from openai_org_usage.archive.manifest import MANIFEST, TableState

from .contents import Contents, Noted, archived, partitions, pulled, restated
from .simulated_organization import DAY, SimulatedOrganization

RESTATEMENTS = "restatements"
_ANEW = 0.1
"""How often all is pulled again, and not only what may have changed."""


@attrs.frozen
class Moment:
    """What an archive has of a table at a moment."""

    contents: Contents
    noted: Noted
    files: Mapping[str, bytes]
    state: TableState


@attrs.frozen
class Observer:
    """Looks at an archive in `folder`, where an organization is kept as `name`, and at the organization."""

    organization: SimulatedOrganization
    archive: Archive
    folder: Path
    name: str = attrs.field(kw_only=True)
    dice: Random = attrs.field(kw_only=True)
    counts: Counter[str] = attrs.field(kw_only=True)
    _settled: dict[ArchiveTable, Contents] = attrs.field(init=False, factory=dict[ArchiveTable, Contents])

    def look(self, table: ArchiveTable) -> Moment:
        """What the archive has of a table, by a glob; how far it has been read, by the manifest."""
        files = partitions(self.folder, table.name, organization=self.name)
        noted = partitions(self.folder, RESTATEMENTS, organization=self.name)
        state = TableState()
        if (self.folder / MANIFEST).exists():
            state = self.archive.manifest().state(self.name, table.name)
        return Moment(archived(files, table), restated(noted.values(), table), files, state)

    def truth(self, table: ArchiveTable, *, start: int) -> Contents:
        """All that the organization says of a table as of now, whether the API has forgotten it or not.

        What was settled when it was pulled is not pulled again each time.
        """
        known = self._settled.get(table) or Contents(table, {})
        anew = self.dice.random() < _ANEW or not known.buckets or min(known.buckets) > start
        since = start if anew else max(start, max(known.buckets) + table.seconds)
        recent = pulled(self.organization.whole, table, start=since)
        whole = recent if anew else Contents(table, {**known.buckets, **recent.buckets})
        settled = self.organization.now - self.organization.days * DAY
        self._settled[table] = whole.among(lambda bucket: bucket + table.seconds <= settled)
        self.counts["rows pulled again"] += recent.rows
        return whole.among(lambda bucket: bucket >= start)
