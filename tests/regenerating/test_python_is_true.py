"""griffe as referee: what the report says of Python is true of two generated packages."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import griffe
import pytest

from codegen.diff.change import ApiChange
from codegen.diff.compare import comparison, pinned
from codegen.document import read_upstream
from codegen.generate import PACKAGE, generate
from codegen.pin import make_pin, write_pin

Surface = dict[str, str]
"""`costs.user_ids` or `CostsResult.user_id`, and its annotation."""


@pytest.fixture(scope="module")
def packages(
    upstream_file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, griffe.Module]]:
    """Makes the package of an upstream document by its number, once."""
    made: dict[str, tuple[Path, griffe.Module]] = {}

    def package(number: str) -> tuple[Path, griffe.Module]:
        if number not in made:
            folder = tmp_path_factory.mktemp(f"package{number}")
            pin = folder / "openapi.yaml"
            write_pin(make_pin(read_upstream(str(upstream_file(number)))), pin)
            generate(pin=pin, out=folder / "generated")
            loaded = griffe.load(PACKAGE, search_paths=[folder / "generated"], allow_inspection=False)
            assert isinstance(loaded, griffe.Module)
            made[number] = pin, loaded
        return made[number]

    return package


METHODS = {
    "admin_api_keys_list": "admin_api_keys",
    "list_project_api_keys": "project_api_keys",
    "list_project_service_accounts": "service_accounts",
    "list_projects": "projects",
    "list_users": "users",
}
"""The client's methods for the modules of lists."""


def surface(package: griffe.Module) -> Surface:
    """Every keyword of every `request`, and every field of every model, with its type.

    Rows show the fields of their results, and are left out.
    """
    found: Surface = {}
    aliases: Surface = {}
    for module in package["models"].modules.values():
        for name, attribute in module.attributes.items():
            aliases[name] = str(attribute.value)
        models = {name: model for name, model in module.classes.items() if not name.endswith("Row")}
        for name, model in models.items():
            found |= {f"{name}.{field}": str(a.annotation) for field, a in model.attributes.items()}
    modules = {name.removeprefix("usage_"): m for name, m in package["api.usage"].modules.items()}
    modules |= {METHODS[name]: module for name, module in package["api.directory"].modules.items()}
    for method, module in modules.items():
        for keyword in module.functions["request"].parameters:
            annotation = re.sub(r"\w+", lambda m: aliases.get(m[0], m[0]), str(keyword.annotation))
            found[f"{method}.{keyword.name}"] = annotation.removesuffix(" | None")
    return found


NEW_KEYWORD = re.compile(r"`UsageClient\.(\w+)\(\)` gains the keyword `(\w+): (.+)`")
NEW_FIELD = re.compile(r"`(\w+\.\w+): (.+)` is new")
GONE_FIELD = re.compile(r"`(\w+\.\w+)` is gone")
NEW_MODEL = re.compile(r"`(\w+)` is new")
GONE_MODEL = re.compile(r"`(\w+)` is gone")
OTHER_TYPE = re.compile(r"`(\w+\.\w+): (.+)` becomes `(.+)`")
SAME_TYPE = re.compile(r"nothing: `(\w+\.\w+)` stays `(.+)`")
NEW_VALUE = re.compile(r"`UsageClient\.(\w+)\((\w+)=…\)` accepts `'(.+)'`")


def members_of(model: str, found: Surface) -> Surface:
    """The fields of one model."""
    return {name: kind for name, kind in found.items() if name.startswith(f"{model}.")}


def said(changes: tuple[ApiChange, ...], before: Surface, after: Surface) -> tuple[Surface, Surface, Surface]:
    """What the sentences say is new, gone, and of another type; what stays is checked here."""
    new, gone, other = Surface(), Surface(), Surface()
    for sentence in [change.python for change in changes]:
        if found := NEW_KEYWORD.fullmatch(sentence):
            new[f"{found[1]}.{found[2]}"] = found[3]
        elif found := NEW_FIELD.fullmatch(sentence):
            new[found[1]] = found[2]
        elif found := GONE_FIELD.fullmatch(sentence):
            gone[found[1]] = before[found[1]]
        elif found := NEW_MODEL.fullmatch(sentence):
            new |= members_of(found[1], after)
        elif found := GONE_MODEL.fullmatch(sentence):
            gone |= members_of(found[1], before)
        elif found := OTHER_TYPE.fullmatch(sentence):
            assert before[found[1]] == found[2]
            other[found[1]] = found[3]
        elif found := NEW_VALUE.fullmatch(sentence):
            other[f"{found[1]}.{found[2]}"] = after[f"{found[1]}.{found[2]}"]
            assert found[3] in after[f"{found[1]}.{found[2]}"]
            assert found[3] not in before[f"{found[1]}.{found[2]}"]
        elif found := SAME_TYPE.fullmatch(sentence):
            assert before[found[1]] == after[found[1]] == found[2]
    return new, gone, other


def new_endpoints(changes: tuple[ApiChange, ...]) -> tuple[str, ...]:
    """What the names of the new endpoints' keywords and models begin with."""
    added = [change for change in changes if change.kind == "endpoint-added"]
    return tuple(prefix for change in added for prefix in (f"{change.endpoint}.", change.stem))


@pytest.mark.parametrize(("number", "following"), [("02", "10"), ("10", "13"), ("13", "14")])
def test_the_sentences_are_what_distinguishes_the_packages(
    packages: Callable[[str], tuple[Path, griffe.Module]], number: str, following: str
) -> None:
    """Each keyword and field that is new, gone or of another type is said, and no other."""
    (old_pin, old), (new_pin, new) = packages(number), packages(following)
    before, after = surface(old), surface(new)

    changes = comparison(pinned(str(old_pin)), pinned(str(new_pin))).changes

    ours = new_endpoints(changes)
    new_ones, gone, other = said(changes, before, after)
    assert ({n: kind for n, kind in new_ones.items() if not n.startswith(ours)}, gone, other) == (
        {name: after[name] for name in after.keys() - before.keys() if not name.startswith(ours)},
        {name: before[name] for name in before.keys() - after.keys()},
        {name: after[name] for name in before.keys() & after.keys() if before[name] != after[name]},
    )
    assert len(before) > 150


@pytest.mark.parametrize(("number", "following"), [("02", "10"), ("10", "13"), ("13", "14")])
def test_what_griffe_finds_broken_is_classed_as_breaking(
    packages: Callable[[str], tuple[Path, griffe.Module]], number: str, following: str
) -> None:
    """Whatever griffe objects to in the models is among the changes that break."""
    (old_pin, old), (new_pin, new) = packages(number), packages(following)

    broken = {
        re.sub(r".*\.models\.(?:\w+\.)?(\w+\.)?(\w+)$", r"\1\2", breakage.obj.path).replace("Row.", "Result.")
        for breakage in griffe.find_breaking_changes(old, new)
        if ".models." in breakage.obj.path and not breakage.obj.is_module
    }

    changes = comparison(pinned(str(old_pin)), pinned(str(new_pin))).changes
    # Of attributes, griffe does not compare the types.
    breaking = [c.python for c in changes if c.effect == "breaking" and c.kind != "field-type"]
    assert broken == {re.sub(r"`(\S+?)[`:].*", r"\1", sentence) for sentence in breaking}
