"""`make drift`: the installed official SDK, whatever its release, against the committed facts of 3.52.0.

Not part of `make test`: it is to fail as soon as a newer release is installed that has something new.
What to do then: add it to overlays/spec/, then `python -m tests.documented.extract`.
"""

from __future__ import annotations

import inspect

import pytest
from openai.resources.admin.organization.usage import AsyncUsage, Usage

from . import sources
from .comparing import news
from .documents import official_sdk
from .extract import SDK
from .facts import Member

pytestmark = pytest.mark.drift


def test_the_installed_sdk_has_nothing_new() -> None:
    """Every endpoint, parameter, value and field of the installed release is in the committed facts."""
    for name, reader in ((SDK, official_sdk.read), (f"{SDK}-lists", official_sdk.read_lists)):
        installed = reader()

        found = news(sources.source(f"openai-python-{name}").facts, installed.facts)

        assert not found, f"{installed.document} is not as {SDK} was:\n" + "\n".join(found)


def test_its_three_views_agree() -> None:
    """Synchronous method, asynchronous method and TypedDict have the same parameters of the same types."""
    asynchronous = {method.__name__: method for method in official_sdk.methods(AsyncUsage)}
    synchronous = {method.__name__: method for method in official_sdk.methods(Usage)}
    assert asynchronous.keys() == synchronous.keys()

    for name, method in synchronous.items():
        described = official_sdk.parameters_of(method)
        typed = official_sdk.typed_parameters(name)
        assert official_sdk.parameters_of(asynchronous[name]) == described
        assert typed.keys() == described.keys()
        for parameter, (required, hint) in typed.items():
            kind, said = official_sdk.described_type(hint), described[parameter]
            expected = Member(
                required=required,
                type=said.type,
                item_type=said.item_type,
                nullable=said.nullable,
                values=said.values,
            )
            assert (required, kind.type, kind.item_type) == (said.required, said.type, said.item_type)
            assert (kind.nullable, kind.values) == (expected.nullable, expected.values)


def test_every_method_is_read() -> None:
    """No public method of the SDK's usage resource is left out."""
    public = {name for name, _ in inspect.getmembers(Usage, inspect.isfunction) if not name.startswith("_")}

    assert {method.__name__ for method in official_sdk.methods(Usage)} == public
