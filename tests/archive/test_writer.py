"""One writer of an organization, and a manifest that is what has been written."""

from __future__ import annotations

from pathlib import Path

import pytest

from openai_org_usage import ArchiveError, ArchiveLockedError, ArchiveTable
from openai_org_usage.archive.manifest import ArchiveManifest
from openai_org_usage.archive.storage.local_folder import LocalFolder
from openai_org_usage.archive.storage.storage import open_storage
from openai_org_usage.archive.sync.sync_result import SyncProgress
from openai_org_usage.archive.sync.writer import ArchiveWriter

from .world import World, client_of_organization


def test_after_an_error_the_manifest_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The change may count all the same; the next one, of another thread, does not undo it."""
    writer = ArchiveWriter(open_storage(tmp_path))

    def refuse(*_: object) -> None:
        raise ArchiveError("the disk is gone")

    def define(manifest: ArchiveManifest, name: str) -> None:
        manifest.define([ArchiveTable.of("costs", name=name)])

    with writer.begun("one"), writer.begun("two"):
        with monkeypatch.context() as patch:
            patch.setattr(LocalFolder, "place", refuse)
            with pytest.raises(ArchiveError, match="the disk is gone"):
                writer.commit(lambda manifest: define(manifest, "first"), files={"a": b"1"})
        writer.commit(lambda manifest: define(manifest, "second"), files={"b": b"2"})
        kept = [writer.storage.read("a"), writer.storage.read("b")]
        names = list(writer.manifest.tables)
    assert (kept, names) == ([b"1", b"2"], ["first", "second"])


def test_an_organization_is_synced_by_one_thread_at_a_time(world: World) -> None:
    """Another one is refused, whatever it asks for; another organization is not."""

    def again(progress: SyncProgress) -> None:
        if progress.organization == "default":
            world.archive.sync(other, organization="other", tables=["vector_stores"], since="1d", names=False)
            world.sync("images")

    with (
        client_of_organization("org-other", world.clock) as other,
        pytest.raises(ArchiveLockedError, match="default is being synced by another thread"),
    ):
        world.sync("vector_stores", since="2d", on_progress=again)
    assert list(world.archive.manifest().organizations) == ["other"]
