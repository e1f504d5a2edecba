"""Organizations that an archive keeps under two names, as older versions let it: sums count them twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .manifest import ArchiveManifest


def duplicate_notes(manifest: ArchiveManifest, *, of: str | None = None) -> Iterator[str]:
    """A sentence about each organization with several names; with `of`, only if that is one of them. Pure."""
    names: defaultdict[str, list[str]] = defaultdict(list)
    for name, state in manifest.organizations.items():
        if state.id is not None:
            names[state.id].append(name)
    for id, several in names.items():
        if len(several) > 1 and of in (None, *several):
            yield (
                f"{' and '.join(sorted(several))} are the same organization, {id}, so sums over all count it "
                "twice: sync --set-aside NAME takes one of them out"
            )


__all__ = ["duplicate_notes"]
