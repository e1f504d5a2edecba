"""What the generated code looks like: from the toy documents, and as committed."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import yaml

from codegen.files import ROOT

from . import toy
from .conftest import Project
from .running import python

PACKAGE = "openai_org_usage_generated"
COMMITTED = Project(ROOT)
FUNCTIONS = ("request", "sync_detailed", "sync", "asyncio_detailed", "asyncio")


def operations_of(project: Project) -> list[toy.Json]:
    """The operations of the pin of `project`."""
    paths = yaml.safe_load(project.pin.read_bytes())["paths"]
    return [item["get"] for item in paths.values()]


def is_list(operation: toy.Json) -> bool:
    """Whether `operation` answers with a list of items."""
    return bool(operation["tags"] == ["Directory"])


def stem_of(operation: toy.Json) -> str:
    """What the names of the models of `operation` begin with."""
    schema: str = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    return schema.rsplit("/", 1)[1].removesuffix("Page")


def functions_of(project: Project, operation: toy.Json) -> dict[str, Any]:
    """The functions of the endpoint module of `operation`, by name."""
    module = str(operation["operationId"]).replace("-", "_")
    folder = "directory" if is_list(operation) else "usage"
    path = project.out / PACKAGE / "api" / folder / f"{module}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def flat(text: str | None) -> str:
    """`text` on one line."""
    return " ".join((text or "").split())


@pytest.fixture(params=["old", "new", "committed"])
def tree(request: pytest.FixtureRequest, toy_projects: dict[str, Project]) -> Project:
    """The generated code of either toy document, and of this repository."""
    return (toy_projects | {"committed": COMMITTED})[request.param]


def test_every_endpoint_has_narrow_classes(tree: Project) -> None:
    """Page, bucket, result and row of each endpoint name each other and no other endpoint's."""
    models = {
        path.stem: path.read_text(encoding="utf-8") for path in (tree.out / PACKAGE / "models").glob("*.py")
    }
    for operation in operations_of(tree):
        stem = stem_of(operation)
        snake = re.sub(r"(?<!^)([A-Z])", r"_\1", stem).lower()
        if is_list(operation):
            assert f"    data: list[{stem}]\n" in models[f"{snake}_page"]
            assert f"class {stem}(Model):" in models[snake]
            continue

        assert f"    data: list[{stem}Bucket]\n" in models[f"{snake}_page"]
        assert f"    results: list[{stem}Result]\n" in models[f"{snake}_bucket"]
        assert f"class {stem}Row(Row[{stem}Result]):" in models[f"{snake}_result"]


def test_missing_is_none_everywhere(tree: Project) -> None:
    """The generator's own mark for missing values is nowhere in the code; msgspec has one, too."""
    modules = list((tree.out / PACKAGE).rglob("*.py"))

    assert len(modules) > 20
    texts = {
        path.name: re.sub(r"msgspec\.Unset(Type)?", "", path.read_text(), flags=re.I) for path in modules
    }
    assert [name for name, text in texts.items() if "UNSET" in text.upper()] == []


def test_money_is_decimal(tree: Project) -> None:
    """No model has a binary float; amounts are Decimal."""
    models = [
        ast.parse(path.read_text(encoding="utf-8")) for path in (tree.out / PACKAGE / "models").glob("*.py")
    ]

    annotations = {
        f"{ast.unparse(node.target)}: {ast.unparse(node.annotation)}"
        for model in models
        for node in ast.walk(model)
        if isinstance(node, ast.AnnAssign)
    }

    assert "value: Decimal | None" in annotations
    assert [annotation for annotation in annotations if "float" in annotation] == []


def test_endpoint_functions_take_every_parameter(tree: Project) -> None:
    """All five functions of an endpoint have its parameters, the optional ones with None as default.

    What stands in the path may be given by position where a request is described.
    """
    for operation in operations_of(tree):
        functions = functions_of(tree, operation)
        required = {p["name"]: p.get("required", False) for p in operation["parameters"]}

        assert tuple(functions) == FUNCTIONS
        for name in FUNCTIONS:
            arguments = functions[name].args
            given = dict(zip([a.arg for a in arguments.kwonlyargs], arguments.kw_defaults, strict=True))
            assert given.pop("client", None) is None
            by_position = [a.arg for a in arguments.args]
            in_path = [p["name"] for p in operation["parameters"] if p["in"] == "path"]
            assert (by_position, arguments.defaults) == (in_path if name == "request" else [], [])
            given = dict.fromkeys(by_position) | given
            assert list(given)[-1] == "extra_query"
            assert given.pop("extra_query") is not None
            assert {n: default is None for n, default in given.items()} == required
            assert all(d is None or ast.literal_eval(d) is None for d in given.values())


def test_docstrings_say_what_the_document_says(tree: Project) -> None:
    """Description, values, default and page sizes of each parameter are told twice; the rest point there."""
    for operation in operations_of(tree):
        found = {n: flat(ast.get_docstring(f)) for n, f in functions_of(tree, operation).items()}
        docs = [found.pop("request"), found.pop("sync")]
        assert len(found) == 3
        assert all(doc.startswith("Read one page as `sync` does") for doc in found.values())
        for parameter in operation["parameters"]:
            schema = parameter["schema"]
            values = schema.get("enum") or schema.get("items", {}).get("enum", [])
            said = [flat(f"{parameter['name']}: {parameter['description']}"), flat(operation["summary"])]
            if values:
                said.append(", ".join(f"`{value}`" for value in values))
            for width, limit in schema.get("x-limits", {}).items():
                said.append(f"`{width}` {limit['default']}, at most {limit['maximum']}")
            if "default" in schema and "x-limits" not in schema:
                said.append(f"default is `{schema['default']}`")
            if "maximum" in schema:
                said.append(f"At most `{schema['maximum']}`.")

            assert [words for words in said for doc in docs if words not in doc] == []


IMPORTS = dedent("""
    import sys
    before = set(sys.modules)
    import {package} as package
    heavy = [name for name in set(sys.modules) - before
             if name.split(".")[0] in ("attrs", "attr", "msgspec", "httpx", "decimal")
             or name.startswith("{package}.")]
    assert heavy == [], heavy
    package.OPERATIONS
    loaded = [name for name in sys.modules if name.startswith("{package}.models")]
    assert loaded == [], loaded
    assert "httpx" not in sys.modules and "msgspec" not in sys.modules
    package.CostsPage
    assert "{package}.models.costs_page" in sys.modules
    assert "{package}.models.usage_completions_page" not in sys.modules
    for name in dir(package):
        getattr(package, name)
    assert sorted(package.__all__) == package.__all__ == dir(package)
    try:
        package.Nothing
    except AttributeError as error:
        print(error)
""").format(package=PACKAGE)


def test_nothing_is_imported_before_it_is_used(tree: Project) -> None:
    """The package alone loads no dependency and no module of its own; each name loads what it needs."""
    done = python("-c", IMPORTS, cwd=tree.out, PYTHONPATH=str(tree.out))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"module '{PACKAGE}' has no attribute 'Nothing'\n"


READ = dedent("""
    import warnings
    from decimal import Decimal
    import openai_org_usage_generated as g

    def page(key, *results):
        text = ", ".join(results)
        return ('{"object": "page", "data": [{"object": "bucket", "start_time": 0, "end_time": 60, "%s": '
                '[%s]}], "has_more": true, "next_page": "c"}' % (key, text)).encode()

    (cost,) = g.usage_costs.request(start_time=0).decode(page("KEY",
        '{"object": "organization.costs.result", "line_item": null,'
        ' "amount": {"value": "0.1000000000000000000000000001", "currency": "usd"}}')).data[0].results
    assert cost.amount.value == Decimal("0.1000000000000000000000000001")
    assert cost.line_item is None

    tokens = '{"object": "organization.usage.completions.result", "input_tokens": 1, "num_model_requests": 2'
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read = g.usage_completions.request(start_time=0).decode(page("KEY", tokens + ', "news": 1.50}',
            '{"object": "organization.usage.later.result", "n": 1}'))
    (result,) = read.data[0].results
    assert result.model is None and result.additional_properties == {"news": Decimal("1.50")}
    assert [u.object for u in read.data[0].unknown_results] == ["organization.usage.later.result"]
    assert {w.category for w in caught} == {g.UnknownFieldWarning, g.UnknownResultWarning}
    assert (read.has_more, read.next_page) == (True, "c")
    print(read.data[0].start, len(g.OPERATIONS), len(g.DIRECTORY))
""")


@pytest.mark.parametrize(("style", "key", "counts"), [("old", "result", "2 0"), ("new", "results", "3 1")])
def test_the_package_of_a_toy_reads_its_pages(
    toy_projects: dict[str, Project], style: str, key: str, counts: str
) -> None:
    """The generated package of either style decodes a page of that style, exactly and openly."""
    out = toy_projects[style].out

    done = python("-c", READ.replace("KEY", key), cwd=out, PYTHONPATH=str(out))

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"1970-01-01 00:00:00+00:00 {counts}\n"


def test_values_seen_so_far_do_not_close_a_field(toy_projects: dict[str, Project]) -> None:
    """A field with known values is a plain string whose docstring names them."""
    path: Path = toy_projects["new"].out / PACKAGE / "models" / "usage_completions_result.py"

    text = path.read_text(encoding="utf-8")

    assert "service_tier: str | None = None" in text
    assert "Known values: `default`, `flex`." in text
