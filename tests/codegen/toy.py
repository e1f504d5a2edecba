"""The toy documents of the fixtures folder: as values to edit, as files to pin, as pins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from codegen.document import parse, read_upstream
from codegen.pin import Pin, make_pin
from codegen.tree import is_array, is_object

Json = dict[str, Any]

FIXTURES = Path(__file__).parent / "fixtures"
OVERLAYS = FIXTURES / "overlays"
STYLES = ("old", "new")
COMPLETIONS = "/organization/usage/completions"
COSTS = "/organization/costs"
SEARCHES = "/organization/usage/web_search_calls"
KEYS = "/organization/projects/{project_id}/api_keys"


def path_of(style: str) -> Path:
    """The file of the toy document in `style`, old or new."""
    return FIXTURES / f"{style}_style.yaml"


def toy(style: str = "new") -> Json:
    """The toy document in `style`, to edit."""
    return read(path_of(style))


def read(path: Path) -> Json:
    """The YAML document in `path`, to edit."""
    return parse(path.read_bytes(), path.name)


def write(document: Json, path: Path) -> Path:
    """Write `document` to `path` as YAML."""
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def pin_of(document: Json, folder: Path, *, overlays: Path = OVERLAYS) -> Pin:
    """What pinning makes of `document`; `folder` is where it is written to be read."""
    return make_pin(read_upstream(str(write(document, folder / "upstream.yaml"))), overlays=overlays)


def schemas(pin: Pin) -> Json:
    """The schemas of `pin`."""
    document: Json = pin.document
    found: Json = document["components"]["schemas"]
    return found


def paths(pin: Pin) -> Json:
    """The paths of `pin`."""
    document: Json = pin.document
    found: Json = document["paths"]
    return found


def operation(pin: Pin, path: str) -> Json:
    """The operation of `pin` at `path`."""
    found: Json = paths(pin)[path]["get"]
    return found


def write_overlay(folder: Path, *actions: object, name: str = "toy", narrowed: bool = False) -> Path:
    """Write an overlay with `actions` into `folder`, which is returned."""
    folder.mkdir(exist_ok=True)
    content: Json = {"overlay": "1.0.0", "info": {"title": "Toy", "version": "1"}, "actions": list(actions)}
    write(content | ({"x-applies-to": "narrowed"} if narrowed else {}), folder / f"{name}.overlay.yaml")
    return folder


def objects_below(node: object) -> Iterator[Json]:
    """Every object at or below `node`."""
    if is_object(node):
        yield node
    children = list(node.values()) if is_object(node) else node if is_array(node) else []
    for child in children:
        yield from objects_below(child)


def contents(folder: Path) -> dict[str, bytes]:
    """All files below `folder`, less what importing leaves there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def get(document: Json, path: str) -> Json:
    """The operation at `path`."""
    operation: Json = document["paths"][path]["get"]
    return operation


def properties(document: Json, schema: str) -> Json:
    """The properties of `schema`."""
    found: Json = document["components"]["schemas"][schema]["properties"]
    return found
