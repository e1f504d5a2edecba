"""Applying overlays: what an update merges, what a removal takes, what is reported."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from codegen.spec_overlay import Overlay, OverlayReport, apply_overlay, read_overlays

from . import toy
from .toy import Json


def applied(document: Json, *overlays: Overlay) -> OverlayReport:
    """The report of applying `overlays` to `document`, in place."""
    report = OverlayReport()
    for overlay in overlays:
        apply_overlay(overlay, document, report)
    return report


MERGES: dict[str, tuple[Json, Json, Json]] = {
    "objects merge member by member": ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
    "scalars are replaced": ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
    "arrays get what they lack": ({"a": [1, 2]}, {"a": [2, 3]}, {"a": [1, 2, 3]}),
    "arrays compare objects whole": ({"a": [{}]}, {"a": [{}, {"c": 2}]}, {"a": [{}, {"c": 2}]}),
    "a type is replaced": ({"type": ["string", "null"]}, {"type": ["number"]}, {"type": ["number"]}),
    "types replace a single one": ({"type": "number"}, {"type": ["string"]}, {"type": ["string"]}),
    "null is a value": ({"a": 1}, {"a": None}, {"a": None}),
    "an object replaces a scalar": ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
}


@pytest.mark.parametrize("what", MERGES)
def test_an_update_is_merged(tmp_path: Path, what: str) -> None:
    """An update changes what it names and keeps the rest."""
    before, update, after = MERGES[what]
    document: Json = {"node": copy.deepcopy(before)}
    overlays = read_overlays(toy.write_overlay(tmp_path, {"target": "$.node", "update": update}))

    report = applied(document, *overlays)

    assert document == {"node": after}
    assert report.applied == 1


def test_an_update_reaches_what_a_filter_selects(tmp_path: Path) -> None:
    """Only the parameters of that name change, and each gets a value of its own."""
    document: Json = {"p": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}
    action = {"target": "$.p[?@.name == 'a']", "update": {"schema": {"type": "string"}}}

    applied(document, *read_overlays(toy.write_overlay(tmp_path, action)))
    document["p"][0]["schema"]["type"] = "changed later"

    assert document["p"] == [
        {"name": "a", "schema": {"type": "changed later"}},
        {"name": "b"},
        {"name": "a", "schema": {"type": "string"}},
    ]


def test_an_update_of_an_array_appends(tmp_path: Path) -> None:
    """Where the target is an array, the update is one more item, unless it is there already."""
    document: Json = {"parameters": [{"name": "a"}]}
    actions = [{"target": "$.parameters", "update": {"name": name}} for name in ("b", "a")]

    report = applied(document, *read_overlays(toy.write_overlay(tmp_path, *actions)))

    assert document["parameters"] == [{"name": "a"}, {"name": "b"}]
    assert (report.applied, len(report.obsolete)) == (1, 1)


def test_what_is_appended_in_two_places_is_two_things(tmp_path: Path) -> None:
    """A later change of one copy does not show in the other."""
    document: Json = {"a": {"list": []}, "b": {"list": []}}
    action = {"target": "$[*].list", "update": {"type": "string"}}

    applied(document, *read_overlays(toy.write_overlay(tmp_path, action)))
    document["a"]["list"][0]["type"] = "changed later"

    assert document["b"]["list"] == [{"type": "string"}]


@pytest.mark.parametrize(
    ("target", "after"),
    [
        ("$.p[?@.old]", {"p": [{"name": "b"}], "q": {"x": 1, "y": 2}}),
        ("$.p", {"q": {"x": 1, "y": 2}}),
        ("$.q['x','y']", {"p": [{"name": "a", "old": True}, {"name": "b"}, {"old": True}], "q": {}}),
        ("$.p[*].name", {"p": [{"old": True}, {}, {"old": True}], "q": {"x": 1, "y": 2}}),
    ],
)
def test_a_removal_takes_what_it_selects(tmp_path: Path, target: str, after: Json) -> None:
    """All that the target selects goes, in arrays too, and nothing else."""
    document: Json = {"p": [{"name": "a", "old": True}, {"name": "b"}, {"old": True}], "q": {"x": 1, "y": 2}}
    overlays = read_overlays(toy.write_overlay(tmp_path, {"target": target, "remove": True}))

    report = applied(document, *overlays)

    assert document == after
    assert report.applied == 1


def test_conditions_decide_whether_an_action_is_for_this_revision(tmp_path: Path) -> None:
    """What `x-if` does not find is not applicable; what `x-unless` finds is obsolete."""
    document: Json = {"old": {}, "node": {}}
    overlays = toy.write_overlay(
        tmp_path,
        {"target": "$.node", "x-if": "$.old", "update": {"a": 1}},
        {"target": "$.gone.deep", "x-if": "$.gone", "update": {"b": 1}},
        {"target": "$.node", "x-unless": "$.gone", "update": {"c": 1}},
        {"target": "$.node", "x-unless": "$.old", "update": {"d": 1}},
    )

    report = applied(document, *read_overlays(overlays))

    assert document["node"] == {"a": 1, "c": 1}
    assert report.applied == 2
    assert [action.target for action in report.not_applicable] == ["$.gone.deep"]
    assert [action.condition or action.exception for action in report.obsolete] == ["$.old"]


def test_an_action_that_changes_nothing_is_obsolete() -> None:
    """Applied again, each action finds its work done; its file and line are known."""
    document = toy.toy()
    corrections = read_overlays(toy.OVERLAYS)[0]
    first = applied(document, corrections)

    again = applied(document, corrections)

    assert (first.applied, again.applied) == (5, 0)
    assert len(again.obsolete) == len(corrections.actions)
    text = (toy.OVERLAYS / corrections.name).read_text(encoding="utf-8").splitlines()
    for action in corrections.actions:
        name, line = action.place.split(":")
        assert name == "corrections.overlay.yaml"
        assert text[int(line) - 1] == f"  - target: {action.target}"


def test_overlays_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    """Later files see what earlier ones made; files of other names are no overlays."""
    for name, value in (("b", 2), ("a", 1), ("c", 3)):
        toy.write_overlay(tmp_path, {"target": "$.node", "update": {"last": value}}, name=name)
    (tmp_path / "d.yaml").write_text("not an overlay")
    document: Json = {"node": {}}

    report = applied(document, *read_overlays(tmp_path))

    assert document["node"] == {"last": 3}
    assert report.applied == 3


def test_an_overlay_says_whether_it_is_for_the_narrowed_document(tmp_path: Path) -> None:
    """`x-applies-to: narrowed` is read, and is not the default."""
    toy.write_overlay(tmp_path, name="a")
    toy.write_overlay(tmp_path, name="b", narrowed=True)

    assert [overlay.narrowed for overlay in read_overlays(tmp_path)] == [False, True]
