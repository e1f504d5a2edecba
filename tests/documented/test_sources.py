"""The committed facts are those of the documents: checked against them where they are at hand."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.metadata import version
from typing import Any

import pytest

from . import extract, sources
from .comparing import news
from .documents import official_sdk, seeds, upstream
from .facts import Description, Member

Json = dict[str, Any]
SHARED = extract.SHARED
SDK = f"openai-python-{extract.SDK}"
TABLES_NOT_IN_THE_SUMMARY = {
    ("003", endpoint)
    for endpoint in sources.source("seed-003-bash-generated").facts.endpoints
    if endpoint != "/organization/costs"
}
"""seeds.json lacks the page sizes of the Bash client's usage methods: its rows there span lines."""

at_hand = pytest.mark.skipif(not SHARED.is_dir(), reason="the documents are not beside the repository")


def facts(name: str) -> Description:
    """The committed facts of the source `name`."""
    return sources.source(name).facts


def parameters(name: str, endpoint: str) -> dict[str, Member]:
    """The committed parameters of `endpoint` in the source `name`."""
    return dict(facts(name).endpoints[endpoint].sections["parameter"])


@at_hand
@pytest.mark.parametrize("name", seeds.SEEDS)
def test_a_seed_says_what_is_committed(name: str) -> None:
    """Read anew from its text, each seed gives the committed file, byte by byte."""
    read = seeds.read(SHARED / "seeds", name)

    assert sources.as_text(read) == (sources.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@at_hand
def test_upstream_says_what_is_committed() -> None:
    """Read anew from the published document, its facts are the committed file, byte by byte."""
    for name, commit, reader in (
        (f"upstream-{extract.UPSTREAM}", extract.COMMIT, upstream.read),
        (f"upstream-{extract.UPSTREAM}-lists", extract.LISTS_COMMIT, upstream.read_lists),
    ):
        (document,) = (SHARED / "upstream").glob(f"*_{extract.UPSTREAM}_{commit}.yaml.gz")

        read = reader(document, name=name, date=extract.UPSTREAM)

        assert sources.as_text(read) == (sources.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


@at_hand
@pytest.mark.parametrize("name", seeds.SEEDS)
def test_the_summary_of_the_seeds_agrees(name: str) -> None:
    """seeds.json, made by others from the same texts, has the same parameters."""
    number = seeds.SEEDS[name][0]
    summary: dict[str, dict[str, Json]] = json.loads((SHARED / "documented" / "seeds.json").read_bytes())[
        number
    ]["endpoints"]
    assert summary.keys() == facts(name).endpoints.keys()

    for endpoint, listed in summary.items():
        committed = parameters(name, endpoint)
        assert listed.keys() == committed.keys()
        for parameter, said in listed.items():
            member = committed[parameter]
            written = str(said["type"]).lower().partition("[")[0]
            kind = "integer" if written == "int" else written
            values = said["enum"] or said.get("values_in_prose", [])
            assert (member.type, member.required) == (kind, said["required"])
            assert set(member.values or ()) == set(values)
            assert str(member.default) == str(said["default"])
            if parameter != "limit" or (number, endpoint) not in TABLES_NOT_IN_THE_SUMMARY:
                limits: dict[str, Json] = said.get("limit_in_prose", {})
                assert {w: (x.default, x.maximum) for w, x in (member.limits or {}).items()} == {
                    width: (limit["default"], limit["max"]) for width, limit in limits.items()
                }
            else:
                assert "limit_in_prose" not in said


@at_hand
def test_the_summary_of_the_official_sdk_agrees() -> None:
    """openai-python-3.52.0.json, made by others, has the same parameters and fields.

    Its `nullable` is upstream's where that has the field, so it may be narrower than Optional; its
    defaults are upstream's, too, so it has none for decisions.
    """
    summary: list[Json] = json.loads((SHARED / "documented" / f"{SDK}.json").read_bytes())["endpoints"]
    assert {endpoint["path"] for endpoint in summary} == facts(SDK).endpoints.keys()

    for endpoint in summary:
        committed = facts(SDK).endpoints[endpoint["path"]]
        assert committed.result_object == endpoint["result_object"]
        for section, listed in (("parameter", "params"), ("result", "result_fields")):
            members = {n: m for n, m in committed.sections[section].items() if "." not in n}
            assert {said["name"] for said in endpoint[listed]} == members.keys()
            for said in endpoint[listed]:
                member = members[said["name"]]
                assert (member.type, member.required) == (said["type"], said["required"])
                assert set(member.values or ()) == set(said["enum"] or ())
                assert member.item_type == said.get("item_type")
                assert member.nullable or not said["nullable"]
                assert said.get("default") in (None, member.default)


@pytest.mark.skipif(version("openai") != extract.SDK, reason="another release is installed; `make drift`")
def test_the_official_sdk_says_what_is_committed() -> None:
    """Introspected anew, the release that the facts are about gives the committed file, byte by byte."""
    for name, reader in ((SDK, official_sdk.read), (f"{SDK}-lists", official_sdk.read_lists)):
        assert sources.as_text(reader()) == (sources.FOLDER / f"{name}.yaml").read_text(encoding="utf-8")


def test_news_of_a_later_release_are_listed() -> None:
    """What `make drift` would print: what is new, gone and changed, by endpoint and name."""
    endpoint = "/organization/usage/embeddings"
    old = facts(SDK).endpoints[endpoint]
    later = dict(old.sections["parameter"])
    del later["page"]
    later["cursor"] = Member(type="string")
    later["limit"] = replace(later["limit"], type="string")
    later["group_by"] = replace(later["group_by"], values=("project_id", "user_id", "api_key_id", "region"))
    installed = Description.of("later", [replace(old, sections={**old.sections, "parameter": later})])

    found = news(Description.of("committed", [old]), installed)

    assert sorted(found) == [
        f"changed: {endpoint} parameter limit, type was 'integer', is 'string'",
        f"gone: {endpoint} parameter group_by, value model",
        f"gone: {endpoint} parameter page, exists",
        f"new: {endpoint} parameter cursor, exists",
        f"new: {endpoint} parameter group_by, value region",
    ]
