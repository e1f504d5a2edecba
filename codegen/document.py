"""Reading an OpenAPI document: where it came from, and what it says."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import attrs

from .errors import CodegenError
from .files import sha256
from .sources import is_url, read_bytes
from .strict_yaml import NotYamlError, load_yaml
from .tree import Object, is_object

_NAME = re.compile(r"(?:^|_)(?P<date>\d{4}-\d\d-\d\d)_(?P<commit>[0-9a-f]{7,40})(?=\.|$)")
_COMMIT_IN_URL = re.compile(r"/([0-9a-f]{7,40})/")


@attrs.frozen
class Upstream:
    """One upstream document and where it came from."""

    source: str
    """File name (without folder and `.gz`) or URL."""
    commit: str | None
    date: str | None
    """Date of that commit, YYYY-MM-DD."""
    sha256: str
    """Of the document's bytes, decompressed."""
    document: Object


def read_upstream(source: str, *, commit: str | None = None, date: str | None = None) -> Upstream:
    """Read the document at `source`, a path or an http(s) URL, plain or gzip'd.

    Commit and date are taken from the name where they stand in it (`…_2026-08-21_13c6a94fc.yaml`,
    `…/<commit>/openapi.yaml`) unless they are given.

    Raises:
        CodegenError: it cannot be read, or is not an OpenAPI document in strict YAML.
    """
    data = read_bytes(source)
    name = _without_query(source) if is_url(source) else Path(source).name.removesuffix(".gz")
    found = _NAME.search(name)
    if found:
        commit, date = commit or found["commit"], date or found["date"]
    elif is_url(source) and (in_url := _COMMIT_IN_URL.search(source)):
        commit = commit or in_url[1]
    return Upstream(name, commit, date, sha256(data), parse(data, name))


def parse(data: bytes, name: str) -> Object:
    """The OpenAPI document in `data`; `name` is what errors call it.

    Raises:
        CodegenError: it is none in strict YAML, or larger or deeper than any.
    """
    if data.lstrip()[:1] == b"<":
        raise CodegenError(f"{name} is a web page (HTML), not an OpenAPI document: take its raw form")
    try:
        document = load_yaml(data.decode())
    except UnicodeDecodeError as error:
        raise CodegenError(f"{name} is not YAML: {error.reason} at byte {error.start}") from error
    except NotYamlError as error:
        raise CodegenError(f"{name} is not YAML: {error}") from error
    except CodegenError as error:
        raise CodegenError(f"{name}: {error}") from None
    if not is_object(document) or "openapi" not in document:
        raise CodegenError(f"{name} is not an OpenAPI document: it has no `openapi` at its top")
    return document


def _without_query(url: str) -> str:
    """`url` as it may be recorded: a query often holds a token."""
    return urlsplit(url)._replace(query="", fragment="").geturl()
