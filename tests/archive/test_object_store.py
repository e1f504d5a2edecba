"""What an object store does at the wrong moment."""

from __future__ import annotations

import io
import logging
import signal
import time
from collections.abc import Callable

import attrs
import pytest

from openai_org_usage.archive.storage.object_store import ObjectStore
from openai_org_usage.archive.storage.storage import open_storage


@attrs.frozen
class FileInfo:
    """A file of a store."""

    size: int
    is_file: bool = True


class Stream(io.BytesIO):
    """A stream to an object or from one."""

    def size(self) -> int:
        """Bytes of the object."""
        return len(self.getvalue())


class InterruptedStream(Stream):
    """One to an object; Ctrl-C comes before anything is written to it."""

    def __init__(self, kept: list[bytes]) -> None:
        super().__init__()
        self._kept = kept

    def write(self, content: object) -> int:
        signal.raise_signal(signal.SIGINT)
        assert isinstance(content, bytes)
        return super().write(content)

    def close(self) -> None:
        self._kept.append(self.getvalue())
        super().close()


class ChangingStore:
    """A store in which an object is replaced while it is read, or which is left while it is written to.

    Attributes:
        kept: what was written.
    """

    def __init__(self, *versions: Callable[[], bytes]) -> None:
        self.kept: list[bytes] = []
        self._versions = list(versions)

    def open_input_file(self, path: str) -> Stream:
        """What is read of the version before the last."""
        return Stream(self._versions.pop(0)())

    def get_file_info(self, path: str) -> FileInfo:
        """The size of the last version."""
        return FileInfo(len(self._versions[0]()) if self._versions else 3)

    def open_output_stream(self, path: str) -> Stream:
        """A stream to an object."""
        return InterruptedStream(self.kept)


def store_of(file_system: ChangingStore) -> ObjectStore:
    """The storage there."""
    return ObjectStore(file_system, "bucket", location="s3://bucket", clock=time.time, lease_seconds=60)


def no_such_key() -> bytes:
    """As pyarrow says it where an object goes after it has been asked for its size."""
    raise OSError("When reading: AWS Error NO_SUCH_KEY during GetObject operation: does not exist")


def test_an_object_that_is_replaced_while_it_is_read() -> None:
    """Is read again: pyarrow would give the new one in the length of the old."""
    store = store_of(ChangingStore(lambda: b"lo", lambda: b"new"))

    assert store.read("x") == b"new"


def test_an_object_that_goes_while_it_is_read() -> None:
    """Is not found."""
    with pytest.raises(FileNotFoundError):
        store_of(ChangingStore(no_such_key)).read("x")


def test_an_interrupted_write_is_whole() -> None:
    """A stream that is left empty would put an empty object in the place of the one before."""
    file_system = ChangingStore()

    with pytest.raises(KeyboardInterrupt):
        store_of(file_system).write("x", b"whole")

    assert file_system.kept == [b"whole"]


def test_a_small_object_takes_one_request(s3_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """And leaves no parts of an upload with a killed writer."""
    storage = open_storage(s3_url)
    with caplog.at_level(logging.INFO, "werkzeug"):
        storage.write("x", b"content")

    writes = [line for line in caplog.messages if "/x" in line and "HEAD" not in line]
    assert len(writes) == 1
    assert "PUT" in writes[0]
