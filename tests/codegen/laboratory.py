"""Pinning and generating hostile documents, and finding out what became of it."""

from __future__ import annotations

import ast
import contextlib
import io
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from codegen.__main__ import main
from codegen.tree import is_array, is_object
from codegen.trial import try_package

from . import toy
from .toy import Json
from .witness import Facts, Witness


@dataclass
class Counts:
    """What became of all documents."""

    verdicts: Counter[str] = field(default_factory=Counter[str])
    slowest: float = 0.0

    def __str__(self) -> str:
        total = sum(self.verdicts[key] for key in ("accepted", "refused"))
        parts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        return f"{total} documents: {parts}; the slowest took {self.slowest:.1f} s"


@dataclass
class Laboratory:
    """A folder with an old pin and an old package, which a refused document must not change."""

    folder: Path
    witness: Witness
    old_pin: str
    counts: Counts

    @property
    def canary(self) -> Path:
        """The file that is there if anything of a document was run."""
        return self.folder / "canary"

    @property
    def _pin(self) -> Path:
        return self.folder / "out" / "openapi.yaml"

    @property
    def _out(self) -> Path:
        return self.folder / "out" / "generated"

    def attempt(self, upstream: Json) -> Json | None:
        """Pin and generate `upstream`: the pin, or None if it was refused as it must be."""
        self._reset()
        source = toy.write(upstream, self.folder / "upstream.yaml")
        return self._finish(["pin", str(source), "--overlays", str(toy.OVERLAYS)])

    def attempt_pin(self, pinned: Json) -> Json | None:
        """Generate from `pinned`, as if someone had edited the pin."""
        self._reset()
        toy.write(pinned, self._pin)
        return self._finish()

    def facts(self) -> Facts:
        """What the package that was generated last says of itself."""
        facts = self.witness.facts(self._out)
        assert "error" not in facts, facts["error"]
        return facts

    def _try(self, folder: Path, name: str) -> None:
        """What `try_package` does, in a fork of a process that has all imported; if that fails, itself."""
        if "error" in self.witness.facts(folder):
            try_package(folder, name)

    def _reset(self) -> None:
        (self._out / "package").mkdir(parents=True, exist_ok=True)
        for path in sorted(self._out.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        self._pin.write_text(self.old_pin)
        (self._out / "inputs.json").write_text("{}")
        (self._out / "old.py").write_text("")

    def _finish(self, first: list[str] | None = None) -> Json | None:
        started = time.monotonic()
        pin = ["--pin", str(self._pin)]
        verdict = self._run([*first, *pin], self._out.parent) if first else True
        with mock.patch("codegen.generate.try_package", self._try):
            verdict = verdict and self._run(["generate", *pin, "--out", str(self._out)], self._out)
        self.counts.slowest = max(self.counts.slowest, time.monotonic() - started)
        self.counts.verdicts["accepted" if verdict else "refused"] += 1
        assert not self.canary.exists(), "something of the document was run"
        return yaml.load(self._pin.read_text(), yaml.CSafeLoader) if verdict else None

    def _run(self, arguments: list[str], kept: Path) -> bool:
        """Whether a command succeeds; where it does not, it says a sentence and leaves `kept` alone."""
        before = toy.contents(kept)
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(arguments)
        if code == 0:
            assert said.getvalue() == ""
            return True
        assert code == 1
        assert said.getvalue().startswith("error: ")
        assert said.getvalue().count("\n") == 1
        assert toy.contents(kept) == before
        self.counts.verdicts[f"refused by {arguments[0]}"] += 1
        return False


def check(pinned: Json, facts: Facts) -> None:
    """Compare what the package says with what the pin says: nothing is lost, renamed or rewritten."""
    assert facts["server"] == pinned["servers"][0]["url"]
    assert facts["provenance"] == {k: str(v) for k, v in pinned["x-provenance"]["upstream"].items()}
    schemas = pinned["components"]["schemas"]
    for path, item in pinned["paths"].items():
        said = item["get"]
        operation = facts["operations"][said.get("x-name") or path.rsplit("/", 1)[1]]
        _check_operation(said, operation, path)
        kind = "" if said["tags"] == ["Directory"] else "Result"
        _check_fields(operation["fields"], schemas[operation["model_stem"] + kind], schemas)
        same, is_sent, *of_rows = facts["pages"][operation["name"]]
        assert same
        assert is_sent
        if kind:
            rows, columns, record = of_rows
            assert rows == 1
            assert record == ["start_time", "end_time", *columns]
    for name, schema in schemas.items():
        _check_model(facts["models"][name], schema)


def strings_in(node: object) -> Iterator[str]:
    """Every text and key at and below `node`."""
    if isinstance(node, str):
        yield node
    elif is_object(node):
        for key, value in node.items():
            yield key
            yield from strings_in(value)
    elif is_array(node):
        for value in node:
            yield from strings_in(value)


def _check_operation(said: Json, found: Facts, path: str) -> None:
    assert (found["path"], found["operation_id"]) == (path, said["operationId"])
    assert (found["summary"], found["description"]) == (said["summary"], said["description"])
    tags = found.get("result_object", found.get("item_object")), said.get("x-result-object")
    assert tags[0] == (tags[1] or said["x-item-object"])
    assert found["arguments"] == [*(p["name"] for p in said["parameters"]), "extra_query"]
    assert _has_words(found["doc"], said["summary"].rstrip("."), said["description"])
    every = found["path_parameters"] + found["parameters"]
    for parameter, known in zip(said["parameters"], every, strict=True):
        schema = parameter["schema"]
        values: list[str] = schema.get("enum") or schema.get("items", {}).get("enum") or []
        assert known["name"] == parameter["name"]
        assert known["description"] == parameter["description"]
        assert known["allowed_values"] == values
        assert known["default"] == schema.get("default")
        assert known["format"] == (schema.get("format") or None)
        assert known["maximum"] == schema.get("maximum")
        assert {x["bucket_width"] for x in known["limits"]} == set(schema.get("x-limits", {}))
        assert _has_words(found["doc"], f"{parameter['name']}: {parameter['description']}")
        assert all(_has_words(found["doc"], f"`{value}`") for value in values)


def _check_fields(found: list[Facts], schema: Json, schemas: Json) -> None:
    assert [f["name"] for f in found] == list(schema["properties"])
    for fact in found:
        said = schema["properties"][fact["name"]]
        assert fact["description"] == said.get("description", "")
        assert fact["known_values"] == said.get("x-known-values", [])
        assert fact["format"] == (said.get("format") or None)
        assert fact["hidden"] == (said.get("x-hidden") is True)
        _check_fields(fact["fields"], _object_in(said, schemas), schemas)


def _object_in(said: Json, schemas: Json) -> Json:
    """The schema of the objects that `said` allows; none without."""
    for branch in (said, *said.get("oneOf", ()), said.get("items", {})):
        if "$ref" in branch:
            found: Json = schemas[branch["$ref"].rsplit("/", 1)[1]]
            return found if "$ref" in said or "oneOf" in said else _object_in(found, schemas)
    return {"properties": said.get("properties", {})}


def _check_model(found: Any, schema: Json) -> None:
    said = schema.get("properties", {})
    assert [
        name for name in found["fields"] if name not in ("_additional_properties", "unknown_results")
    ] == [*said]
    for name, child in said.items():
        assert _has_words(found["doc"], f"{name}: {child.get('description', '')}")
        if child.get("const"):
            kind = found["fields"][name].removesuffix(" | None")
            assert ast.literal_eval(kind.removeprefix("Literal")) == [child["const"]]


def _has_words(doc: str, *texts: str) -> bool:
    """Whether each of `texts` stands in `doc`, but for white space."""
    return all(" ".join(text.split()) in " ".join(doc.split()) for text in texts)
