"""Reading an OpenAPI document: bytes from a file, a gzip file or a URL, then strict YAML.

YAML is read with libyaml (0.9 s for OpenAI's 3 MB; pure Python takes many times that) under the
YAML 1.2 core rules, so that a date or an `on` stays a string, and a key that stands twice in one
mapping is an error instead of a silent choice.
"""

from __future__ import annotations

import gc
import gzip
import re
import zlib
from collections.abc import Hashable
from pathlib import Path
from urllib.parse import urlsplit

import attrs
import yaml

from .errors import CodegenError
from .files import sha256
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


class _Loader(yaml.CSafeLoader):
    """YAML 1.2 core scalars; duplicate keys refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise CodegenError(f"a key that is no string in line {key.start_mark.line + 1}")
            if key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise CodegenError(
                        f"duplicate key {key.value!r} in line {key.start_mark.line + 1}: "
                        "the document contradicts itself; repair it or take another revision"
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _core_resolvers() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """How plain scalars are read, by their first character."""
    number = "-+.0123456789"
    core = (
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        ("int", r"[-+]?[0-9]+", list(number)),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list(number)),
        ("merge", r"<<", ["<"]),
    )
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, first in core:
        for character in first:
            rule = (f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"))
            resolvers.setdefault(character, []).append(rule)
    return resolvers


_Loader.yaml_implicit_resolvers = _core_resolvers()


def read_upstream(source: str, *, commit: str | None = None, date: str | None = None) -> Upstream:
    """Read the document at `source`, a path or an http(s) URL, plain or gzip'd.

    Commit and date are taken from the name where they stand in it (`…_2026-08-21_13c6a94fc.yaml`,
    `…/<commit>/openapi.yaml`) unless they are given.

    Raises:
        CodegenError: it cannot be read, or is not an OpenAPI document in strict YAML.
    """
    data = _decompressed(_bytes_of(source), source)
    name = source if _is_url(source) else Path(source).name.removesuffix(".gz")
    found = _NAME.search(name)
    if found:
        commit, date = commit or found["commit"], date or found["date"]
    elif _is_url(source) and (in_url := _COMMIT_IN_URL.search(source)):
        commit = commit or in_url[1]
    return Upstream(name, commit, date, sha256(data), parse(data, name))


def parse(data: bytes, name: str) -> Object:
    """The OpenAPI document in `data`; `name` is what errors call it."""
    if data.lstrip()[:1] == b"<":
        raise CodegenError(f"{name} is a web page (HTML), not an OpenAPI document: take its raw form")
    try:
        document = load_yaml(data.decode())
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise CodegenError(f"{name} is not YAML: {error}") from error
    except CodegenError as error:
        raise CodegenError(f"{name}: {error}") from None
    if not is_object(document) or "openapi" not in document:
        raise CodegenError(f"{name} is not an OpenAPI document: it has no `openapi` at its top")
    return document


def load_yaml(text: str) -> object:
    """Parse strict YAML 1.2 (core schema); a duplicate key raises CodegenError."""
    collecting = gc.isenabled()
    gc.disable()  # Half the time otherwise: 1.2 s for 3 MB instead of 0.6 s.
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of the safe loader
    finally:
        if collecting:
            gc.enable()


def _is_url(source: str) -> bool:
    return urlsplit(source).scheme in ("http", "https")


def _bytes_of(source: str) -> bytes:
    if _is_url(source):
        import httpx

        try:
            response = httpx.get(source, follow_redirects=True, timeout=60).raise_for_status()
        except httpx.HTTPError as error:
            raise CodegenError(f"cannot fetch {source}: {error}") from error
        return response.content
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise CodegenError(f"cannot read {source}: {error.strerror}") from error


def _decompressed(data: bytes, source: str) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise CodegenError(f"{source} is a damaged gzip file: {error}") from error
