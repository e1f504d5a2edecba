"""The documents that referees judge by: the pin, and upstream's own words, cut but not corrected.

Questions are made from these documents and not from our registry, so that a parameter or a value
which our client lost on the way is asked for, too.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path

import attrs

from codegen.document import Upstream, read_upstream
from codegen.files import ROOT
from codegen.groups import USAGE, group_of
from codegen.strict_yaml import load_yaml
from codegen.subset import drop_unreferenced, operations, schema_of, take_subset
from codegen.tree import Object, array_at, as_object, object_at, objects_in, text_at, walk

UPSTREAMS = ROOT.parent / "shared" / "upstream"


@attrs.frozen
class DocumentedParameter:
    """One query parameter as a document describes it."""

    name: str
    kind: str
    """`integer`, `string`, `boolean` or `array`."""
    values: tuple[str, ...]
    """The documented values, of the items for an array; empty if any is allowed."""


@attrs.frozen
class DocumentedOperation:
    """One operation as a document describes it."""

    path: str
    parameters: tuple[DocumentedParameter, ...]
    statuses: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last segment of its path: the client's method."""
        return self.path.rsplit("/", 1)[1]


@attrs.frozen(eq=False)
class Contract:
    """A document that a referee judges by."""

    name: str
    """`pin` or `upstream`."""
    document: Object

    @property
    def operations(self) -> list[DocumentedOperation]:
        """Its operations of usage and costs; its lists are in the document alone, for who reads that."""
        found = operations(self.document).items()
        return [_described(self.document, path, get) for path, get in found if _is_usage(path)]

    def write(self, folder: Path) -> Path:
        """Write it to `folder` as JSON, which every referee reads."""
        path = folder / f"{self.name}.json"
        path.write_text(json.dumps(self.document), encoding="utf-8")
        return path


def the_pin() -> Contract:
    """`openapi.yaml` as it stands."""
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    return Contract("pin", _less_lists(as_object(load_yaml(text))))


def _less_lists(document: Object) -> Object:
    """`document` with usage and costs alone, which is what the referees judge."""
    paths = object_at(document, "paths")
    for path in [path for path in paths if (group_of(path) or ("",))[0] != USAGE]:
        del paths[path]
    drop_unreferenced(document)
    return document


def newest_upstream() -> str | None:
    """The path of the newest upstream document at hand; None where there is none."""
    return max(map(str, UPSTREAMS.glob("*_*_*.yaml.gz")), default=None)


def upstream_subset(source: str) -> tuple[Contract, Upstream]:
    """Our part of the document at `source`, in upstream's own words: nothing is corrected.

    Two things are put back that cutting leaves behind, since they are named and not referenced:
    the security schemes, and the tags.
    """
    upstream = read_upstream(source)
    subset = _less_lists(take_subset(upstream.document))
    schemes = object_at(upstream.document, "components", "securitySchemes")
    object_at(subset, "components")["securitySchemes"] = copy.deepcopy(schemes)
    return Contract("upstream", subset), upstream


def without_discriminators(contract: Contract) -> Contract:
    """A copy without `discriminator`, a hint that may speed up validation but not decide it.

    Upstream's has no mapping, and the implied one names schemas that do not exist: a validator that
    goes by it alone refuses every result.
    """
    document = copy.deepcopy(contract.document)
    for _, node in walk(document):
        node.pop("discriminator", None)
    return Contract(contract.name, document)


def _is_usage(path: str) -> bool:
    group = group_of(path)
    return group is not None and group[0] == USAGE


def _described(document: Object, path: str, operation: Object) -> DocumentedOperation:
    item = object_at(document, "paths", path)
    parameters = [
        schema_of(document, parameter, at=f"{path} parameters")
        for parameter in [*objects_in(item, "parameters"), *objects_in(operation, "parameters")]
    ]
    return DocumentedOperation(
        path,
        tuple(_parameter(document, parameter) for parameter in parameters),
        tuple(object_at(operation, "responses")),
    )


def _parameter(document: Object, parameter: Object) -> DocumentedParameter:
    name = text_at(parameter, "name")
    schema = schema_of(document, object_at(parameter, "schema"), at=f"parameter {name}")
    kind = text_at(schema, "type") or "string"
    values = array_at(schema, "items", "enum") if kind == "array" else array_at(schema, "enum")
    return DocumentedParameter(name, kind, tuple(str(value) for value in values))
