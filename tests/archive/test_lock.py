"""One writer at a time; one that is killed keeps nobody out, or not for long."""

from __future__ import annotations

import pytest

from openai_org_usage.archive.storage import open_storage
from openai_org_usage.errors import ArchiveLockedError


def test_a_second_writer_is_refused(location: str) -> None:
    """Until the first has ended, which leaves nothing behind."""
    first, second = open_storage(location), open_storage(location)

    with first.writer_lock():
        with pytest.raises(ArchiveLockedError, match="is being written by"), second.writer_lock():
            pass
        first.check_lock()
    with second.writer_lock():
        pass

    assert first.files() == []


def test_an_expired_lease_is_taken_over(s3_url: str) -> None:
    """The one who had it notices, and writes nothing more."""
    now = [1_000.0]
    first, second = (open_storage(s3_url, clock=lambda: now[0], lease_seconds=60) for _ in range(2))

    with first.writer_lock():
        now[0] += 61
        with second.writer_lock():
            with pytest.raises(ArchiveLockedError, match="was lost"):
                first.write("x", b"")
            with pytest.raises(ArchiveLockedError, match="was lost"):
                first.check_lock()
            second.write("x", b"")
