"""The package as users import it."""

from __future__ import annotations

import inspect
import os
import pickle
import pydoc
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import openai_org_usage
from openai_org_usage import (
    DIRECTORY,
    OPERATIONS,
    AsyncUsageClient,
    ListOperation,
    Operation,
    UsageClient,
    errors,
)
from openai_org_usage.endpoints import DirectoryEndpoints, Endpoints, listed, paginated

SOURCE = Path(openai_org_usage.__file__).parent


def in_a_fresh_interpreter(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(("client", "more"), [(UsageClient, {"to_reader"}), (AsyncUsageClient, set[str]())])
def test_queries_offer_what_users_need(client: Any, more: set[str]) -> None:
    """An editor shows nothing of how the pages are fetched."""
    query = client(admin_key="sk-admin-example").costs(start_time="7d")
    tables = {"to_arrow", "to_pandas", "to_polars", "to_records", "to_rows", "sums", "write"}
    assert {name for name in dir(query) if name[0] != "_"} == {"pages", "request", "rows"} | tables | more
    users = client(admin_key="sk-admin-example").users()
    assert {name for name in dir(users) if name[0] != "_"} == {"pages", "request"}


@pytest.mark.parametrize(
    ("methods_of", "decorator", "registry"),
    [(Endpoints, paginated, OPERATIONS), (DirectoryEndpoints, listed, DIRECTORY)],
)
def test_every_operation_has_its_typed_method(
    methods_of: type, decorator: type, registry: Mapping[str, Operation | ListOperation]
) -> None:
    """An endpoint new in the pin needs one line in endpoints.py; this names it."""
    methods = {name for name, value in vars(methods_of).items() if isinstance(value, decorator)}
    missing = [
        f"    {name} = {decorator.__name__}(lambda: generated.{operation.endpoint_module}.request)"
        for name, operation in registry.items()
        if name not in methods
    ]
    assert not missing, f"add to class {methods_of.__name__}:\n" + "\n".join(missing)
    assert methods == set(registry), f"no longer in the pin: {methods - set(registry)}"


def test_methods_show_signature_and_documentation(client: UsageClient) -> None:
    """The generated signature and docstring are what editors show."""
    signature = inspect.signature(client.completions)
    assert list(signature.parameters) == [*OPERATIONS["completions"].parameter_names, "extra_query"]
    assert "batch:" in (inspect.getdoc(client.completions) or "")


@pytest.mark.parametrize(
    ("kind", "query", "items"),
    [(UsageClient, "UsageQuery", "ItemList"), (AsyncUsageClient, "AsyncUsageQuery", "AsyncItemList")],
)
def test_help_of_a_client_shows_its_methods(kind: type[Endpoints], query: str, items: str) -> None:
    """Every endpoint as a method like any other: its parameters, what it returns, its sentence."""
    shown = re.sub(r"[|\s]+", " ", pydoc.plain(pydoc.render_doc(kind))).replace("( ", "(")
    for name, operation in OPERATIONS.items():
        assert f" {name}(self, *, start_time: 'Time', " in shown
        assert f"-> '{query}[{operation.page_type.__name__}, " in shown
        assert f" {operation.summary}." in shown
    for name, listing in DIRECTORY.items():
        in_path = "".join(f"{parameter.name}: 'str', " for parameter in listing.path_parameters)
        assert f" {name}(self, {in_path}*, " in shown
        assert f"-> '{items}[{listing.page_type.__name__}, {listing.item_type.__name__}]'" in shown
        assert f" {listing.summary}." in shown
    assert "include_archived: 'bool None' = True" in shown
    assert "A query, sent when it is iterated" in shown
    assert "A list, asked for when it is iterated" in shown


def test_a_method_can_be_taken_from_the_class(client: UsageClient) -> None:
    """As of any method: the client is its first argument."""
    assert UsageClient.costs(client, start_time="2d").request == client.costs(start_time="2d").request
    assert UsageClient.costs.__qualname__ == "UsageClient.costs"
    assert UsageClient.service_accounts(client, "p").request == client.service_accounts("p").request


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Not even httpx: everything comes with the first name that needs it."""
    heavy = ["attr", "attrs", "httpx", "msgspec", "rich", "starlette", "uvicorn", "decimal"]
    loaded = in_a_fresh_interpreter(
        f"import sys; import openai_org_usage; print([m for m in {heavy} if m in sys.modules])"
    )
    assert loaded == "[]"


def test_a_ready_client_needs_no_extra() -> None:
    """The core runs on its three dependencies alone; no model is imported before it is used."""
    loaded = in_a_fresh_interpreter(
        "import sys; from openai_org_usage import UsageClient; UsageClient(admin_key='sk-admin-x');"
        "late = ('httpx', 'rich', 'starlette', 'uvicorn');"
        "print([m for m in sys.modules if m.split('.')[0] in late or '.models.' in m or '.api.' in m])"
    )
    assert loaded == "[]"


def test_threads_see_one_instance_of_each_operation() -> None:
    """Operations are made when first asked for, and compared by identity."""
    seen = in_a_fresh_interpreter(
        "import sys, threading; from openai_org_usage import OPERATIONS; sys.setswitchinterval(1e-6)\n"
        "barrier, seen = threading.Barrier(8), []\n"
        "def look(): barrier.wait(); seen.append(tuple(map(id, OPERATIONS.values())))\n"
        "threads = [threading.Thread(target=look) for _ in range(8)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; print(len(seen), len(set(seen)))"
    )
    assert seen == "8 1"


def test_operations_are_a_mapping_that_cannot_be_changed() -> None:
    """All that a mapping answers, without one operation being made too many."""
    assert dict(OPERATIONS) == {**OPERATIONS} == dict(OPERATIONS.items())
    assert OPERATIONS.get("costs") is OPERATIONS["costs"]
    assert "costs" in OPERATIONS
    assert "cost" not in OPERATIONS
    assert OPERATIONS.get("cost") is None
    assert len(OPERATIONS) == len(list(OPERATIONS.values()))
    assert repr(OPERATIONS).startswith("<operations costs, ")
    assert pickle.loads(pickle.dumps(OPERATIONS["costs"])) is OPERATIONS["costs"]
    with pytest.raises(KeyError, match="cost"):
        _ = OPERATIONS["cost"]
    with pytest.raises(TypeError):
        OPERATIONS["mine"] = OPERATIONS["costs"]  # type: ignore[index]  # pyright: ignore[reportIndexIssue]


@pytest.mark.parametrize("name", sorted(openai_org_usage.__all__))
def test_every_exported_name_exists(name: str) -> None:
    """What the package promises at its top can be imported from there."""
    assert getattr(openai_org_usage, name) is not None


def test_all_errors_can_be_imported_from_the_top() -> None:
    """At run time as for type checkers, and `dir` shows them."""
    assert set(errors.__all__) <= set(openai_org_usage.__all__) <= set(dir(openai_org_usage))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"start_tme": "7d"}, "did you mean 'start_time'"),
        ({"start_time": "7d", "models": ["m"]}, "a parameter cannot be 'models'"),
        ({}, "costs: start_time is required"),
        ({"start_time": None}, "costs: start_time is required"),
    ],
)
def test_a_wrong_call_is_explained(client: UsageClient, arguments: dict[str, Any], reason: str) -> None:
    """A misspelt or missing parameter is an InvalidParameterError, not a TypeError about `request`."""
    with pytest.raises(errors.InvalidParameterError, match=reason):
        client.costs(**arguments)


def test_a_call_by_position_names_the_method(client: UsageClient) -> None:
    """Parameters are by keyword; the message is about the method that was called."""
    costs: Any = client.costs
    with pytest.raises(TypeError, match="costs takes its parameters by keyword"):
        costs("7d")


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = openai_org_usage.Nothing


def test_one_module_names_the_generated_package() -> None:
    """Everything else goes through the one door, so that a vendored copy is a plain copy."""
    naming = [
        path.name
        for path in SOURCE.rglob("*.py")
        if re.search(r"(from|import) openai_org_usage(_generated)?\b", path.read_text())
        and not _only_in_docstring(path)
    ]
    assert naming == ["_generated.py"]


def _only_in_docstring(path: Path) -> bool:
    code = re.sub(r'""".*?"""', "", path.read_text(), flags=re.DOTALL)
    return not re.search(r"(from|import) openai_org_usage(_generated)?\b", code)


@pytest.mark.skipif("TESTING_WHEEL" not in os.environ, reason="only against the wheel")
def test_the_wheel_is_what_is_tested() -> None:
    """Under `make test-wheel`, no module comes from the sources."""
    assert "site-packages" in str(SOURCE)
    assert (SOURCE / "py.typed").is_file()
