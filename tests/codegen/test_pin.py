"""What pinning makes of the toy documents, and when it leaves the old pin alone."""

from __future__ import annotations

import copy
import hashlib
import re
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from codegen.__main__ import main
from codegen.document import read_upstream
from codegen.files import ROOT
from codegen.pin import Pin, make_pin, write_pin

from . import toy
from .running import python
from .toy import COMPLETIONS, COSTS, KEYS, SEARCHES


def reworded(document: toy.Json) -> toy.Json:
    """`document` with every sentence replaced, and new ones where there were none."""
    edited = copy.deepcopy(document)
    for node in [edited["info"], *edited["servers"], *edited["tags"], *toy.objects_below(edited["paths"])]:
        for key in ("description", "summary"):
            if isinstance(node.get(key, ""), str):
                node[key] = "Entirely different words."
        if "response" in node and isinstance(node["response"], str):
            node["response"] = node["response"].replace("{", '{ "note": "other words", ', 1)
    for schema in edited["components"]["schemas"].values():
        schema |= {"description": "Other words.", "title": "Others", "x-oaiMeta": {"example": "other"}}
        for child in schema.get("properties", {}).values():
            child |= {"description": "Other words.", "example": "others", "examples": ["others"]}
    return edited


@pytest.mark.parametrize(
    ("style", "paths"), [("old", [COSTS, COMPLETIONS]), ("new", [COSTS, KEYS, COMPLETIONS, SEARCHES])]
)
def test_only_the_paths_of_the_groups_are_taken(pins: dict[str, Pin], style: str, paths: list[str]) -> None:
    """Neither other paths nor schemas, responses and tags that only they use are in the pin."""
    document = yaml.safe_load(pins[style].text)

    assert list(document["paths"]) == paths
    assert {method for item in document["paths"].values() for method in item} == {"get"}
    assert {"Model", "UsageResponse", "UsageTimeBucket"}.isdisjoint(document["components"]["schemas"])
    assert {"NobodyUsesThis"}.isdisjoint(document["components"].get("responses", {}))
    assert {"Models"}.isdisjoint(tag["name"] for tag in document["tags"])


@pytest.mark.parametrize("style", toy.STYLES)
def test_a_pin_is_valid_and_in_one_version(pins: dict[str, Pin], style: str) -> None:
    """Whatever style it came from, the pin is an OpenAPI 3.1 document without a validation error."""
    document = yaml.safe_load(pins[style].text)

    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document == pins[style].document


@pytest.mark.parametrize("style", toy.STYLES)
def test_both_styles_come_to_one_form(pins: dict[str, Pin], style: str) -> None:
    """Result lists, cursors, constants and money read the same, however upstream wrote them."""
    schemas = toy.schemas(pins[style])

    assert schemas["CostsBucket"]["required"] == ["object", "start_time", "end_time", "results"]
    assert schemas["CostsPage"]["properties"]["next_page"]["type"] == ["string", "null"]
    assert schemas["CostsResult"]["properties"]["object"]["const"] == "organization.costs.result"
    assert schemas["CostsResult"]["required"] == ["object"]
    value = schemas["CostsResult"]["properties"]["amount"]["properties"]["value"]
    assert (value["type"], value["format"]) == (["number", "string"], "decimal")


@pytest.mark.parametrize("style", toy.STYLES)
def test_none_of_upstreams_sentences_remain(pins: dict[str, Pin], style: str) -> None:
    """All words are ours; what we have none for yet gets its plain name and a note."""
    pin = pins[style]

    assert re.findall(r"(?i)toy(?!\.openai\.com)", pin.text) == []
    assert toy.operation(pin, COSTS)["summary"] == "Our words about an endpoint"
    cursor = next(p for p in toy.operation(pin, COSTS)["parameters"] if p["name"] == "page")
    assert cursor["description"] == "page."
    assert any(note.startswith(f"{COSTS} parameter page: no description") for note in pin.notes)


def test_provenance_says_what_it_was_made_from(tmp_path: Path) -> None:
    """Source, commit, date and hash of upstream's bytes, and a hash of each overlay, are recorded."""
    source = tmp_path / "2026-08-21_13c6a94fc.yaml"
    source.write_bytes(toy.path_of("new").read_bytes())

    provenance = make_pin(read_upstream(str(source)), overlays=toy.OVERLAYS).document["x-provenance"]

    assert isinstance(provenance, dict)
    assert provenance["upstream"] == {
        "source": source.name,
        "commit": "13c6a94fc",
        "date": "2026-08-21",
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
    }
    assert provenance["overlays"] == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in toy.OVERLAYS.iterdir()
    }


def test_an_unknown_commit_is_left_out(pins: dict[str, Pin]) -> None:
    """No commit is made up for a file whose name does not tell."""
    upstream = yaml.safe_load(pins["new"].text)["x-provenance"]["upstream"]

    assert list(upstream) == ["source", "sha256"]


def test_the_same_input_gives_the_same_bytes(pins: dict[str, Pin], tmp_path: Path) -> None:
    """Neither working directory nor hash seed nor process makes a difference."""
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        places = ["--overlays", str(toy.OVERLAYS), "--pin", "out.yaml"]

        done = python(
            "-m",
            "codegen",
            "pin",
            toy.path_of("new"),
            *places,
            cwd=folder,
            PYTHONHASHSEED=seed,
            PYTHONPATH=str(ROOT),
        )

        assert (done.returncode, done.stderr) == (0, "")
        assert (folder / "out.yaml").read_text(encoding="utf-8") == pins["new"].text


def test_pinning_leaves_its_input_alone(pins: dict[str, Pin]) -> None:
    """A document in memory can be pinned again: nothing in it was changed."""
    upstream = read_upstream(str(toy.path_of("new")))
    before = copy.deepcopy(upstream.document)

    again = [make_pin(upstream, overlays=toy.OVERLAYS).text for _ in range(2)]

    assert upstream.document == before
    assert again == [pins["new"].text] * 2


def test_pinning_twice_writes_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run touches nothing and says so."""
    pin = tmp_path / "openapi.yaml"
    command = ["pin", str(toy.path_of("new")), "--overlays", str(toy.OVERLAYS), "--pin", str(pin)]
    codes = [main(command)]
    written = pin.stat().st_mtime_ns

    codes.append(main(command))

    assert codes == [0, 0]
    assert pin.stat().st_mtime_ns == written
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("openapi.yaml")]
    assert said == ["openapi.yaml: pinned to new_style.yaml", "openapi.yaml: unchanged by new_style.yaml"]


@pytest.mark.parametrize("style", toy.STYLES)
def test_edits_of_prose_upstream_do_not_move_the_pin(
    pins: dict[str, Pin], tmp_path: Path, style: str
) -> None:
    """With every sentence and example rewritten upstream, the pin stays byte for byte."""
    pin = tmp_path / "openapi.yaml"
    write_pin(pins[style], pin)
    other = toy.pin_of(reworded(toy.toy(style)), tmp_path)

    moved = write_pin(other, pin)

    assert other.document["x-provenance"] != pins[style].document["x-provenance"]
    assert not moved
    assert pin.read_text(encoding="utf-8") == pins[style].text


def test_edits_of_facts_upstream_move_the_pin(pins: dict[str, Pin], tmp_path: Path) -> None:
    """One more allowed value is a change, and provenance moves with it."""
    pin = tmp_path / "openapi.yaml"
    write_pin(pins["new"], pin)
    document = toy.toy()
    document["paths"][COSTS]["get"]["parameters"][2]["schema"]["items"]["enum"].append("user_id")

    moved = write_pin(toy.pin_of(document, tmp_path), pin)

    written = yaml.safe_load(pin.read_bytes())
    assert moved
    assert written["x-provenance"]["upstream"]["source"] == "upstream.yaml"
    assert "user_id" in written["paths"][COSTS]["get"]["parameters"][2]["schema"]["items"]["enum"]


def test_whatever_stood_there_is_replaced(pins: dict[str, Pin], tmp_path: Path) -> None:
    """An old pin that is no text at all does not stop a new one."""
    pin = tmp_path / "openapi.yaml"
    pin.write_bytes(b"\xff\xfe\x00")

    moved = write_pin(pins["new"], pin)

    assert moved
    assert pin.read_text(encoding="utf-8") == pins["new"].text


def test_the_report_names_the_actions_that_can_go(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What upstream has itself by now is named with file and line of the action."""
    lines = (toy.OVERLAYS / "corrections.overlay.yaml").read_text(encoding="utf-8").splitlines()
    cursor = 1 + lines.index("  - target: $.components.schemas.UsageResponse.properties.next_page")
    errors = 1 + lines.index("  - target: $.components")
    command = ["--overlays", str(toy.OVERLAYS), "--pin", str(tmp_path / "openapi.yaml")]

    codes = [main(["pin", str(toy.path_of(style)), *command]) for style in ("new", "old")]

    said = capsys.readouterr().out
    assert codes == [0, 0]
    assert "4 operations; overlay actions: 9 applied, 2 obsolete, 0 not for this revision" in said
    assert "2 operations; overlay actions: 8 applied, 0 obsolete, 3 not for this revision" in said
    assert [line.split(": ")[1] for line in said.splitlines() if "  obsolete" in line] == [
        f"corrections.overlay.yaml:{cursor}",
        f"corrections.overlay.yaml:{errors}",
    ]


def test_the_new_pin_takes_the_place_of_the_old_in_one_step(pins: dict[str, Pin], tmp_path: Path) -> None:
    """Nothing is written into the old file: who has it open, or linked, still reads all of it."""
    pin, link = tmp_path / "openapi.yaml", tmp_path / "link.yaml"
    pin.write_text("the old pin\n")
    link.hardlink_to(pin)

    write_pin(pins["new"], pin)

    assert link.read_text() == "the old pin\n"
    assert pin.read_text(encoding="utf-8") == pins["new"].text
    assert sorted(tmp_path.iterdir()) == [link, pin]


def test_a_pin_that_cannot_be_put_in_place_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the last step fails, the error names the file and no half-written one is left."""
    blocked = tmp_path / "openapi.yaml"
    blocked.mkdir()

    code = main(["pin", str(toy.path_of("new")), "--overlays", str(toy.OVERLAYS), "--pin", str(blocked)])

    assert code == 1
    assert f"cannot write {blocked}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [blocked]
