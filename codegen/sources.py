"""The bytes of a document: from a file or a URL, plain or gzip'd, never more than a document needs."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from .errors import CodegenError

MAX_BYTES = 24 * 2**20
"""Of a document, decompressed; OpenAI's has 3 MB."""
_PATIENCE = 120
"""Seconds for a whole download."""


def is_url(source: str) -> bool:
    """Whether `source` is an http(s) URL."""
    return source.lower().startswith(("http://", "https://"))


def read_bytes(source: str) -> bytes:
    """The document at the path or URL `source`, decompressed.

    Raises:
        CodegenError: it cannot be read, or is larger than any document.
    """
    if not is_url(source):
        return _decompressed(read_file(Path(source)), source)
    try:
        parts = urlsplit(source)
        is_whole = bool(parts.hostname)
    except ValueError as error:
        raise CodegenError(f"the URL cannot be read: {error}") from error
    if not is_whole or parts.username is not None or parts.password is not None:
        raise CodegenError("the URL has credentials in it, or no host: write https://host/path")
    return _decompressed(_fetched(source), source)


def read_file(path: Path) -> bytes:
    """All bytes of the file at `path`."""
    try:
        with path.open("rb") as file:
            return _joined([file.read(MAX_BYTES + 1)], str(path))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CodegenError(f"cannot read {path}: {why}") from error


def _fetched(url: str) -> bytes:
    import httpx

    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=60) as response:
            response.raise_for_status()
            return _joined(_in_time(response.iter_bytes(), url), url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CodegenError(f"cannot fetch {url}: {error}") from error


def _in_time(chunks: Iterable[bytes], url: str) -> Iterator[bytes]:
    end = time.monotonic() + _PATIENCE
    for chunk in chunks:
        if time.monotonic() > end:
            raise CodegenError(f"cannot fetch {url}: it took more than {_PATIENCE} s")
        yield chunk


def _decompressed(data: bytes, source: str) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return _joined(_inflated(data), source)
    except (zlib.error, EOFError) as error:
        raise CodegenError(f"{source} is a damaged gzip file: {error}") from error


def _inflated(data: bytes) -> Iterator[bytes]:
    """The pieces of a gzip file, which may have several members."""
    while data:
        inflater = zlib.decompressobj(wbits=31)
        while not inflater.eof:
            piece = inflater.decompress(data, 2**20)
            data = inflater.unconsumed_tail
            if not piece and not inflater.eof:
                raise EOFError("it ends too early")
            yield piece
        data = inflater.unused_data.lstrip(b"\0")


def _joined(pieces: Iterable[bytes], source: str) -> bytes:
    whole = bytearray()
    for piece in pieces:
        whole += piece
        if len(whole) > MAX_BYTES:
            raise CodegenError(f"{source} is larger than {MAX_BYTES // 2**20} MiB: it is no API's document")
    return bytes(whole)
