"""`make pin`: an upstream document becomes `openapi.yaml`, the contract that everything stands on."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import attrs
import yaml

from .admission import admit, check_size
from .document import Upstream
from .errors import CodegenError
from .files import ROOT, sha256, write_atomically
from .groups import method_name
from .narrow import narrow
from .normalise import contradicted_limits, normalise
from .spec_overlay import OverlayReport, apply_overlay, obsolete_lines, read_overlays
from .subset import operations, take_subset
from .tree import Object, as_object, escape, is_array, is_object, member, object_at, objects_in, text_at, walk

OVERLAYS = ROOT / "overlays" / "spec"

_HEADER = """\
Made by `make pin`; do not edit. Change overlays/spec/ and pin again.

A subset of OpenAI's published OpenAPI document (github.com/openai/openai-openapi, MIT licence,
copyright OpenAI): the facts are upstream's, corrected and completed by overlays/spec/; the
sentences are this project's own.
"""


@attrs.frozen
class Pin:
    """What pinning made of an upstream document."""

    text: str
    document: Object
    report: OverlayReport
    notes: tuple[str, ...]

    def summary(self) -> list[str]:
        """What there is to say of it, in lines."""
        report = self.report
        return [
            f"{len(operations(self.document))} operations; overlay actions: {report.applied} applied, "
            f"{len(report.obsolete)} obsolete, {len(report.not_applicable)} not for this revision",
            *obsolete_lines(report.obsolete),
            *(f"note: {note}" for note in self.notes),
        ]


def make_pin(upstream: Upstream, *, overlays: Path = OVERLAYS, validate: bool = True) -> Pin:
    """The pinned document for `upstream`. Depends on nothing but the arguments.

    Validating takes longer than all else; a document that is only looked at can do without.

    Raises:
        CodegenError: see the modules for each step; nothing has been written.
    """
    document, report = take_subset(upstream.document), OverlayReport()
    check_size(document)
    files = read_overlays(overlays)
    notes = normalise(document)
    for overlay in files:
        if not overlay.narrowed:
            apply_overlay(overlay, document, report)
    notes += contradicted_limits(document)
    narrow(document)
    for overlay in files:
        if overlay.narrowed:
            apply_overlay(overlay, document, report)
    notes += _undescribed(document)
    document["x-provenance"] = _provenance(upstream, overlays, document)
    admit(document)
    if validate:
        _validate(document)
    return Pin(_as_text(document), document, report, tuple(notes))


def write_pin(pin: Pin, path: Path) -> bool:
    """Write `pin` to `path` atomically; return False where it stays as it is.

    It stays where only upstream's prose, and so only the provenance, would differ.
    """
    before = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if _less_upstream(before) == _less_upstream(pin.text):
        return False
    return write_atomically(path, pin.text)


def _less_upstream(text: str) -> str:
    """The pin in `text` without the lines that say where upstream's document came from."""
    return re.sub(r"(?m)^  upstream:\n(    .*\n)*", "", text)


def overlay_hashes(overlays: Path) -> Object:
    """The SHA-256 of each file that says what is pinned and how it is corrected, by name."""
    return {path.name: sha256(path.read_bytes()) for path in sorted(overlays.glob("*.yaml"))}


def content_hash(document: Object) -> str:
    """The SHA-256 of `document` less its provenance: an edit by hand changes it."""
    content = {key: value for key, value in document.items() if key != "x-provenance"}
    return sha256(json.dumps(content, sort_keys=True).encode())


def _provenance(upstream: Upstream, overlays: Path, document: Object) -> Object:
    facts: Object = {
        "source": upstream.source,
        "commit": upstream.commit,
        "date": upstream.date,
        "sha256": upstream.sha256,
    }
    return {
        "upstream": {key: value for key, value in facts.items() if value is not None},
        "overlays": overlay_hashes(overlays),
        "content": content_hash(document),
    }


def _undescribed(document: Object) -> list[str]:
    """Give what our prose does not know yet a plain description; name each."""
    components = object_at(document, "components")
    wanted: list[tuple[str, Object, str, str]] = []
    for path, operation in operations(document).items():
        subject = method_name(path, operation)
        wanted.append((path, operation, "summary", f"Read {subject} of the organization"))
        for parameter in objects_in(operation, "parameters"):
            name = text_at(parameter, "name")
            wanted.append((f"{path} parameter {name}", parameter, "description", name))
        for status, response in object_at(operation, "responses").items():
            wanted.append((f"{path} response {status}", as_object(response), "description", status))
    for name, response in object_at(components, "responses").items():
        wanted.append((f"response {name}", as_object(response), "description", name))
    for name, schema in object_at(components, "schemas").items():
        for field, child in object_at(schema, "properties").items():
            wanted.append((f"schema {name} property {field}", as_object(child), "description", field))
    notes: list[str] = []
    for place, node, key, text in wanted:
        if key not in node and "$ref" not in node:
            node[key] = f"{text.replace('_', ' ')}."
            notes.append(f"{place}: no {key} in overlays/spec/prose.overlay.yaml yet")
    return notes


def _validate(document: Object) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    for error in OpenAPIV31SpecValidator(document).iter_errors():
        value: object = error.instance
        path = list(error.absolute_path)
        for nested in error.context or []:
            if len(nested.absolute_path) > len(path):
                value, path = nested.instance, list(nested.absolute_path)
        raise _invalid(_pointer_of(value, path, document), error.message[:300])
    for pointer, node in walk(document):
        if member(node, "type") == "array" and "items" not in node:
            raise CodegenError(
                f"the pinned document does not validate at {pointer}: an array without `items`"
            )


def _pointer_of(value: object, path: list[str | int], document: Object) -> str:
    """The pointer of `value`; the validator's `path` begins at the schema for errors within one."""
    relative = "".join(f"/{escape(str(part))}" for part in path)
    for pointer, node in walk(document):
        if _leads_to(value, node, path):
            return pointer + relative
    return f"#{relative}"


def _leads_to(value: object, node: object, path: list[str | int]) -> bool:
    for part in path:
        if is_object(node) and part in node:
            node = node[str(part)]
        elif is_array(node) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            return False
    return node is value


def _invalid(pointer: str, why: str) -> CodegenError:
    return CodegenError(f"the pinned document does not validate at {pointer}: {why}")


class _Dumper(yaml.CSafeDumper):
    """Block style, lists indented, no aliases; the same bytes for the same document."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_ORDER = ("openapi", "info", "x-provenance", "servers", "tags", "paths", "components")


def _as_text(document: Object) -> str:
    ordered = {
        key: document[key]
        for key in ("openapi", "info", "x-provenance", "servers", "tags", "paths", "components")
    }
    body: str = yaml.dump(ordered, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return textwrap.indent(_HEADER, "# ", lambda _: True).replace("# \n", "#\n") + "\n" + body
