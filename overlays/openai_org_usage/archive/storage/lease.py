"""The right to write for a while, written down in a file: for stores that know no locks of a process.

A writer puts its name there and how long that holds, and renews it while it works. Who finds a name that
has expired takes its place; so a killed writer keeps others out for a minute at most, and a clean end
takes the name away.

What this cannot do: pyarrow has no operation that writes only if nothing is there. Two writers that find no
name at the same moment both write theirs, and the later one has it; the other notices that where it reads
back: right after writing, at each renewal, and before each commit. So both commit only if one of them took
longer from looking to writing than the other took for all it had to read; or if one was stopped between its
last look and a write until its lease had expired. And the clocks of writers have to agree to some seconds.
"""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import socket
import threading
from collections.abc import Callable, Generator
from typing import Final, Protocol

import attrs
import msgspec

from ...errors import ArchiveError, ArchiveLockedError
from ...printable import clean
from .layout import LEASE

LEASE_SECONDS: Final = 60.0
"""How long a lease holds that is not renewed."""


class LeaseStore(Protocol):
    """What a lease is kept in."""

    @property
    def location(self) -> str: ...
    def read(self, path: str) -> bytes: ...
    def put(self, path: str, content: bytes) -> None: ...
    def remove(self, path: str) -> None: ...


@attrs.frozen
class LeaseHolder:
    """Who may write, and until when in Unix seconds."""

    name: str
    expires_at: float


class Lease:
    """The lease of one writer."""

    def __init__(self, store: LeaseStore, *, clock: Callable[[], float], seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._seconds = seconds
        self._name = f"process {os.getpid()} on {socket.gethostname()}, {secrets.token_hex(8)}"
        self._expires_at: float | None = None
        """Until when this writer may write; None if it does not, and long ago if it has lost the lease."""
        self._ended = threading.Event()

    @contextlib.contextmanager
    def held(self) -> Generator[None]:
        """Take the lease, and renew it while this lasts.

        Raises:
            ArchiveLockedError: another writer has it.
        """
        self._take()
        self._ended.clear()
        renewal = threading.Thread(target=self._renew, name="archive lease", daemon=True)
        try:
            renewal.start()
            yield
        finally:
            self._ended.set()
            if renewal.is_alive():
                renewal.join()
            self._give_back()

    def check(self) -> None:
        """Make sure that this writer has it still; nothing where it never had.

        Raises:
            ArchiveLockedError: it could not renew it in time, or another has taken it.
        """
        if self._expires_at is None:
            return
        holder = self._holder()
        if self._clock() >= self._expires_at or holder is None or holder.name != self._name:
            self._expires_at = -math.inf
            raise ArchiveLockedError(
                f"the lock of {self._store.location} was lost, as it was not renewed in time: "
                "nothing more was written"
            )

    def check_time(self) -> None:
        """As `check`, without asking the store."""
        if self._expires_at is not None and self._clock() >= self._expires_at:
            self.check()

    def _take(self) -> None:
        holder = self._holder()
        if holder is not None and holder.expires_at > self._clock():
            raise self._refusal(holder)
        self._write()
        winner = self._holder()
        if winner is None or winner.name != self._name:
            self._expires_at = None
            raise self._refusal(winner)

    def _write(self) -> None:
        expires_at = self._clock() + self._seconds
        content = msgspec.json.encode(attrs.asdict(LeaseHolder(self._name, expires_at)))
        self._store.put(LEASE, content)
        self._expires_at = expires_at

    def _renew(self) -> None:
        """Renew it until it is given back; after a failure it is tried again while the lease holds."""
        while not self._ended.wait(self._seconds / 3):
            with contextlib.suppress(ArchiveError):
                self.check()
                self._write()

    def _give_back(self) -> None:
        """Remove the file if it is this writer's; where that fails, it will expire."""
        with contextlib.suppress(ArchiveError):
            self.check()
            self._store.remove(LEASE)
        self._expires_at = None

    def _holder(self) -> LeaseHolder | None:
        """What is written there; None if nothing is, or nothing that can be read."""
        try:
            return msgspec.json.decode(self._store.read(LEASE), type=LeaseHolder)
        except (FileNotFoundError, msgspec.MsgspecError, UnicodeDecodeError):
            return None

    def _refusal(self, holder: LeaseHolder | None) -> ArchiveLockedError:
        who, left = "another process", self._seconds
        if holder is not None:
            who, left = clean(holder.name.partition(",")[0]), holder.expires_at - self._clock()
        return ArchiveLockedError(
            f"{self._store.location} is being written by {who}; if that was killed, its lock ends "
            f"in {max(1, round(left))} s"
        )


__all__ = ["LEASE_SECONDS", "Lease", "LeaseHolder"]
