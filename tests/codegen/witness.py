"""What a generated package says of itself, told by a process that imports it: the program and its user.

One process is started and has everything imported that packages need; each package is then imported
by a fork of it, so that thousands can be looked at.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

Facts = dict[str, Any]

_PROGRAM = dedent("""
    import importlib, inspect, json, os, pkgutil, sys
    import attrs, httpx, msgspec

    NAME = "openai_org_usage_generated"

    def plain(value):
        if attrs.has(type(value)):
            return {a.name: plain(getattr(value, a.name)) for a in attrs.fields(type(value))}
        return [plain(item) for item in value] if isinstance(value, tuple) else value

    def sample(annotation, models):
        if "Literal" in annotation:
            return eval(annotation.split(" | ")[0].removeprefix("Literal"))[0]
        for name, model in models.items():
            if annotation.startswith(f"list[{name}]"):
                return [body(model, models)]
            if annotation.split(" | ")[0] == name:
                return body(model, models)
        return {"int": 1, "str": "a", "bool": True, "Decimal": 1, "float": 1.5}.get(
            annotation.split(" | ")[0], [] if annotation.startswith("list") else {}
        )

    def body(model, models):
        fields = {a.name: a.type for a in attrs.fields(model) if a.metadata.get("wire", True)}
        return {name: sample(str(kind), models) for name, kind in fields.items()}

    def facts(folder):
        sys.path.insert(0, folder)
        package = importlib.import_module(NAME)
        modules = [m.name for m in pkgutil.walk_packages(package.__path__, NAME + ".")]
        loaded = {name: importlib.import_module(name) for name in modules}
        models = {
            name: value for name in package.models.__all__
            if isinstance(value := getattr(package, name), type) and issubclass(value, package.Model)
        }
        operations, pages = {}, {}
        for name, operation in [*package.OPERATIONS.items(), *package.DIRECTORY.items()]:
            endpoint = getattr(package, operation.endpoint_module)
            operations[name] = plain(operation) | {
                "doc": inspect.getdoc(endpoint.request), "module_doc": inspect.getdoc(endpoint),
                "arguments": list(inspect.signature(endpoint.request).parameters),
            }
            sent = body(operation.page_type, models)
            page = package.decode_page(operation.page_type, json.dumps(sent).encode(), operation=name)
            given = {p.name: ["a"] if p.type == "array" else {"integer": 1, "boolean": True}.get(p.type, "a")
                     for p in operation.parameters if not p.allowed_values}
            place = {p.name: "in/path" for p in operation.path_parameters}
            text = endpoint.request(**given, **place).url("https://a.example")
            is_sent = all(f"{parameter}=" in text for parameter in given)
            pages[name] = [page.to_dict() == sent, is_sent and text.count("in%2Fpath") == len(place)]
            if name in package.OPERATIONS:
                kind = operation.row_type
                rows = [row.to_record() for bucket in page.data for row in kind.of_bucket(bucket)]
                pages[name] += [len(rows), list(kind.columns()), [*rows[0]]]
        return {
            "server": package.SERVER_URL, "provenance": dict(package.PROVENANCE), "operations": operations,
            "pages": pages, "modules": modules,
            "models": {n: {"doc": inspect.getdoc(m), "fields": {a.name: str(a.type) for a in attrs.fields(m)}}
                       for n, m in models.items()},
        }

    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            try:
                said = json.dumps(facts(line.rstrip("\\n")), default=str)
            except BaseException as error:
                said = json.dumps({"error": f"{type(error).__name__}: {error}"})
            with os.fdopen(writing, "w") as pipe:
                pipe.write(said)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            said = pipe.read()
        os.waitpid(child, 0)
        print(said, flush=True)
""")


class Witness:
    """Looks at packages."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def facts(self, folder: Path) -> Facts:
        """What the package in `folder` says; `error` if it cannot be imported or used."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder}\n")
        self._process.stdin.flush()
        found: Facts = json.loads(self._process.stdout.readline())
        return found


@contextmanager
def witness() -> Generator[Witness]:
    """A witness, for as long as it is needed."""
    command = [sys.executable, "-I", "-B", "-c", _PROGRAM]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Witness(process)
        assert process.stdin is not None
        process.stdin.close()
