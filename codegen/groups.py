"""The groups of paths that are pinned, as overlays/spec/paths.yaml names them.

In the pin a group is the tag of its operations, which is also how openapi-python-client comes to give
each a folder of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

from .errors import CodegenError
from .files import ROOT
from .sources import read_file
from .strict_yaml import load_yaml
from .tree import Object, array_at, is_object, text_at

PATHS = ROOT / "overlays" / "spec" / "paths.yaml"

USAGE = "Usage"
"""The tag of what answers with pages of time buckets."""
DIRECTORY = "Directory"
"""The tag of what answers with lists of projects, users and keys."""
TAGS = (USAGE, DIRECTORY)


@functools.cache
def pinned_paths(file: Path = PATHS) -> Mapping[str, tuple[str, str]]:
    """For each path or pattern in `file`, the tag of its group and the name of its client method.

    Raises:
        CodegenError: it does not name the paths of these groups.
    """
    content = load_yaml(read_file(file).decode())
    groups = content if is_object(content) else {}
    if sorted(groups) != sorted(tag.lower() for tag in TAGS):
        raise CodegenError(f"{file.name} has other groups than {', '.join(tag.lower() for tag in TAGS)}")
    found: dict[str, tuple[str, str]] = {}
    for tag in TAGS:
        paths = groups[tag.lower()]
        for path, name in (paths if is_object(paths) else {}).items():
            if not isinstance(name, str) or path.endswith("/*") != (name == "*"):
                raise CodegenError(f"{file.name}: {path} has no name for its client method")
            found[path] = tag, name
    return found


def group_of(path: str) -> tuple[str, str] | None:
    """The tag and the name of the client method of `path`, None where it is not pinned."""
    paths = pinned_paths()
    above, _, segment = path.rpartition("/")
    if path in paths:
        return paths[path]
    if segment and f"{above}/*" in paths:
        return paths[f"{above}/*"][0], segment
    return None


def method_name(path: str, operation: Object) -> str:
    """The name of the client method of the pinned `operation` at `path`."""
    return text_at(operation, "x-name") or path.rsplit("/", 1)[1]


def is_list(operation: Object) -> bool:
    """Whether the pinned `operation` answers with a list of items, not with time buckets."""
    return array_at(operation, "tags") == [DIRECTORY]
