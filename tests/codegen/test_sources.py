"""Reading upstream documents: where from, in which form, and what is refused."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from codegen.document import read_upstream
from codegen.errors import CodegenError
from codegen.strict_yaml import load_yaml

DOCUMENT = b"openapi: 3.1.0\ninfo: {version: 2024-12-04, title: on}\n"
PACKED = gzip.compress(DOCUMENT * 50, mtime=0)


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The base URL of a loopback server of `tmp_path`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "data"), [("a.yaml", DOCUMENT), ("a.yaml.gz", gzip.compress(DOCUMENT, mtime=0))]
)
def test_a_file_reads_the_same_plain_and_packed(tmp_path: Path, name: str, data: bytes) -> None:
    """Source and hash are those of the document itself, whatever folder and packing it came in."""
    (tmp_path / name).write_bytes(data)

    upstream = read_upstream(str(tmp_path / name))

    assert upstream.source == "a.yaml"
    assert upstream.sha256 == hashlib.sha256(DOCUMENT).hexdigest()
    assert upstream.document == {"openapi": "3.1.0", "info": {"version": "2024-12-04", "title": "on"}}
    assert (upstream.commit, upstream.date) == (None, None)


@pytest.mark.parametrize("name", ["openapi.yaml", "openapi.yaml.gz"])
def test_a_url_is_fetched(server: str, tmp_path: Path, name: str) -> None:
    """A URL gives the same document; the commit is read from its path."""
    folder = tmp_path / "13c6a94fcafe"
    folder.mkdir()
    (folder / name).write_bytes(gzip.compress(DOCUMENT) if name.endswith(".gz") else DOCUMENT)

    upstream = read_upstream(f"{server}/13c6a94fcafe/{name}")

    assert upstream.source == f"{server}/13c6a94fcafe/{name}"
    assert upstream.sha256 == hashlib.sha256(DOCUMENT).hexdigest()
    assert upstream.commit == "13c6a94fcafe"


@pytest.mark.parametrize(
    ("name", "commit", "date"),
    [
        ("02_2024-12-04_c2ff29b03.yaml", "c2ff29b03", "2024-12-04"),
        ("2024-12-04_c2ff29b03.yaml", "c2ff29b03", "2024-12-04"),
        ("2024-12-04_c2ff29b03", "c2ff29b03", "2024-12-04"),
        ("2024-12-04.yaml", None, None),
        ("2024-12-04_nothexad.yaml", None, None),
        ("c2ff29b03.yaml", None, None),
    ],
)
def test_commit_and_date_come_from_the_name(
    tmp_path: Path, name: str, commit: str | None, date: str | None
) -> None:
    """A file named DATE_COMMIT says both; other names say neither."""
    (tmp_path / name).write_bytes(DOCUMENT)

    upstream = read_upstream(str(tmp_path / name))

    assert (upstream.commit, upstream.date) == (commit, date)


def test_what_is_given_wins_over_the_name(tmp_path: Path) -> None:
    """Commit and date as arguments are not overruled by a name that says otherwise."""
    path = tmp_path / "2024-12-04_c2ff29b03.yaml"
    path.write_bytes(DOCUMENT)

    upstream = read_upstream(str(path), commit="abcdef0", date="2025-01-01")

    assert (upstream.commit, upstream.date) == ("abcdef0", "2025-01-01")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<!DOCTYPE html><html>", "a.yaml is a web page (HTML)"),
        (b"\n  <html>", "a.yaml is a web page (HTML)"),
        (b"openapi: [3.1.0", "a.yaml is not YAML"),
        (b"openapi: 3.1.0\n--- \nopenapi: 3.1.0", "a.yaml: a second document begins in line 2"),
        (b"\xff\xfe\x00openapi", "a.yaml is not YAML"),
        (b"", "a.yaml is not an OpenAPI document"),
        (b"- openapi", "a.yaml is not an OpenAPI document"),
        (b"swagger: '2.0'", "a.yaml is not an OpenAPI document: it has no `openapi`"),
        (b"openapi: 3.1.0\ninfo:\n  a: 1\n  b: 2\n  a: 3\n", "a.yaml: duplicate key 'a' in line 5"),
        (b"openapi: 3.1.0\n? [a]\n: b\n", "a.yaml: a key that is no string in line 2"),
        (PACKED[:-5], "a.yaml is a damaged gzip file"),
        (PACKED[:-8] + b"\0" * 8, "a.yaml is a damaged gzip file"),
        (PACKED[:12] + b"\xff" * 20 + PACKED[32:], "a.yaml is a damaged gzip file"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    """Each kind of wrong file has an error that names the file and what is wrong."""
    path = tmp_path / "a.yaml"
    path.write_bytes(data)

    with pytest.raises(CodegenError) as caught:
        read_upstream(str(path))

    assert message in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A path that leads nowhere is an error that says so."""
    with pytest.raises(CodegenError, match=r"cannot read .*gone\.yaml: No such file"):
        read_upstream(str(tmp_path / "gone.yaml"))


def test_a_url_that_fails_is_named(server: str) -> None:
    """A status other than 200 is an error with the URL and the status."""
    with pytest.raises(CodegenError, match=rf"cannot fetch {server}/gone\.yaml: .*404"):
        read_upstream(f"{server}/gone.yaml")


def test_a_server_that_is_not_there_is_named() -> None:
    """A refused connection is an error with the URL."""
    with pytest.raises(CodegenError, match=r"cannot fetch http://127\.0\.0\.1:1/a\.yaml: "):
        read_upstream("http://127.0.0.1:1/a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-12-04", "2024-12-04"),
        ("on", "on"),
        ("NO", "NO"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("true", True),
        ("~", None),
        ("-7", -7),
        ("1.5e3", 1500.0),
        ("'7'", "7"),
    ],
)
def test_scalars_follow_yaml_1_2(text: str, value: object) -> None:
    """Dates, `on` and `NO` are strings, not what YAML 1.1 made of them."""
    assert load_yaml(text) == value
