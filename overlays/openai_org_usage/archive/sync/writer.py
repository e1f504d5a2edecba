"""Who writes to an archive: one process at a time, and in it one commit after the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import ExitStack, contextmanager
from threading import RLock

from ...errors import ArchiveLockedError, DuplicateOrganizationError
from ..manifest import MANIFEST, ArchiveManifest, decode_manifest, encode_manifest
from ..storage.journal import Journal
from ..storage.layout import refuse_lost_manifest
from ..storage.storage import Storage


class ArchiveWriter:
    """Writes to one archive, for all threads that do so through the same `Archive`.

    The first of them takes the lock, and the last gives it back.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._journal = Journal(storage)
        self._mutex = RLock()
        self._organizations: dict[str, str | None] = {}
        """Those that are being written of, each by a thread, with the id that it has claimed."""
        self._held = ExitStack()
        self._written: bytes | None = None
        self._is_current = False
        """Whether that is what the manifest has: after an error nobody knows whether the change counts."""
        self._committed: ArchiveManifest | None = None
        """What stands in `_written`, for the next commit; None if it has to be decoded."""
        self._sizes: Mapping[str, int] | None = None
        """The files that were there when that was last asked; None since something was written."""

    @contextmanager
    def begun(
        self, organization: str, *, remake: Callable[[], Mapping[str, bytes]] | None = None
    ) -> Generator[None]:
        """Within this, nobody else writes of `organization`, and no other process at all.

        Args:
            organization: as it is called in the archive.
            remake: gives the files to write where the manifest is lost; without it that is an error.

        Raises:
            ArchiveLockedError: another process writes, or another thread of that organization.
            ArchiveError: there is another thing than an archive.
        """
        with self._mutex:
            if organization in self._organizations:
                raise ArchiveLockedError(
                    f"{self.storage.location}: {organization} is being synced by another thread"
                )
            if not self._organizations:
                self._begin(remake)
            self._organizations[organization] = None
        try:
            yield
        finally:
            with self._mutex:
                del self._organizations[organization]
                if not self._organizations:
                    self._held.close()

    def claim(self, id: str, *, organization: str) -> None:
        """Have `organization`, which has begun and had no id, be the only one with `id`.

        Raises:
            DuplicateOrganizationError: another one has it, or a thread has claimed it for another.
        """
        with self._mutex:
            kept = {name: state.id for name, state in self.manifest.organizations.items()}
            claimed = self._organizations
            others = [name for name, other in (*kept.items(), *claimed.items()) if other == id]
            if others:
                known = others[0]
                raise DuplicateOrganizationError(
                    f"the key is of the organization {id}, which is kept as {known}, and as {organization} "
                    f"it would count twice: sync it as {known}, or give {organization} a key of its own",
                    kept_as=known,
                )
            claimed[organization] = id

    @property
    def manifest(self) -> ArchiveManifest:
        """A copy of the manifest; it is empty where there is no archive yet."""
        with self._mutex:
            if not self._is_current:
                self._load()
            if self._written is None:
                return ArchiveManifest()
            return decode_manifest(self._written, location=self.storage.location)

    def sizes(self) -> Mapping[str, int]:
        """Bytes of all files, by path, for one that has begun: several organizations ask at the same time."""
        with self._mutex:
            if self._sizes is None:
                self._sizes = self.storage.sizes()
            return self._sizes

    def commit(
        self,
        change: Callable[[ArchiveManifest], object],
        *,
        files: Mapping[str, bytes] | None = None,
        removed: Collection[str] = (),
    ) -> int:
        """Write `files` and a manifest with `change`, all or nothing; how many files that are."""
        with self._mutex:
            manifest, self._committed = self._committed or self.manifest, None
            change(manifest)
            content = encode_manifest(manifest)
            new = dict(files or {})
            if content != self._written:
                new[MANIFEST] = content
            if new or removed:
                self._is_current, self._sizes = False, None
                self._journal.commit(new, removed=removed)
            self._written, self._is_current, self._committed = content, True, manifest
            return len(new)

    def _begin(self, remake: Callable[[], Mapping[str, bytes]] | None) -> None:
        with ExitStack() as held:
            held.enter_context(self.storage.writer_lock())
            if remake is not None:
                self._journal.recover()
                self._journal.commit(remake())
            self._load()
            self._held = held.pop_all()

    def _load(self) -> None:
        """Read the manifest, once what a writer before has begun is brought to its end."""
        self._journal.recover()
        self._written = self._committed = self._sizes = None
        try:
            content = self.storage.read(MANIFEST)
        except FileNotFoundError:
            refuse_lost_manifest(self.storage.location, self.storage.sizes())
        else:
            decode_manifest(content, location=self.storage.location)
            self._written = content
        self._is_current = True


__all__ = ["ArchiveWriter"]
