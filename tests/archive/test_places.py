"""Where an archive cannot be, in words that say why, without a secret."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from openai_org_usage import Archive
from openai_org_usage.archive.storage.journal import Journal
from openai_org_usage.archive.storage.storage import Storage, open_storage
from openai_org_usage.errors import ArchiveError

from ..contract.profiles import LONG

ACCESS, SECRET, TOKEN = "AKIACANARY", "canary/secret+key", "canary-session-token"
QUOTED = "canary%2Fsecret%2Bkey"


class Refusal(BaseHTTPRequestHandler):
    """An object store that knows no credentials, and repeats them."""

    def answer(self) -> None:
        body = (
            f"<Error><Code>InvalidAccessKeyId</Code><Message>no {ACCESS} {SECRET}</Message></Error>".encode()
        )
        self.send_response(403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing_store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """The same, asked with credentials that nobody should see."""
    pytest.importorskip("pyarrow.fs")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        options = f"scheme=http&endpoint_override=127.0.0.1:{server.server_port}&region=us-east-1"
        yield open_storage(f"s3://{ACCESS}:{QUOTED}@bucket/usage?{options}")
        server.shutdown()


for method in ("DELETE", "GET", "HEAD", "POST", "PUT"):
    setattr(Refusal, f"do_{method}", Refusal.answer)


def attempts(storage: Storage) -> Iterator[str]:
    """The message of each operation that fails."""
    for attempt in (
        lambda: storage.read("x"),
        lambda: storage.write("x", b""),
        lambda: storage.place("x", "y"),
        lambda: storage.remove("x"),
        lambda: storage.remove_folder("x"),
        lambda: storage.size("x"),
        storage.sizes,
        lambda: storage.writer_lock().__enter__(),
    ):
        with pytest.raises(ArchiveError) as caught:
            attempt()
        assert caught.value.__cause__ is None
        yield str(caught.value)


def test_a_store_that_refuses(refusing_store: Storage) -> None:
    """What it said is in the message, and no credential."""
    for message in attempts(refusing_store):
        assert message.startswith("s3://bucket/usage cannot be ")
        assert "ACCESS_DENIED" in message or "INVALID_ACCESS_KEY_ID" in message
        assert not any(canary in message for canary in (ACCESS, SECRET, QUOTED))


def test_a_bucket_that_is_not_there(s3_url: str) -> None:
    """Is not made."""
    storage = open_storage(s3_url.replace("@bucket", "@no-bucket"))

    with pytest.raises(ArchiveError, match="NO_SUCH_BUCKET"), storage.writer_lock():
        pass


@pytest.mark.skipif(not LONG, reason="it takes six seconds until pyarrow gives up")
def test_a_store_that_cannot_be_reached() -> None:
    """As the last attempt said."""
    storage = open_storage("s3://a:b@bucket/usage?scheme=http&endpoint_override=127.0.0.1:1&region=x")

    with pytest.raises(ArchiveError, match=r"NETWORK_CONNECTION.* connect to server"):
        storage.read("x")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (f"s3://{ACCESS}:{SECRET}@bucket/usage", "s3://bucket/usage"),
        (f"s3://{ACCESS}:{QUOTED} @bucket/usage", "s3://bucket/usage"),
        (f"s3://[{ACCESS}:{QUOTED}@bucket/usage", "s3://bucket/usage"),
        (f"s3://bucket/usage?token={TOKEN}", "s3://bucket/usage"),
        (
            f"abfss://container:{QUOTED}@account.dfs.core.windows.net/usage?sas={TOKEN}",
            "abfss://account.dfs.core.windows.net/container/usage",
        ),
        (f"ftp://{ACCESS}:{QUOTED}@host/usage", "ftp://host/usage"),
        (f"s3://{ACCESS}#{SECRET}@bucket/usage", "s3://…"),
        (f"s3://user:{ACCESS}?{SECRET}@bucket/usage", "s3://…"),
        (f"s3://[bucket/usage?token=a@{TOKEN}", "s3://…"),
    ],
)
def test_a_url_of_which_nothing_can_be_made(url: str, shown: str) -> None:
    """Is named without what may be secret in it."""
    pytest.importorskip("pyarrow.fs")
    with pytest.raises(ArchiveError, match="cannot be opened") as caught:
        Archive(url)

    assert shown in str(caught.value)
    frames = [frame for frame in caught.traceback if Path(frame.path) != Path(__file__)]
    seen = [str(caught.value), *(repr(frame.frame.f_locals) for frame in frames)]
    assert not any(canary in text for canary in (ACCESS, SECRET, QUOTED, TOKEN) for text in seen)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("scheme", ["s3:", "s3:/", "S3:/", "gs:/", "abfss:/", "http:/", "file:/"])
def test_a_url_with_a_slash_too_few(scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not taken for a folder, whose name would hold a secret; one may have a colon, or a drive."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArchiveError, match=r"begins a URL with \w+:// only") as caught:
        open_storage(f"{scheme}{ACCESS}:{SECRET}@bucket/usage")

    assert ACCESS not in str(caught.value)
    assert SECRET not in str(caught.value)
    for folder in ("usage:2026", "a/b:/c", "c:/usage"):
        assert open_storage(folder).location == folder


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Which is said before anything is read."""
    (tmp_path / "usage").write_text("")

    with pytest.raises(ArchiveError, match="usage is a file, and an archive is a folder"):
        open_storage(tmp_path / "usage")
    with pytest.raises(ArchiveError, match="none was given"):
        open_storage("")
    with pytest.raises(ArchiveError, match=r"cannot be written: .*embedded null"):
        open_storage(tmp_path / "a\0b").write("x", b"")


def test_a_folder_of_something_else(storage: Storage) -> None:
    """Is not written to. Hidden files are not counted, as those of file managers."""
    storage.write(".DS_Store", b"")
    with storage.writer_lock():
        pass
    storage.write("photos/cat.jpg", b"")

    with (
        pytest.raises(ArchiveError, match=r"\A\S+ is no archive, and is not empty: give"),
        storage.writer_lock(),
    ):
        pass
    storage.write("manifest.json", b"")
    with storage.writer_lock():
        pass


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Because a file is in its way."""
    (tmp_path / "file").write_text("")
    storage = open_storage(tmp_path / "file" / "usage")

    with pytest.raises(ArchiveError, match="file/usage cannot be written: not a directory"):
        storage.writer_lock().__enter__()


def test_a_folder_of_the_system() -> None:
    """Nothing can be written there, whoever asks."""
    if not Path("/proc/self").is_dir():
        pytest.skip("the system has no /proc")

    with pytest.raises(ArchiveError, match="/proc/usage cannot be written: "):
        open_storage("/proc/usage").writer_lock().__enter__()


def test_a_full_disk(tmp_path: Path) -> None:
    """Is what it says."""
    if not Path("/dev/full").exists():
        pytest.skip("the system has no /dev/full")
    (tmp_path / "full").symlink_to("/dev/full")

    with pytest.raises(ArchiveError, match="cannot be written: no space left on device"):
        open_storage(tmp_path).write("full", b"content")


def test_no_room_for_a_file(tmp_path: Path) -> None:
    """The archive is as it was, and nothing new takes up room."""
    resource = pytest.importorskip("resource")
    storage = open_storage(f"file://{tmp_path}")
    Journal(storage).commit({"a": b"old", "b": b"old"})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(ArchiveError, match="cannot be written: file too large"):
            Journal(storage).commit({"a": b"new", "b": bytes(1001)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert storage.sizes() == {"a": 3, "b": 3}
    assert storage.read("a") == b"old"
