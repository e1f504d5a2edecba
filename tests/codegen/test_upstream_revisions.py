"""Real revisions of upstream's document, where they are at hand: old, middling and newest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen.document import read_upstream
from codegen.files import ROOT
from codegen.generate import generate
from codegen.pin import Pin, write_pin
from codegen.subset import take_subset

from . import toy
from .running import python

Pinned = Callable[[str], Pin]

WALK = dedent("""
    import json
    import openai_org_usage_generated as package
    from openai_org_usage.emulator import Emulator

    DAY, NOW = 86_400, 1_795_190_000
    rows = {}
    with Emulator(now=lambda: NOW) as e, package.AuthenticatedClient(
        token=e.admin_key, base_url=e.base_url
    ) as client:
        for name, operation in package.OPERATIONS.items():
            endpoint = getattr(package, operation.endpoint_module)
            request, buckets, pages = endpoint.request(start_time=NOW - 20 * DAY, limit=7), [], 0
            while request is not None:
                page = client.send(request).parsed
                buckets, pages = buckets + page.data, pages + 1
                request = request.replace(page=page.next_page) if page.has_more else None
            starts = [bucket.start_time for bucket in buckets]
            assert starts == sorted(set(starts)), name
            rows[name] = [pages, len(buckets), sum(len(bucket.results) for bucket in buckets)]
    print(json.dumps([package.__file__, rows]))
""")

OLD_PAGE = dedent("""
    from openai_org_usage_generated import usage_code_interpreter_sessions
    body = b'''{"object": "page", "data": [{"object": "bucket", "start_time": 0, "end_time": 60,
        "result": [{"object": "organization.usage.code_interpreter_sessions.result",
                    "sessions": 3, "project_id": null}]}],
        "has_more": false, "next_page": null}'''
    page = usage_code_interpreter_sessions.request(start_time=0).decode(body)
    (result,) = page.data[0].results
    print(result.sessions, result.project_id)
""")


LISTS = dedent("""
    import json
    from openai_org_usage_generated import DIRECTORY, ListRequest
    found = []
    for name, operation in DIRECTORY.items():
        page = {"object": "list", "data": [{"object": operation.item_object, "id": f"{name}-1"}],
                "first_id": None, "last_id": None, "has_more": False}
        given = {parameter.name: "proj_1" for parameter in operation.path_parameters}
        (item,) = ListRequest.of(operation, given).decode(json.dumps(page).encode()).data
        assert type(item) is operation.item_type
        found.append([name, item.id, getattr(item, "name", None)])
    print(json.dumps(found))
""")


@pytest.mark.parametrize(
    ("number", "operations", "has_searches"),
    [("02", 14, False), ("10", 15, False), ("13", 17, True), ("14", 17, True)],
)
def test_a_revision_is_pinned(upstream_pin: Pinned, number: str, operations: int, has_searches: bool) -> None:
    """Each revision gives a valid document; what it lacks is reported as not for it."""
    pin = upstream_pin(number)

    document = yaml.safe_load(pin.text)

    assert len(document["paths"]) == operations
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert [action.place for action in pin.report.obsolete] == []
    assert any(toy.SEARCHES in a.condition for a in pin.report.not_applicable) != has_searches
    assert pin.report.applied > 100


@pytest.mark.parametrize(
    ("number", "notes"),
    [
        ("02", ("schema CostsResult requires 'sessions' without defining it: no longer required",)),
        ("10", ()),
        ("13", ()),
        ("14", ()),
    ],
)
def test_everything_in_a_revision_is_described(
    upstream_pin: Pinned, number: str, notes: tuple[str, ...]
) -> None:
    """Our prose knows every parameter and field; only real oddities are noted."""
    assert upstream_pin(number).notes == notes


def test_the_committed_pin_is_what_the_newest_revision_gives(upstream_pin: Pinned) -> None:
    """Pinning the newest document again gives `openapi.yaml`, byte for byte."""
    assert upstream_pin("14").text.encode() == (ROOT / "openapi.yaml").read_bytes()


def test_no_long_passage_of_upstream_is_in_the_pin(
    upstream_pin: Pinned, upstream_file: Callable[[str], Path]
) -> None:
    """No sentence of upstream's descriptions of what is pinned stands in the pin."""
    subset = take_subset(read_upstream(str(upstream_file("14"))).document)
    ours = " ".join(upstream_pin("14").text.split())
    theirs = {
        " ".join(node[key].split())
        for node in toy.objects_below(subset)
        for key in ("description", "summary")
        if isinstance(node.get(key), str) and len(node[key]) > 25
    }

    assert len(theirs) > 50
    assert [sentence for sentence in theirs if sentence in ours] == []


@pytest.mark.parametrize(
    ("number", "lists"),
    [
        ("02", ["projects", "project_api_keys", "service_accounts", "users"]),
        ("10", ["admin_api_keys", "projects", "project_api_keys", "service_accounts", "users"]),
    ],
)
def test_the_package_of_an_older_revision_reads_lists(
    upstream_pin: Pinned, tmp_path: Path, number: str, lists: list[str]
) -> None:
    """Those that the revision has, with items that have no more than an id."""
    write_pin(upstream_pin(number), tmp_path / "openapi.yaml")
    generate(pin=tmp_path / "openapi.yaml", out=tmp_path / "generated")

    done = python("-c", LISTS, cwd=tmp_path, PYTHONPATH=str(tmp_path / "generated"))

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [[name, f"{name}-1", None] for name in lists]


@pytest.mark.parametrize("number", ["02", "10"])
def test_the_client_of_an_older_revision_pages_through(
    upstream_pin: Pinned, tmp_path: Path, number: str
) -> None:
    """Generated from an older document, the package reads every endpoint of the emulator to the end."""
    write_pin(upstream_pin(number), tmp_path / "openapi.yaml")
    generate(pin=tmp_path / "openapi.yaml", out=tmp_path / "generated")

    done = python("-c", WALK, cwd=tmp_path, PYTHONPATH=str(tmp_path / "generated"))

    assert (done.returncode, done.stderr) == (0, "")
    file, rows = json.loads(done.stdout)
    assert Path(file).is_relative_to(tmp_path)
    assert len(rows) == 10
    assert {(pages, buckets) for pages, buckets, _ in rows.values()} == {(3, 21)}
    assert all(results > 0 for *_, results in rows.values())


def test_the_client_of_the_oldest_revision_reads_its_pages(upstream_pin: Pinned, tmp_path: Path) -> None:
    """A bucket with `result`, and the field names of 2024, are read by the package made from them."""
    write_pin(upstream_pin("02"), tmp_path / "openapi.yaml")
    generate(pin=tmp_path / "openapi.yaml", out=tmp_path / "generated")

    done = python("-c", OLD_PAGE, cwd=tmp_path, PYTHONPATH=str(tmp_path / "generated"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "3 None\n", "")
