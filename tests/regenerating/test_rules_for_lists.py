"""Changes of the lists are found by the same rules, and said in the words for items."""

from __future__ import annotations

import pytest

from .pins import Edit, Json, changes_by, fields, operation, parameter


def parameter_of_users(document: Json) -> None:
    new = {"name": "roles", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
    operation(document, "users")["parameters"].append(new)


LISTS: dict[str, tuple[Edit, str, str]] = {
    "gone": (
        lambda d: d["paths"].pop("/organization/users"),
        "endpoint-removed",
        "`UsageClient.users()` and `User` are gone; its line in endpoints.py goes, too",
    ),
    "parameter": (
        parameter_of_users,
        "parameter-added",
        "`UsageClient.users()` gains the keyword `roles: Sequence[str]`",
    ),
    "largest page": (
        lambda d: parameter(d, "users", "limit")["schema"].update(maximum=50),
        "bound-narrowed",
        "`UsageClient.users(limit=…)` is refused for more values",
    ),
    "field gone": (lambda d: fields(d, "User").pop("email"), "field-removed", "`User.email` is gone"),
    "field of a page": (
        lambda d: fields(d, "UserPage").update(total={"type": "integer"}),
        "field-added",
        "`UserPage.total: int | None` is new",
    ),
    "field of an object": (
        lambda d: fields(d, "UserProjectsDataItem").update(since={"type": "integer"}),
        "field-added",
        "`UserProjectsDataItem.since: int | None` is new",
    ),
    "no longer hidden": (
        lambda d: fields(d, "AdminApiKey")["redacted_value"].pop("x-hidden"),
        "other-in-response",
        "unknown: compare the generated code",
    ),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_change_of_a_list_is_found_and_said_in_python(case: str) -> None:
    """By the same rules, in the words for items."""
    edit, kind, python = LISTS[case]

    found = changes_by(edit)

    assert (kind, python) in [(change.kind, change.python) for change in found]
    assert {change.kind for change in found} - {"model-removed"} == {kind}
